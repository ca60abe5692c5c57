import CircuitCheck
import ConstraintSystem
import Equations
import Foundation
import ONNXImport
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler

/// A prover who chooses every value that a compiled network commits: one of them alone, one and what has
/// to fit it, two exchanged, and what the program makes of another one.
@Suite("Forged hints of compiled operators") struct ForgedHintTests {
  /// A network with one operator, and where its case lies.
  struct Source: Sendable, CustomTestStringConvertible {
    let folder: String
    let name: String
    var testDescription: String { "\(folder)/\(name)" }

    var path: String { Fixture.path("\(folder)/\(name).onnx") }
  }

  /// What a case fixes beside its inputs.
  private struct Fixed: Decodable {
    var constants: [String: OperatorCase.Value]?
    var options: [String]?

    init(_ source: Source) throws {
      let bytes = try Fixture.bytes(Fixture.path("\(source.folder)/\(source.name).json"))
      self = try JSONDecoder().decode(Self.self, from: Data(bytes))
    }

    var importOptions: ImportOptions {
      let options = options ?? []
      let rows = options.firstIndex(of: "--selected-rows").flatMap { Int(options[$0 + 1]) }
      return ImportOptions(
        constants: (constants ?? [:]).mapValues { .init(shape: $0.shape, values: $0.values) },
        selectedRows: rows)
    }
  }

  private static let sources = ["operators", "conformance"].flatMap { folder in
    Fixture.names(in: folder, ending: ".onnx").map { Source(folder: folder, name: $0) }
  }

  private static let effort = WrongHintEffort(
    cellsPerTensor: 3, nodesPerValue: 12, nodes: 1200, reads: 1 << 21, depth: 6, searchWork: 4000)

  /// The verifier holds what it sees to its range; of all else the statements must.
  private static let hidden = CompileOptions(
    visibility: .init(inputs: .init(.private), outputs: .init(.private)))

  private func inputs(_ source: Source, _ graph: EquationGraph) throws -> [String: Tensor] {
    let given = try OperatorCase(source.name, folder: source.folder).inputs
    return try Dictionary(
      uniqueKeysWithValues: graph.inputs.map { id in
        let value = try #require(given[graph[id].name])
        return (
          graph[id].name,
          graph[id].kind == .real
            ? try Tensor(shape: value.shape, real: value.floats)
            : try Tensor(shape: value.shape, integer: value.values.map { Int64($0) })
        )
      })
  }

  /// The network with what it commits for its own sample; nil where it is refused, as other tests see.
  private func proven(_ source: Source) throws -> (model: CompiledModel, values: Assignment)? {
    guard
      let graph = try? ONNXFile.importModel(
        path: source.path, options: try Fixed(source).importOptions)
    else { return nil }
    let sample = try inputs(source, graph)
    let compiler = Compiler(library: try .standard(), options: Self.hidden)
    guard let model = try? compiler.compile(graph, samples: [sample]) else { return nil }
    return (model, try model.evaluate(sample))
  }

  @Test(arguments: sources)
  private func nothingElseIsAccepted(source: Source) throws {
    guard let (model, honest) = try proven(source) else { return }
    try attack(model, honest)
  }

  private static let classical = (try? ClassicalCase.all()) ?? []

  @Test("Nor of forests and other classical models", arguments: classical.indices)
  private func nothingElseIsAccepted(number: Int) throws {
    let example = Self.classical[number]
    let graph = try ONNXFile.importModel(bytes: example.bytes)
    let sample = try example.sample(of: graph)
    let compiler = Compiler(library: try .standard(), options: Self.hidden)
    let model = try compiler.compile(graph, samples: [sample])
    try attack(model, try model.evaluate(sample))
  }

  private func attack(_ model: CompiledModel, _ honest: Assignment) throws {
    var finder = try WrongHintFinder(model.circuit, honest: honest, effort: Self.effort)
    #expect(finder.refusals == [])
    let report = finder.run()
    #expect(report.undetected.map(\.description) == [])
    // What nothing refuses by name was not tried.
    let names = Set(model.circuit.system.equalities.map(\.name))
      .union(model.circuit.system.lookups.map(\.name))
    for statement in report.caught.values.flatMap(\.keys) { #expect(names.contains(statement)) }
    let isComputed = model.circuit.system.tensors.contains { $0.role == .witness }
    #expect(!isComputed || !report.caught.isEmpty)
  }

  @Test("Nearly all of the networks are attacked") func networks() throws {
    let attacked = try Self.sources.count { try proven($0) != nil }
    #expect(Double(attacked) > 0.9 * Double(Self.sources.count), "\(attacked)")
  }
}
