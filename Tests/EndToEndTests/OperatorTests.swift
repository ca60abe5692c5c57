import CircuitLanguage
import Compiler
import Equations
import ONNXImport
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import NetworkTestSupport

@Suite("Every way an operator can be used", .serialized)
struct OperatorTests {
  private func tensors(_ inputs: [String: OperatorCase.Value]) throws -> [String: Tensor] {
    try inputs.mapValues { try Tensor(shape: $0.shape, real: $0.floats) }
  }

  private func compile(_ name: String, _ inputs: OperatorCase) throws -> CompiledModel {
    let graph = try ONNXFile.importModel(path: OperatorCase.network(name))
    return try Compiler(library: .standard()).compile(graph, samples: [tensors(inputs.inputs)])
  }

  @Test("there are many")
  func manifest() { #expect(OperatorCase.names.count >= 145) }

  @Test(
    "agrees with ONNX Runtime, satisfies its statements and is proven",
    arguments: OperatorCase.names)
  func proof(name: String) throws {
    let expected = try OperatorCase(name)
    let model = try compile(name, expected)
    let inputs = try tensors(expected.inputs)
    let assignment = try model.evaluate(inputs)
    try StatementChecker.check(model.circuit.system, assignment)
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [])
    let outputs = model.interface.outputs { assignment[$0].values }
    #expect(Set(outputs.keys) == Set(expected.outputs.keys))
    for (output, value) in expected.outputs {
      let computed = try #require(outputs[output])
      #expect(computed.shape == value.shape)
      let difference = largestDifference(computed.values, value.values)
      #expect(difference <= 1e-3 * max(value.magnitude, 1e-3), "\(output) differs by \(difference)")
    }
    let (_, _, verified) = try prove(model, inputs)
    for port in model.interface.outputs {
      let tensor = try #require(
        verified.tensors.first { $0.name == port.systemName && !$0.isInput })
      #expect(tensor.values == assignment[port.tensor].values)
    }
    let graph = try ONNXFile.importModel(path: OperatorCase.network(name))
    #expect(model.interface.outputs.map(\.name) == graph.outputs.map(\.name))
  }
}

/// What the importer reads and evaluates, but no circuit exists for. What the importer refuses is
/// listed in its own tests.
@Suite("What is refused")
struct RefusedOperatorTests {
  /// One node each, with the reason that is given. Some have no form, others a form that is too large.
  static let manifest: [(Step, shapes: [[Int]], kind: ElementKind, reason: String)] = [
    (.argMax(axis: 0, keepingAxis: false), [[40000]], .real, "40000 candidates"),
    (.matrixMultiply, [[1, 70000], [70000, 1]], .real, "70000 products"),
    (
      .convolution(Window(kernel: [70000])), [[1, 1, 70001], [1, 1, 70000]], .real,
      "70000 products"
    ),
    (.operation("Pow"), [[3], [3]], .integer, "an integer to the power"),
  ]

  @Test("is named all at once, with node, operator and reason")
  func together() throws {
    var network = try Network(input: [1])
    var samples = ["x": try Tensor(shape: [1], real: [0.5])]
    for (number, entry) in Self.manifest.enumerated() {
      let inputs = try entry.shapes.enumerated().map { (position, shape) in
        let name = "x\(number).\(position)"
        samples[name] = try Self.sample(shape, entry.kind)
        return try network.builder.addInput(named: name, shape: shape, kind: entry.kind)
      }
      let output = try network.append(
        entry.0, inputs, name: "node\(number)", output: "output\(number)")
      try network.builder.addOutput(named: "y\(number)", output)
    }
    let graph = try network.finish(network.input)
    do {
      _ = try Compiler(library: .standard()).compile(graph, samples: [samples])
      Issue.record("it compiles")
    } catch CompileError.unsupported(let nodes) {
      #expect(nodes.count == Self.manifest.count)
      for (number, (node, entry)) in zip(nodes, Self.manifest).enumerated() {
        #expect(node.name == "node\(number)")
        #expect(node.operation == entry.0.name)
        #expect(node.reason.contains(entry.reason), "\(node)")
      }
    }
  }

  private static func sample(_ shape: [Int], _ kind: ElementKind) throws -> Tensor {
    let count = shape.reduce(1, *)
    return kind == .integer
      ? try Tensor(shape: shape, integer: [Int64](repeating: 2, count: count))
      : try Tensor(shape: shape, real: [Float](repeating: 0.5, count: count))
  }
}
