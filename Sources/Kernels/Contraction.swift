import CKernels
import FieldArithmetic

/// A contraction along an axis of a tensor,
/// out[o·outOuter + c·outRow + i] = Σ_k v[c·vRow + k] · t[o·tOuter + k·tRow + i]
/// for o < outer, c < rows, k < length, i < inner. Strides count elements.
///
/// With outer = rows = 1 and tRow the distance between lanes it folds the lanes of a matrix. The
/// integers t are read once for each row c.
public struct Contraction: Sendable {
  public let outer: Int
  public let rows: Int
  public let length: Int
  public let inner: Int
  public var tensorOuterStride: Int
  public var tensorRowStride: Int
  public var vectorRowStride: Int
  public var outputOuterStride: Int
  public var outputRowStride: Int

  /// The contraction of a tensor of shape outer × length × inner with a rows × length matrix into
  /// one of shape outer × rows × inner, all dense.
  public init(outer: Int = 1, rows: Int = 1, length: Int, inner: Int) {
    (self.outer, self.rows, self.length, self.inner) = (outer, rows, length, inner)
    tensorOuterStride = length * inner
    tensorRowStride = inner
    vectorRowStride = length
    outputOuterStride = rows * inner
    outputRowStride = inner
  }

  /// out = the contraction of integers, or out += it.
  public func callAsFunction(
    _ v: ExtensionVector, _ t: IntegerVector, into out: ExtensionVector, accumulate: Bool = false
  ) {
    check(v.count, t.count, out.count)
    var shape = raw
    ck_mode_int(&shape, v.raw, t.kind, t.pointer, out.raw, accumulate ? 1 : 0)
  }

  /// The same for a tensor over F.
  public func callAsFunction(
    _ v: ExtensionVector, _ t: BaseVector, into out: ExtensionVector, accumulate: Bool = false
  ) {
    check(v.count, t.count, out.count)
    var shape = raw
    ck_mode_base(&shape, v.raw, t.words, out.raw, accumulate ? 1 : 0)
  }

  /// The same for a tensor over E.
  public func callAsFunction(
    _ v: ExtensionVector, _ t: ExtensionVector, into out: ExtensionVector, accumulate: Bool = false
  ) {
    check(v.count, t.count, out.count)
    var shape = raw
    ck_mode_e(&shape, v.raw, t.raw, out.raw, accumulate ? 1 : 0)
  }

  private func check(_ v: Int, _ t: Int, _ out: Int) {
    guard outer > 0, rows > 0, inner > 0 else { return }
    precondition(
      (outer - 1) * outputOuterStride + (rows - 1) * outputRowStride + inner <= out,
      "output too short")
    guard length > 0 else { return }
    precondition((rows - 1) * vectorRowStride + length <= v, "vector too short")
    precondition(
      (outer - 1) * tensorOuterStride + (length - 1) * tensorRowStride + inner <= t,
      "tensor too short")
  }

  private var raw: ck_mode_shape {
    ck_mode_shape(
      outer: outer, rows: rows, n: length, inner: inner, t_outer: tensorOuterStride,
      t_row: tensorRowStride, v_row: vectorRowStride, out_outer: outputOuterStride,
      out_row: outputRowStride)
  }
}
