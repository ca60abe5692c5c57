import Compiler
import ConstraintSystem
import Equations
import Foundation
import ONNXImport
import TensorFiles
import TensorGraph
import TestSupport
import Testing

/// What a network costs, apart from how long anything takes.
private struct NetworkCost: Equatable, CustomStringConvertible {
  var weights = 0
  var cells = 0
  var lookups = 0
  var rows = 0
  var statements = 0

  init(_ system: ConstraintSystem) {
    func size(_ role: TensorRole) -> Int {
      system.tensors.filter { $0.role == role }.reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
    weights = size(.model)
    cells = size(.witness)
    lookups = system.lookups.reduce(0) { $0 + system.tupleCount(of: $1) }
    rows = system.tables.reduce(0) { $0 + $1.rows }
    statements = system.equalities.count + system.lookups.count
  }

  var description: String {
    [weights, cells, lookups, rows, statements].map(String.init).joined(separator: "\t")
  }
}

/// `Fixtures/costs.tsv` says what the fixtures' networks cost, so that whoever changes what the compiler
/// makes of networks sees it. With `BLESS_COSTS` in the environment the file is written anew.
@Suite("What networks cost is what was last agreed on")
struct CostSnapshotTests {
  private static let file = Fixture.path("costs.tsv")
  private static let heading = "network\tweights\tcells\tlookups\ttable rows\tstatements"

  private func cost(_ graph: EquationGraph, _ samples: [[String: Tensor]]) throws -> NetworkCost {
    NetworkCost(
      try Compiler(library: try .standard()).compile(graph, samples: samples).circuit.system)
  }

  private func trained(_ name: String) throws -> NetworkCost {
    let graph = try ONNXFile.importModel(path: Fixture.path("\(name)/model.onnx"))
    let values = try TensorFile.readNumpy(path: Fixture.path("\(name)/calibration.npy")).values
    let shape = graph[graph.inputs[0]].shape
    let size = shape.reduce(1, *)
    let samples = try stride(from: 0, to: values.count, by: size).map {
      ["input": try Tensor(shape: shape, real: values[$0..<$0 + size].map { Float($0) })]
    }
    return try cost(graph, samples)
  }

  private func operatorCase(_ name: String) throws -> NetworkCost {
    let inputs = try OperatorCase(name).inputs.mapValues {
      try Tensor(shape: $0.shape, real: $0.values.map { Float($0) })
    }
    return try cost(try ONNXFile.importModel(path: OperatorCase.network(name)), [inputs])
  }

  @Test func costs() throws {
    var lines = [Self.heading]
    for name in ["breast_cancer", "digits_cnn", "digits_mlp"] {
      lines.append("\(name)\t\(try trained(name))")
    }
    for name in OperatorCase.names {
      lines.append("operators/\(name)\t\(try operatorCase(name))")
    }
    if ProcessInfo.processInfo.environment["BLESS_COSTS"] != nil {
      try Data((lines.joined(separator: "\n") + "\n").utf8).write(
        to: URL(fileURLWithPath: Self.file))
    }
    let agreed = try String(contentsOfFile: Self.file, encoding: .utf8)
      .split(separator: "\n").map(String.init)
    for (found, known) in zip(lines, agreed) { #expect(found == known) }
    #expect(lines.count == agreed.count)
  }
}
