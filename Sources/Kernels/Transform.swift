import CKernels
import FieldArithmetic

/// Number-theoretic transforms over `Fp.rootOfUnity(log:)`, in natural order.
public enum Transform {
  /// A distance between the lanes of an output of 2^`log` points that leaves a cache line free, so
  /// that equal positions of different lanes do not compete for the same cache sets.
  public static func laneStride(log: Int) -> Int { (1 << log) + 8 }

  /// Evaluates polynomials: lane i of `output` is f_i(ω^t) for t < 2^`log`, where f_i has the
  /// coefficients [i·k, (i+1)·k) of `coefficients`, k = coefficients.count / lanes ≤ 2^`log`.
  /// - Parameter output: lane i begins at i·(output.count / lanes), which is at least 2^`log`.
  public static func evaluate(
    _ coefficients: BaseVector, lanes: Int, into output: BaseVector, log: Int
  ) {
    guard lanes > 0 else { return }
    let (count, stride) = (coefficients.count / lanes, output.count / lanes)
    precondition(count <= 1 << log && 1 << log <= stride, "lanes do not fit the transform")
    ck_ntt_forward(coefficients.words, count, count, output.words, stride, UInt32(log), lanes)
  }

  /// The same over E: the transform acts on each coordinate.
  public static func evaluate(
    _ coefficients: ExtensionVector, lanes: Int, into output: ExtensionVector, log: Int
  ) {
    for k in 0..<3 {
      evaluate(coefficients.plane(k), lanes: lanes, into: output.plane(k), log: log)
    }
  }

  /// Interpolates: the inverse of `evaluate` for as many coefficients as values, 2^`log` a lane.
  public static func interpolate(
    _ values: BaseVector, lanes: Int, into output: BaseVector, log: Int
  ) {
    guard lanes > 0 else { return }
    let (inStride, outStride) = (values.count / lanes, output.count / lanes)
    precondition(1 << log <= inStride && 1 << log <= outStride, "lanes too short")
    ck_ntt_inverse(values.words, inStride, output.words, outStride, UInt32(log), lanes)
  }

  /// The same over E.
  public static func interpolate(
    _ values: ExtensionVector, lanes: Int, into output: ExtensionVector, log: Int
  ) {
    for k in 0..<3 {
      interpolate(values.plane(k), lanes: lanes, into: output.plane(k), log: log)
    }
  }
}
