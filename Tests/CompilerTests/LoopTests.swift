import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler

@Suite("Loops: one circuit for all steps") struct LoopTests {
  /// h = tanh(x·w + h·r) and c = c / 2 + h for each of some steps; outputs are all of them.
  private static func network(steps: Int, given: [Float] = [0.5, -0.25]) throws -> EquationGraph {
    var builder = EquationGraphBuilder()
    func at(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }
    func read(_ operand: Int, _ indices: Int...) -> RealExpression {
      .read(.init(operand: operand, positions: indices.map(at)))
    }
    func index(_ name: String, _ size: Int) -> Equation.Index { .init(name: name, size: size) }
    let x = try builder.addInput(named: "x", shape: [steps, 3])
    let w = builder.addConstant(
      named: "w", try Tensor(shape: [3, 2], real: [0.5, -1, 0.75, 0.25, -0.5, 1]))
    let r = builder.addConstant(
      named: "r", try Tensor(shape: [2, 2], real: [0.5, -0.75, 1, 0.25]))
    let start = builder.addConstant(named: "h0", try Tensor(shape: [2], real: given))
    let zero = builder.addConstant(named: "c0", try Tensor(shape: [2], real: [0, 0]))
    let layer = builder.addLayer(named: "loop", operation: "Scan")
    let p = try builder.append(
      Equation(
        indices: [index("t", steps), index("j", 2), index("i", 3)], domainRank: 2,
        value: .reduce(.sum, over: [2], .binary(.multiply, read(0, 0, 2), read(1, 2, 1)))),
      [x, w], layer: layer, name: "p")
    let draft = builder.beginLoop(
      count: steps, initial: [start, zero], scanned: [p], name: "loop")
    let sum = RealExpression.reduce(
      .sum, over: [1], .binary(.multiply, read(1, 1), read(2, 1, 0)))
    let h = try builder.append(
      Equation(
        indices: [index("j", 2), index("k", 2)], domainRank: 1,
        value: .unary(.tanh, .binary(.add, read(0, 0), sum))),
      [draft.elements[0].value, draft.states[0].value, r], layer: layer, name: "h")
    let c = try builder.append(
      Equation(
        indices: [index("j", 2)], domainRank: 1,
        value: .binary(.add, .binary(.multiply, .constant(0.5), read(0, 0)), read(1, 0))),
      [draft.states[1].value, h], layer: layer, name: "c")
    let (left, _) = try builder.endLoop(
      draft, left: [h, c], results: [], layer: layer, name: "loop")
    try builder.addOutput(named: "hs", left[0])
    try builder.addOutput(named: "cs", left[1])
    return try builder.finish()
  }

  /// The same, one step after the other.
  private static func expected(_ x: [Float], steps: Int) -> (h: [Double], c: [Double]) {
    let (w, r) = ([0.5, -1, 0.75, 0.25, -0.5, 1], [0.5, -0.75, 1, 0.25])
    var (h, c) = ([0.5, -0.25], [0.0, 0.0])
    var result = (h: [Double](), c: [Double]())
    for step in 0..<steps {
      let old = h
      for j in 0..<2 {
        let own = (0..<3).reduce(0) { $0 + Double(x[step * 3 + $1]) * w[$1 * 2 + j] }
        h[j] = tanh(own + old[0] * r[j] + old[1] * r[2 + j])
      }
      for j in 0..<2 { c[j] = c[j] / 2 + h[j] }
      result.h += h
      result.c += c
    }
    return result
  }

  private static func sample(steps: Int) throws -> Tensor {
    var generator = SeededGenerator(seed: 11)
    return try Tensor(
      shape: [steps, 3],
      real: (0..<steps * 3).map { _ in Float.random(in: -1...1, using: &generator) })
  }

  private static func compiled(steps: Int) throws -> (CompiledModel, [String: Tensor]) {
    let inputs = ["x": try sample(steps: steps)]
    let model = try Compiler(library: .standard()).compile(
      try network(steps: steps), samples: [inputs])
    return (model, inputs)
  }

  @Test("are worth what their steps are, for any number of these", arguments: [2, 3, 7, 16])
  func values(steps: Int) throws {
    let (model, inputs) = try Self.compiled(steps: steps)
    let assignment = try model.evaluate(inputs)
    try StatementChecker.check(model.circuit.system, assignment)
    let expected = Self.expected(try #require(inputs["x"]).reals, steps: steps)
    for (name, values) in [("hs", expected.h), ("cs", expected.c)] {
      let tensor = try #require(model.circuit.system.tensors.firstIndex { $0.name == name })
      let bits = model.circuit.system.tensors[tensor].fractionalBits
      for (found, value) in zip(assignment[tensor].values, values) {
        #expect(abs(FixedPoint.real(found, fractionalBits: bits) - value) < 2e-3)
      }
    }
    let graph = try Self.network(steps: steps)
    let single = try graph.evaluate(inputs)
    for (found, value) in zip(single["hs"]?.reals ?? [], expected.h) {
      #expect(abs(Double(found) - value) < 1e-6)
    }
    let forms = try FormGraph(graph)
    let values = try forms.evaluate([try #require(inputs["x"]).doubles])
    for (found, value) in zip(values[forms.outputs[1].value] ?? [], expected.c) {
      #expect(abs(found - value) < 1e-9)
    }
  }

  @Test("have as many statements however many steps there are")
  func size() throws {
    let systems = try [50, 100, 400].map { try Self.compiled(steps: $0).0.circuit.system }
    for system in systems {
      #expect(system.equalities.count == systems[0].equalities.count)
      #expect(system.lookups.count == systems[0].lookups.count)
      #expect(system.tensors.map(\.name) == systems[0].tensors.map(\.name))
    }
  }

  @Test("are audited as layers of Assay's own")
  func audited() throws {
    let (model, _) = try Self.compiled(steps: 5)
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [])
  }

  /// An assignment in which a state is what somebody likes, and everything else follows from it.
  private static func forged(
    _ change: (inout [[Int]]) -> Void
  ) throws -> (ConstraintSystem, Assignment) {
    let (model, inputs) = try compiled(steps: 6)
    let circuit = model.circuit
    let honest = try model.evaluate(inputs)
    let state = try #require(
      circuit.system.tensors.firstIndex { $0.name.hasPrefix("loop/state") })
    var rows = (0..<6).map { Array(honest[state].values[$0 * 2..<$0 * 2 + 2]) }
    change(&rows)
    let program = circuit.program.without(target: state)
    let computed = Set(program.steps.map(\.target))
    var given: [Int: IntegerBuffer] = [:]
    for number in circuit.system.tensors.indices where !computed.contains(number) {
      given[number] = number == state ? IntegerBuffer(rows.flatMap { $0 }) : honest[number]
    }
    let isModel = { (number: Int) in circuit.system.tensors[number].role == .model }
    let assignment = try Evaluator.evaluate(
      Circuit(system: circuit.system, program: program),
      model: given.filter { isModel($0.key) }, inputs: given.filter { !isModel($0.key) })
    return (circuit.system, assignment)
  }

  private func refusal(_ change: (inout [[Int]]) -> Void) throws -> [Int]? {
    let (system, assignment) = try Self.forged(change)
    let error = #expect(throws: StatementViolation.self) {
      try StatementChecker.check(system, assignment)
    }
    guard case .equality(let name, let position, _)? = error, name.contains("carried") else {
      Issue.record("\(String(describing: error)) is not what a loop hands on")
      return nil
    }
    return position
  }

  @Test("An honest state is accepted") func honest() throws {
    let (system, assignment) = try Self.forged { _ in }
    try StatementChecker.check(system, assignment)
  }

  @Test("A step that is swapped, skipped or repeated is refused where it is") func steps() throws {
    #expect(try refusal { $0.swapAt(2, 3) }?.first == 2)
    #expect(try refusal { $0[1...4] = $0[2...5] }?.first == 1)
    #expect(try refusal { $0[4] = $0[3] }?.first == 4)
  }

  @Test("Another state at the first step, or at the last, is refused") func ends() throws {
    #expect(try refusal { $0[0][1] += 1 } == [0, 1])
    #expect(try refusal { $0[5][0] -= 1 } == [5, 0])
  }
}
