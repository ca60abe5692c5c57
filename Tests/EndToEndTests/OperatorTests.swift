import CircuitLanguage
import Compiler
import ONNXImport
import Testing
import Witness

@Suite("Every way an operator can be used", .serialized)
struct OperatorTests {
  /// The models that the compiler refuses, with a part of the reason it gives. All others must
  /// compile and be proven.
  static let refused: [String: String] = [
    "average_pool_dilation": "a dilated average",
    "clip_crossed": "leave nothing between them",
    "matmul_vector_left": "a stack of several matrices",
    "matmul_vector_right": "a stack of several matrices",
  ]

  static let supported = OperatorCase.names.filter { refused[$0] == nil }

  private func compile(_ name: String, _ inputs: OperatorCase) throws -> CompiledModel {
    let graph = try ONNXFile.importModel(path: Fixture.path("operators/\(name).onnx"))
    return try Compiler(library: .standard()).compile(graph, samples: [inputs.tensors])
  }

  @Test("there are many, and none is refused that does not exist")
  func manifest() {
    #expect(OperatorCase.names.count >= 113)
    #expect(Set(OperatorTests.refused.keys).isSubset(of: OperatorCase.names))
  }

  @Test("what has no circuit is refused by node, operator and reason", arguments: refused)
  func refusal(name: String, reason: String) throws {
    let graph = try ONNXFile.importModel(path: Fixture.path("operators/\(name).onnx"))
    let samples = [try OperatorCase(name).tensors]
    do {
      _ = try Compiler(library: .standard()).compile(graph, samples: samples)
      Issue.record("\(name) compiles")
    } catch CompileError.unsupported(let nodes) {
      let node = try #require(nodes.first)
      #expect(nodes.count == 1)
      #expect(!node.name.isEmpty)
      #expect(!node.operation.isEmpty)
      #expect(node.reason.contains(reason))
    }
  }

  @Test("agrees with ONNX Runtime, satisfies its statements and is proven", arguments: supported)
  func proof(name: String) throws {
    let expected = try OperatorCase(name)
    let model = try compile(name, expected)
    let inputs = try expected.tensors
    let assignment = try model.evaluate(inputs)
    try StatementChecker.check(model.circuit.system, assignment)
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
      let tensor = try #require(verified.tensors.first { $0.name == port.name && !$0.isInput })
      #expect(tensor.values == assignment[port.tensor].values)
    }
  }
}
