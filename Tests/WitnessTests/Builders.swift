import ConstraintSystem
import TestSupport
import Witness

/// Short forms for writing circuits in tests.
func index(_ number: Int, times coefficient: Int = 1, plus constant: Int = 0) -> AffineIndex {
  AffineIndex(constant: constant, terms: [.init(index: number, coefficient: coefficient)])
}

func read(_ tensor: Int, _ positions: AffineIndex...) -> TensorRead {
  TensorRead(tensor: tensor, positions: positions)
}

func constant(_ value: Int) -> AffineIndex { AffineIndex(constant: value) }

func indices(_ sizes: Int...) -> [StatementIndex] {
  sizes.enumerated().map { StatementIndex(name: "i\($0.offset)", size: $0.element) }
}

func tensor(
  _ name: String, _ shape: [Int], _ role: TensorRole,
  range: ClosedRange<Int> = -1_000_000_000...1_000_000_000
) -> TensorDeclaration {
  TensorDeclaration(name: name, shape: shape, role: role, range: range)
}

func product(_ a: TensorRead, _ b: TensorRead, over summed: [Int] = []) -> Equality.Term {
  Equality.Term(
    coefficient: 1, summed: summed, factors: [LinearExpression(a), LinearExpression(b)])
}

/// A circuit of one step that computes the last tensor out of the others.
func circuit(
  _ tensors: [TensorDeclaration], _ indices: [StatementIndex],
  _ computation: WitnessProgram.Computation, tables: [LookupTable] = []
) -> Circuit {
  let step = WitnessProgram.Step(
    name: "the step", target: tensors.count - 1, indices: indices, computation: computation)
  return Circuit(
    system: ConstraintSystem(tensors: tensors, tables: tables),
    program: WitnessProgram(steps: [step]))
}

func randomBuffer(
  _ count: Int, _ generator: inout SeededGenerator, in range: ClosedRange<Int> = -300...300
) -> IntegerBuffer {
  IntegerBuffer((0..<count).map { _ in Int16(Int.random(in: range, using: &generator)) })
}

/// Values for all tensors that no step computes, split as the evaluator takes them.
func randomValues(
  for circuit: Circuit, _ generator: inout SeededGenerator, in range: ClosedRange<Int> = -300...300
) -> (model: [Int: IntegerBuffer], inputs: [Int: IntegerBuffer]) {
  let computed = Set(circuit.program.steps.map(\.target))
  var model: [Int: IntegerBuffer] = [:]
  var inputs: [Int: IntegerBuffer] = [:]
  for (number, tensor) in circuit.system.tensors.enumerated() where !computed.contains(number) {
    let buffer = randomBuffer(tensor.count, &generator, in: range)
    if tensor.role == .model { model[number] = buffer } else { inputs[number] = buffer }
  }
  return (model, inputs)
}
