/// How a network is turned into fixed point.
public struct CompileOptions: Equatable, Sendable {
  /// Bits left free above the greatest magnitude seen in calibration, in `0...8`. Each one doubles
  /// what an input may exceed the calibration by, and halves the precision.
  public var headroomBits: Int
  /// Least magnitude, as a power of two, that no accumulator may reach; at most 47, so that sums
  /// of two still are small integers of the field.
  public var accumulatorBits: Int

  public init(headroomBits: Int = 1, accumulatorBits: Int = 47) {
    self.headroomBits = headroomBits
    self.accumulatorBits = accumulatorBits
  }

  /// Values of activations.
  static let activationRange = -32768...32767
  /// Magnitude of weights, symmetrical so that a weight can be negated.
  static let weightMagnitude = 32767
  /// The largest rounding shift that needs a single remainder lookup.
  static let singleShift = 16
  /// The largest rounding shift there is a circuit for.
  static let maximalShift = 32
  /// Fractional bits of a tensor that is zero throughout calibration.
  static let bitsOfZero = 12
}
