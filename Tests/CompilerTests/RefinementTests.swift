import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

@Suite("More bits where an output's error comes about")
struct RefinementTests {
  /// sin(200 x), of which 16 bits of x leave a step of a hundredth.
  private func steepSine() throws -> (graph: EquationGraph, samples: [[String: Tensor]]) {
    var net = try Network(input: [1, 32])
    let angle = try net.node(.multiply, net.input, net.constant([1], values: [200]))
    let graph = try net.finish(try net.node(.operation("Sin"), angle))
    return (graph, try (0..<2).map { _ in ["x": try net.numbers.tensor([1, 32])] })
  }

  private func compilation(
    _ graph: EquationGraph, _ samples: [[String: Tensor]], tolerance: Double
  ) throws -> Compilation {
    var compiler = Compiler(
      library: try .standard(), options: CompileOptions(tolerance: tolerance))
    compiler.checksAllSamples = true
    return try compiler.compilation(graph, samples: samples)
  }

  private func expectFoundAgain(_ graph: EquationGraph, _ result: Compilation) throws {
    let again = try Compiler(library: .standard()).compile(graph, as: result.model.circuit.system)
    #expect(again.circuit.canonicalBytes == result.model.circuit.canonicalBytes)
  }

  /// Sixteen bits of an argument are not enough, so that the table has every so many-th of it.
  @Test func argumentsBetweenRows() throws {
    let (graph, samples) = try steepSine()
    let coarse = try compilation(graph, samples, tolerance: 0.2)
    #expect(coarse.forms.plan.steps.isEmpty)
    let fine = try compilation(graph, samples, tolerance: 0.001)
    #expect(try #require(coarse.accuracy).errorOfRange > 0.001)
    #expect(try #require(fine.accuracy).errorOfRange < 0.0005)
    #expect(!fine.forms.plan.steps.isEmpty)
    try expectFoundAgain(graph, coarse)
    try expectFoundAgain(graph, fine)
  }

  /// Many small summands of which 13 bits leave nothing.
  @Test func smallSummands() throws {
    var net = try Network(input: [1, 4000])
    let shifted = try net.node(.add, net.input, net.constant([1], values: [-11]))
    let power = try net.node(.operation("Exp"), shifted)
    let sum = try net.node(.operation("ReduceMean", ["axes": .ints([1])]), power)
    let graph = try net.finish(sum)
    let samples = [["x": try net.numbers.tensor([1, 4000])]]
    let result = try compilation(graph, samples, tolerance: 0.001)
    #expect(try #require(result.accuracy).errorOfRange < 0.001)
    try expectFoundAgain(graph, result)
  }

  /// A prover who takes another row, with what the table has there, or another value of one of the parts.
  @Test func rowsAreNotChosen() throws {
    let (graph, samples) = try steepSine()
    let result = try compilation(graph, samples, tolerance: 0.001)
    let system = result.model.circuit.system
    let assignment = try result.model.evaluate(samples[0])
    func tensor(_ suffix: String) throws -> Int {
      try #require(
        system.tensors.firstIndex { $0.name.contains(suffix) }, "\(system.tensors.map(\.name))")
    }
    let parts = try ["/row", "/low", "/high"].map(tensor)
    let table = try #require(system.tables.first { $0.rows > 1 << 14 })
    for move in [-1, 1] {
      for changed in [[0], [1], [2], [0, 1], [0, 1, 2]] {
        let row = assignment[parts[0]].values[5] + move
        let moved = [row, table.value(at: row), table.value(at: row + 1)]
        var tensors = assignment.tensors.map { Array($0.values) }
        for part in changed { tensors[parts[part]][5] = moved[part] }
        let other = Assignment(tensors.map { IntegerBuffer(narrowing: $0) })
        let names = system.contradicted(by: other)
        let statement =
          changed[0] == 0 ? "Sin3/row (floored" : changed[0] == 1 ? "Sin3/low" : "Sin3/high"
        #expect(names.contains { $0.hasPrefix(statement) }, "\(changed): \(names)")
      }
    }
  }
}

extension LookupTable {
  /// What the first column has for an argument.
  fileprivate func value(at argument: Int) -> Int { columns[0][argument - first] }
}
