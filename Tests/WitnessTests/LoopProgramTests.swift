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

  @Test("Products of a state are those of a program without loops") func products() throws {
    let (steps, width) = (5, 12)
    let weights = (0..<width * width).map { $0 * 7919 % 23 - 11 }
    let circuit = Self.recurrence(steps: steps, width: width)
    let first = (0..<width).map { $0 % 5 - 2 }
    let values = try Evaluator.evaluate(
      circuit, model: [0: IntegerBuffer(weights)], inputs: [1: IntegerBuffer(first)])
    var state = first
    for step in 0..<steps {
      #expect(Array(values[2].values[step * width..<(step + 1) * width]) == state)
      let products = (0..<width).map { row in
        (0..<width).reduce(0) { $0 + weights[row * width + $1] * state[$1] }
      }
      #expect(Array(values[3].values[step * width..<(step + 1) * width]) == products)
      state = products.map { ($0 % 7 + 7) % 7 }
    }
  }

  /// state[t, i] = (Σ_j w[i, j]·state[t − 1, j]) mod 7.
  private static func recurrence(steps: Int, width: Int) -> Circuit {
    let domain = indices(steps, width)
    let earlier = AffineIndex(index: 0)
    let before = HintExpression.remainder(
      .read(read(3, index(0, plus: -1), index(1))), .constant(7))
    let state = WitnessProgram.Step(
      name: "state", target: 2, indices: domain,
      computation: .expression(
        .select(
          .less(.constant(0), .index(earlier)), before, .read(read(1, index(1))))))
    let product = WitnessProgram.Step(
      name: "product", target: 3, indices: indices(steps, width, width),
      computation: .sumOfProducts([
        .init(
          coefficient: 1, summed: [2],
          factors: [
            LinearExpression(read(0, index(1), index(2))),
            LinearExpression(read(2, index(0), index(2))),
          ])
      ]))
    return Circuit(
      system: ConstraintSystem(tensors: [
        tensor("w", [width, width], .model, range: -11...11), tensor("x", [width], .publicInput),
        tensor("state", [steps, width], .witness),
        tensor("product", [steps, width], .publicOutput),
      ]),
      program: WitnessProgram(
        steps: [state, product], loops: [.init(steps: 0..<2, count: steps)]))
  }

  @Test("What can't be computed in a part is named with its place") func place() throws {
    var circuit = Self.circuit(steps: 3)
    circuit.program.steps[1].computation = .expression(
      .floorDivide(.constant(1), .read(read(0, index(0), index(1)))))
    let error = #expect(throws: EvaluationError.self) {
      try totals(circuit, [1, 2, 3, 4, 5, 0])
    }
    #expect(error == .division(step: "flat", position: [5], divisor: 0))
  }

  @Test("A program has one encoding")
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
