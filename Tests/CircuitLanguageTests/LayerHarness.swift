import CircuitCheck
import CircuitTestSupport
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

  init() throws { builder = CircuitBuilder(library: try .withExamples()) }

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

extension ConstraintSystem {
  /// The system without declared ranges, which bind nobody.
  var withoutRanges: ConstraintSystem {
    var system = self
    for tensor in system.tensors.indices { system.tensors[tensor].range = -(1 << 60)...(1 << 60) }
    return system
  }
}

/// Which of the witness' values can be changed without a statement being broken.
/// - Parameter changes: what is put in the place of a value.
func undetectedMutations(
  _ circuit: Circuit, _ assignment: Assignment, limit: Int = 400,
  changes: [@Sendable (Int) -> Int] = [{ $0 - 1 }, { $0 + 1 }]
) -> [String] {
  let system = circuit.system.withoutRanges
  var undetected: [String] = []
  var generator = SeededGenerator(seed: 99)
  for (number, tensor) in circuit.system.tensors.enumerated()
  where tensor.role == .witness || tensor.role == .publicOutput {
    let values = assignment[number].values
    var places = Array(values.indices)
    if places.count > limit { places = Array(places.shuffled(using: &generator).prefix(limit)) }
    for place in places {
      for change in changes where change(values[place]) != values[place] {
        var changed = values
        changed[place] = change(values[place])
        var tensors = assignment.tensors
        tensors[number] = IntegerBuffer(changed)
        if (try? StatementChecker.check(system, Assignment(tensors))) != nil {
          undetected.append("\(tensor.name)[\(place)]: \(changed[place])")
        }
      }
    }
  }
  return undetected
}

/// Other values than the honest ones that the statements accept, as far as attacks find any: an output
/// that differs, or one hint by itself. Several hints together may leave the outputs what they are.
func wrongHints(_ circuit: Circuit, _ honest: Assignment) throws -> [String] {
  var finder = try WrongHintFinder(circuit, honest: honest)
  return finder.refusals
    + finder.run().undetected.filter { $0.meaning != .hint || $0.values.count == 1 }
    .map(\.description)
}

/// Liars that know the circuit: one value of a hint is changed, and all hints behind it are computed from
/// the changed one. Says which of them satisfy every statement.
func undetectedLies(
  _ circuit: Circuit, _ harness: LayerHarness, limit: Int = 4, by amounts: [Int]
) -> [String] {
  var relaxed = circuit
  relaxed.system = circuit.system.withoutRanges
  for number in relaxed.program.temporaries.indices {
    relaxed.program.temporaries[number].range = -(1 << 60)...(1 << 60)
  }
  var undetected: [String] = []
  for (number, step) in circuit.program.steps.enumerated() {
    guard case .expression(let honest) = step.computation,
      circuit.system.tensors.indices.contains(step.target)
    else { continue }
    let tensor = circuit.system.tensors[step.target]
    var position = AffineIndex()
    var place = tensor.count
    for (index, size) in tensor.shape.enumerated() {
      place /= size
      position.terms.append(.init(index: index, coefficient: place))
    }
    for place in 0..<min(limit, tensor.count) {
      for amount in amounts {
        let isHere = HintExpression.equal(.index(position), .constant(place))
        relaxed.program.steps[number].computation = .expression(
          .add(honest, .multiply(.constant(amount), isHere)))
        guard
          let lie = try? Evaluator.evaluate(relaxed, model: harness.model, inputs: harness.inputs),
          (try? StatementChecker.check(relaxed.system, lie)) != nil
        else { continue }
        undetected.append("\(tensor.name)[\(place)] off by \(amount)")
      }
    }
    relaxed.program.steps[number] = step
  }
  return undetected
}
