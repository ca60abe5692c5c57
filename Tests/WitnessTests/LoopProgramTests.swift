import ConstraintSystem
import TestSupport
import Testing

@testable import Witness

/// Programs whose steps are taken for one part of their targets after the other.
@Suite struct LoopProgramTests {
  /// total[t, i] = state[t, i] + x[t, i], with state[t, i] = total[t − 1, i], in an accumulator between.
  private static func circuit(steps: Int) -> Circuit {
    let domain = indices(steps, 2)
    func here(_ tensor: Int) -> HintExpression { .read(read(tensor, index(0), index(1))) }
    let state = WitnessProgram.Step(
      name: "state", target: 1, indices: domain,
      computation: .expression(.read(read(2, index(0, plus: -1), index(1)))))
    let sum = WitnessProgram.Step(
      name: "sum", target: 3, indices: indices(steps * 2),
      computation: .sumOfProducts([
        .init(coefficient: 1, factors: [LinearExpression(read(4, index(0)))])
      ]))
    let flat = WitnessProgram.Step(
      name: "flat", target: 4, indices: domain,
      computation: .expression(.add(here(0), here(1))))
    let total = WitnessProgram.Step(
      name: "total", target: 2, indices: domain,
      computation: .expression(
        .read(
          read(
            3,
            AffineIndex(terms: [
              .init(index: 0, coefficient: 2), .init(index: 1, coefficient: 1),
            ])))))
    return Circuit(
      system: ConstraintSystem(tensors: [
        tensor("x", [steps, 2], .publicInput), tensor("state", [steps, 2], .witness),
        tensor("total", [steps, 2], .publicOutput, range: -1000...1000),
      ]),
      program: WitnessProgram(
        temporaries: [
          tensor("sum", [steps * 2], .witness), tensor("flat", [steps * 2], .witness),
        ],
        steps: [state, flat, sum, total], loops: [.init(steps: 0..<4, count: steps)]))
  }

  private func totals(_ circuit: Circuit, _ x: [Int]) throws -> [Int] {
    try Evaluator.evaluate(circuit, model: [:], inputs: [0: IntegerBuffer(x)])[2].values
  }

  @Test("Each part is computed from the one before", arguments: [2, 3, 7])
  func parts(steps: Int) throws {
    let x = (0..<steps * 2).map { $0 * $0 - 5 }
    var expected = x
    for place in 2..<x.count { expected[place] += expected[place - 2] }
    #expect(try totals(Self.circuit(steps: steps), x) == expected)
  }

  @Test("What is not computed yet reads zero") func order() throws {
    var circuit = Self.circuit(steps: 2)
    circuit.program.steps.reverse()
    #expect(try totals(circuit, [1, 2, 3, 4]) == [0, 0, 0, 0])
  }

  @Test("A part out of range is named with its place") func range() throws {
    let error = #expect(throws: EvaluationError.self) {
      try totals(Self.circuit(steps: 3), [600, 0, 300, 0, 200, 1])
    }
    #expect(
      error
        == .outOfRange(
          step: "total", tensor: "total", position: [2, 0], value: 1100, range: -1000...1000))
  }

  @Test("A loop that is none is refused before anything is computed") func hostile() throws {
    let changes: [(inout WitnessProgram) -> Void] = [
      { $0.loops[0].count = 3 }, { $0.loops[0].count = 1 }, { $0.loops[0].count = 0 },
      { $0.loops[0].count = -2 }, { $0.loops[0].steps = 2..<9 }, { $0.loops[0].steps = 1..<1 },
      { $0.loops.append($0.loops[0]) }, { $0.steps[1].indices = indices(1, 4) },
      { $0.steps[0].target = 99 }, { $0.steps[2].indices = [] },
    ]
    for change in changes {
      var circuit = Self.circuit(steps: 2)
      change(&circuit.program)
      let error = #expect(throws: EvaluationError.self) { try totals(circuit, [1, 2, 3, 4]) }
      guard case .malformed? = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test("A program with loops has one encoding, and one without them has that of before")
  func coding() throws {
    let circuit = Self.circuit(steps: 4)
    #expect(try Circuit(canonicalBytes: circuit.canonicalBytes) == circuit)
    var plain = circuit
    plain.program.loops = []
    #expect(try Circuit(canonicalBytes: plain.canonicalBytes) == plain)
    #expect(throws: ConstraintSystemError.self) {
      try Circuit(canonicalBytes: plain.canonicalBytes + [0])
    }
    #expect(throws: ConstraintSystemError.self) {
      try Circuit(canonicalBytes: circuit.canonicalBytes.dropLast())
    }
  }

  @Test("Without a step the others of its loop stay together") func without() {
    let program = Self.circuit(steps: 4).program.without(target: 4)
    #expect(program.steps.map(\.name) == ["state", "sum", "total"])
    #expect(program.loops == [.init(steps: 0..<3, count: 4)])
  }
}
