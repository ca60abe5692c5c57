import Equations
import TensorGraph

/// How a network is turned into fixed point.
public struct CompileOptions: Equatable, Sendable {
  /// Bits left free above the greatest magnitude seen in calibration, in `0...8`. Each one doubles
  /// what an input may exceed the calibration by, and halves the precision.
  public var headroomBits: Int
  /// Least magnitude, as a power of two, that no accumulator may reach; at most 47, so that sums
  /// of two still are small integers of the field.
  public var accumulatorBits: Int
  public var visibility: ModelVisibility
  /// Fractional bits that inputs must have, by name; calibration chooses those of the others. With
  /// them the output of one model can be the input of another.
  public var inputBits: [String: Int]
  /// What scales are chosen for, and the error of an output that is accepted, as a fraction of its
  /// range. Both decide only which scales are chosen; a compiled model does not keep them.
  public var target: CompileTarget
  public var tolerance: Double

  public init(
    headroomBits: Int = 1, accumulatorBits: Int = 47,
    visibility: ModelVisibility = ModelVisibility(), inputBits: [String: Int] = [:],
    target: CompileTarget = .accuracy, tolerance: Double = 0.01
  ) {
    self.headroomBits = headroomBits
    self.accumulatorBits = accumulatorBits
    self.visibility = visibility
    self.inputBits = inputBits
    self.target = target
    self.tolerance = tolerance
  }

  /// Checks that what is said of an input or of an output by name is said of one that exists.
  func checkNames(of graph: EquationGraph) throws(CompileError) {
    let inputs = graph.inputs.map { graph[$0].name }
    let named = Set(visibility.inputs.named.keys).union(inputBits.keys)
    for name in named.sorted() where !inputs.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      throw .input(name: name, reason: "the network has no such input; it has \(inputs)")
    }
    let outputs = graph.outputs.map(\.name)
    for name in visibility.outputs.named.keys.sorted()
    where !outputs.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
      throw .output(name: name, reason: "the network has no such output; it has \(outputs)")
    }
  }

  /// Values of activations.
  static let activationRange = -32768...32767
  /// Magnitude of weights, symmetrical so that a weight can be negated.
  static let weightMagnitude = 32767
  /// The largest rounding shift that needs a single remainder lookup.
  static let singleShift = 16
  /// The largest rounding shift there is a circuit for.
  static let maximalShift = 32
  /// Fractional bits of slopes.
  static let slopeBits = 15
  /// Fractional bits of a tensor that is zero throughout calibration.
  static let bitsOfZero = 12
}
