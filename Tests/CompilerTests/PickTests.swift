import CircuitLanguage
import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport

/// Elements at places that are values, as networks see them.
@Suite("Picks") struct PickTests {
  /// What is picked from, and how, of an integer input of the shape [2, 3].
  private enum Source: CaseIterable {
    /// The rows, the columns of a constant [6, 4]; the middle axis of one of [3, 6, 4].
    case rows, columns, middle
    /// Rows of a computed value [6, 4].
    case computed
    /// Of each row of a constant, and of a computed value, [2, 6], the row's own places.
    case elements, computedElements
  }

  private static func place(_ extent: Int, countsBack: Bool, _ rank: [Int]) -> ReadPosition {
    let index = RealExpression.at(1, rank.map { AffineIndex(index: $0) })
    guard countsBack else { return .computed(index) }
    return .computed(
      .select(.binary(.less, index, .constant(0)), index + .constant(Double(extent)), index))
  }

  private func network(_ source: Source, countsBack: Bool) throws -> (EquationGraph, ValueID) {
    var net = FormNetwork()
    let places = try net.input("places", [2, 3], .integer)
    let x = try net.input("x", [6, 4])
    func affine(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }
    func at(_ indices: Int...) -> ReadPosition {
      Self.place(6, countsBack: countsBack, indices)
    }
    let (operand, shape, positions): (ValueID, [Int], [ReadPosition])
    switch source {
    case .rows:
      operand = try net.constant("w", [6, 4])
      (shape, positions) = ([2, 3, 4], [at(0, 1), affine(2)])
    case .columns:
      operand = try net.constant("w", [4, 6])
      (shape, positions) = ([4, 2, 3], [affine(0), at(1, 2)])
    case .middle:
      operand = try net.constant("w", [3, 6, 4])
      (shape, positions) = ([3, 2, 3, 4], [affine(0), at(1, 2), affine(3)])
    case .computed:
      operand = try net.map("twice", x) { $0[0] * 2.0 }
      (shape, positions) = ([2, 3, 4], [at(0, 1), affine(2)])
    case .elements:
      operand = try net.constant("w", [2, 6])
      (shape, positions) = ([2, 3], [affine(0), at(0, 1)])
    case .computedElements:
      operand = try net.equation(
        "twice", [2, 6], [], [x], .at(0, [AffineIndex(index: 1), AffineIndex(index: 0)]) * 2.0)
      (shape, positions) = ([2, 3], [affine(0), at(0, 1)])
    }
    let y = try net.equation(
      "y", shape, [], [operand, places], .read(.init(operand: 0, positions: positions)))
    // Every input is read.
    let z = try net.map("z", x) { $0[0] + 1.0 }
    var builder = net.builder
    try builder.addOutput(named: "y", y)
    try builder.addOutput(named: "z", z)
    return (try builder.finish(), y)
  }

  private func samples(_ count: Int, countsBack: Bool) throws -> [[String: Tensor]] {
    var numbers = SeededGenerator(seed: 3)
    return try (0..<count).map { _ in
      [
        "places": try Tensor(
          shape: [2, 3],
          integer: (0..<6).map { _ in Int64(numbers.integer(in: (countsBack ? -6 : 0)...5)) }),
        "x": try numbers.tensor([6, 4], scale: 2),
      ]
    }
  }

  @Test(arguments: Source.allCases.indices, [false, true])
  private func picksAgree(source: Int, countsBack: Bool) throws {
    let source = Source.allCases[source]
    let (graph, _) = try network(source, countsBack: countsBack)
    let forms = try FormGraph(graph)
    #expect(
      forms.nodes.contains { if case .pick = $0.form { true } else { false } }, "\(forms)")
    #expect(!forms.nodes.contains { if case .equal = $0.form { true } else { false } })
    let samples = try samples(4, countsBack: countsBack)
    let found = try outcome(graph, samples)
    #expect(found.error < 0.001 * found.magnitude, "\(source)")
    try expectFoundAgain(graph, samples)
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    let assignment = try model.evaluate(samples[0])
    try StatementChecker.check(model.circuit.system, assignment)
    #expect(try DerivationAudit(model.derivation, of: model.circuit.system).foreignLayers == [])
    // No weight is committed once more.
    let copies = model.circuit.system.tensors.filter { $0.name.hasSuffix(".copy") }
    #expect(copies.isEmpty || source == .elements, "\(copies.map(\.name))")
  }

  @Test("A place that is not there is an error, one past each end", arguments: [false, true])
  func noSuchPlace(countsBack: Bool) throws {
    let (graph, _) = try network(.rows, countsBack: countsBack)
    let model = try Compiler(library: try .standard()).compile(
      graph, samples: try samples(2, countsBack: countsBack))
    for place in [countsBack ? -7 : -1, 6] {
      var sample = try samples(1, countsBack: countsBack)[0]
      sample["places"] = try Tensor(shape: [2, 3], integer: [0, 1, 2, 3, Int64(place), 5])
      let error = #expect(throws: (any Error).self) { try model.evaluate(sample) }
      // What counts from the end is counted there before it is looked up.
      let counted = place < 0 && countsBack ? place + 6 : place
      #expect("\(try #require(error))".contains("\(counted)"), "\(place)")
    }
  }

  /// A prover who reads a row that is not there has no row of the table to show.
  @Test(
    "A place one past each end is refused by the rows", arguments: [-1, 6])
  func forgedPlace(place: Int) throws {
    let (graph, _) = try network(.rows, countsBack: false)
    let sample = try samples(1, countsBack: false)[0]
    let model = try Compiler(library: try .standard()).compile(graph, samples: [sample])
    let honest = try model.evaluate(sample)
    let system = model.circuit.system
    let places = try #require(system.tensors.firstIndex { $0.name == "places" })
    var tensors = honest.tensors
    var values = honest[places].values
    values[4] = place
    tensors[places] = IntegerBuffer(values)
    #expect(system.contradicted(by: Assignment(tensors)).contains("y (gather:7)"))
  }
}
