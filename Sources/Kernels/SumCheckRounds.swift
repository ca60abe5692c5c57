import CKernels
import FieldArithmetic

/// What a round of a quadratic sum-check needs of its univariate polynomial g: g(0) and the
/// leading coefficient, often written g(∞). With the claim g(0) + g(1) they determine g.
public struct RoundValues: Equatable, Sendable {
  public let atZero: Fp3
  public let leading: Fp3

  init(_ pair: ck_fp3_pair) {
    atZero = Fp3(pair.first)
    leading = Fp3(pair.second)
  }
}

// The variable of a round is the leading index bit, so the two halves of each vector are those
// where it is 0 and 1.
extension RoundValues {
  /// The round of Σ a·b. Counts are equal and even.
  public static func product(_ a: ExtensionVector, _ b: ExtensionVector) -> RoundValues {
    precondition(a.count == b.count && a.count % 2 == 0, "lengths differ or are odd")
    return RoundValues(ck_round_product(a.raw, b.raw, a.count / 2))
  }

  /// The round of Σ a·b for a over F.
  public static func product(_ a: BaseVector, _ b: ExtensionVector) -> RoundValues {
    precondition(a.count == b.count && a.count % 2 == 0, "lengths differ or are odd")
    return RoundValues(ck_round_product_base(a.words, b.raw, a.count / 2))
  }

  /// Binds the leading bit of both vectors to r, then takes the next round, in one pass over
  /// memory. The results are left in the first halves of a and b, whose counts are equal and
  /// divisible by four.
  public static func foldThenProduct(
    _ a: ExtensionVector, _ b: ExtensionVector, at r: Fp3
  ) -> RoundValues {
    precondition(a.count == b.count && a.count % 4 == 0, "lengths differ or are odd")
    return RoundValues(
      ck_fold_round_product(a.raw, b.raw, r.raw, a.raw, b.raw, a.count / 2))
  }

  /// The round of Σ weights·(p0·q1 + p1·q0), where the weights do not have the round's variable:
  /// `atZero` and `leading` are of the quadratic without the weight of that variable. Weights have
  /// half as many elements as the others.
  public static func fractions(
    _ p0: ExtensionVector, _ q0: ExtensionVector, _ p1: ExtensionVector, _ q1: ExtensionVector,
    weights: ExtensionVector
  ) -> RoundValues {
    let count = p0.count
    precondition(q0.count == count && p1.count == count && q1.count == count, "lengths differ")
    precondition(2 * weights.count == count, "weights must have half the elements")
    return RoundValues(
      ck_gkr_round(p0.raw, q0.raw, p1.raw, q1.raw, weights.raw, weights.count))
  }

  /// Binds the leading bit of the four vectors to r, then takes the next round of `fractions`, in
  /// one pass over memory. The results are left in the first halves. Weights have a quarter of the
  /// elements that the others have before.
  public static func foldThenFractions(
    _ p0: ExtensionVector, _ q0: ExtensionVector, _ p1: ExtensionVector, _ q1: ExtensionVector,
    weights: ExtensionVector, at r: Fp3
  ) -> RoundValues {
    let count = p0.count
    precondition(q0.count == count && p1.count == count && q1.count == count, "lengths differ")
    precondition(4 * weights.count == count, "weights must have a quarter of the elements")
    return RoundValues(
      ck_gkr_fold_round(p0.raw, q0.raw, p1.raw, q1.raw, weights.raw, r.raw, 2 * weights.count))
  }
}

/// One layer of a tree that adds fractions p/q.
public enum FractionLayer {
  /// Adds entry j to entry j + h: pOut = p[j]·q[j+h] + p[j+h]·q[j] and qOut = q[j]·q[j+h], where
  /// p and q have 2h elements and the outputs h.
  public static func add(
    _ p: ExtensionVector, _ q: ExtensionVector, intoNumerators pOut: ExtensionVector,
    denominators qOut: ExtensionVector
  ) {
    precondition(p.count == q.count && q.count == 2 * pOut.count, "lengths differ")
    precondition(pOut.count == qOut.count, "lengths differ")
    ck_gkr_layer(p.raw, q.raw, pOut.raw, qOut.raw, pOut.count)
  }

  /// The same for numerators that are all one.
  public static func addUnitFractions(
    _ q: ExtensionVector, intoNumerators pOut: ExtensionVector, denominators qOut: ExtensionVector
  ) {
    precondition(q.count == 2 * pOut.count && pOut.count == qOut.count, "lengths differ")
    ck_gkr_layer_unit(q.raw, pOut.raw, qOut.raw, pOut.count)
  }
}
