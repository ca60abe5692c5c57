import FieldArithmetic
import Transcript

/// Where a tree of fractions ends: the multilinear extensions of the leaves' numerators and
/// denominators have these values at the point.
public struct FractionTreeClaim<Value> {
  public var point: [Fp3]
  public var numerator: Value
  public var denominator: Value
}

/// Checks that 2^depth fractions sum to zero and no denominator vanishes, up to a claim on the
/// leaves (LogUp-GKR, `Paper/` section 7).
///
/// Node j of a layer of 2^k nodes is the sum of the nodes j and j + 2^k of the next. A layer's claim
/// is reduced to the next layer's by a sum-check whose messages leave out the equality polynomial.
func reduceFractionTree<C: ReadingContext & ~Copyable>(_ context: inout C, depth: Int)
  throws(ProofError) -> FractionTreeClaim<C.Value>
{
  var denominator = try context.read(.fractionRoot, count: 1)[0]
  try context.requireNonzero(denominator, .fractionDenominatorIsNonzero)
  var numerator = C.Value(constant: .zero)
  var point: [Fp3] = []
  for _ in 0..<depth {
    let combiner = context.challenge(.layerCombiner)
    var claim = numerator + denominator * combiner
    var bound: [Fp3] = []
    for coordinate in point {
      bound.append(try reduceRound(&context, &claim, coordinate))
    }
    let values = try context.read(.layerValues, count: 4)
    let (p0, p1, q0, q1) = (values[0], values[1], values[2], values[3])
    let sum =
      context.product(p0, q1) + context.product(p1, q0)
      + context.product(q0, q1) * combiner
    try context.requireZero(sum - claim, .fractionLayer)
    let fold = context.challenge(.layerFold)
    numerator = p0 + (p1 - p0) * fold
    denominator = q0 + (q1 - q0) * fold
    point = [fold] + bound
  }
  return FractionTreeClaim(point: point, numerator: numerator, denominator: denominator)
}

/// One round: claim = (1 − z)·h(0) + z·h(1) becomes h(r). The prover sends h(0) and the leading
/// coefficient of the quadratic h.
private func reduceRound<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ claim: inout C.Value, _ coordinate: Fp3
) throws(ProofError) -> Fp3 {
  try context.require(coordinate != .zero, .fractionPointIsNonzero)
  let message = try context.read(.layerRound, count: 2)
  let (atZero, leading) = (message[0], message[1])
  let atOne = atZero + (claim - atZero) * coordinate.inverse
  let challenge = context.challenge(.layerPoint)
  let linear = atOne - atZero - leading
  claim = atZero + linear * challenge + leading * (challenge * challenge)
  return challenge
}
