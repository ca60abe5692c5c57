import CircuitCheck
import ConstraintSystem
import Witness

@testable import CircuitLanguage

/// Numbers that look random and are the same in every run.
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// A circuit under construction together with the values of its inputs and its model.
struct LayerHarness {
  var builder: CircuitBuilder
  var model: [Int: IntegerBuffer] = [:]
  var inputs: [Int: IntegerBuffer] = [:]
  var generator = TestGenerator(state: 7)

  init() throws { builder = CircuitBuilder(library: try .standard()) }

  static let i16 = -32768...32767

  mutating func tensor(
    _ name: String, _ shape: [Int], role: TensorRole = .publicInput,
    range: ClosedRange<Int> = i16, values: [Int]? = nil, spread: ClosedRange<Int>? = nil
  ) -> (view: TensorView, values: [Int]) {
    let view = builder.addTensor(
      TensorDeclaration(name: name, shape: shape, role: role, range: range))
    let count = shape.reduce(1, *)
    let drawn =
      values ?? (0..<count).map { _ in Int.random(in: spread ?? range, using: &generator) }
    let buffer = IntegerBuffer(drawn)
    if role == .model {
      model[builder.system.tensors.count - 1] = buffer
    } else {
      inputs[builder.system.tensors.count - 1] = buffer
    }
    return (view, drawn)
  }

  /// Evaluates the circuit, checks every statement, and returns the values of the tensor.
  func values(of output: Int) throws -> (values: [Int], circuit: Circuit, assignment: Assignment) {
    let circuit = try builder.finish()
    let assignment = try Evaluator.evaluate(circuit, model: model, inputs: inputs)
    try StatementChecker.checkByDefinition(circuit.system, assignment)
    return (assignment[output].values, circuit, assignment)
  }
}

/// Other values than the honest ones that the statements accept, as far as attacks find any: an output
/// that differs, or one hint by itself. Several hints together may leave the outputs what they are.
func wrongHints(_ circuit: Circuit, _ honest: Assignment) throws -> [String] {
  var finder = try WrongHintFinder(circuit, honest: honest)
  return finder.refusals
    + finder.run().undetected.filter { $0.meaning != .hint || $0.values.count == 1 }
    .map(\.description)
}
