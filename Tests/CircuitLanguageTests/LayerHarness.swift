import ConstraintSystem
import TestSupport
import Witness

@testable import CircuitLanguage

/// A circuit under construction together with the values of its inputs and its model.
struct LayerHarness {
  var builder: CircuitBuilder
  var model: [Int: IntegerBuffer] = [:]
  var inputs: [Int: IntegerBuffer] = [:]
  var generator = SeededGenerator(seed: 7)

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

/// How many of the witness' values can be changed by one without a statement being broken; declared
/// ranges are left aside, because they bind nobody.
func undetectedMutations(
  _ circuit: Circuit, _ assignment: Assignment, limit: Int = 400
) -> [String] {
  var system = circuit.system
  for tensor in system.tensors.indices { system.tensors[tensor].range = -(1 << 60)...(1 << 60) }
  var undetected: [String] = []
  var generator = SeededGenerator(seed: 99)
  for (number, tensor) in circuit.system.tensors.enumerated()
  where tensor.role == .witness || tensor.role == .publicOutput {
    let values = assignment[number].values
    var places = Array(values.indices)
    if places.count > limit { places = Array(places.shuffled(using: &generator).prefix(limit)) }
    for place in places {
      for change in [-1, 1] {
        var changed = values
        changed[place] += change
        var tensors = assignment.tensors
        tensors[number] = IntegerBuffer(changed)
        if (try? StatementChecker.check(system, Assignment(tensors))) != nil {
          undetected.append("\(tensor.name)[\(place)] \(change)")
        }
      }
    }
  }
  return undetected
}
