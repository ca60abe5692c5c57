import Equations
import ONNXImport
import TensorGraph
import TestSupport
import Testing

@Suite("Operators agree with ONNX Runtime")
struct OperatorConformanceTests {
  @Test(arguments: OperatorCase.names)
  func agrees(name: String) throws {
    let expected = try OperatorCase(name)
    let graph = try ONNXFile.importModel(path: OperatorCase.network(name))
    try graph.validate()
    let inputs = try expected.inputs.mapValues { try Tensor(shape: $0.shape, real: $0.floats) }
    let outputs = try graph.evaluate(inputs)
    #expect(Set(outputs.keys) == Set(expected.outputs.keys))
    for (output, value) in expected.outputs {
      let computed = try #require(outputs[output])
      #expect(computed.shape == value.shape)
      let difference = largestDifference(computed.reals, value.values)
      #expect(difference <= 2e-6 * max(1, value.magnitude), "\(output) differs by \(difference)")
    }
  }

  @Test("no node of an imported graph has only constant operands", arguments: OperatorCase.names)
  func constantsAreFolded(name: String) throws {
    let graph = try ONNXFile.importModel(path: OperatorCase.network(name))
    for node in graph.nodes {
      #expect(
        !node.operands.allSatisfy { graph.constants[$0] != nil },
        "\(graph.layers[node.layer].name)")
    }
  }

  @Test("operators that only rename leave no node")
  func passThrough() throws {
    for (name, count) in [("identity", 1), ("cast_between_floats", 0), ("dropout_operands", 0)] {
      let graph = try ONNXFile.importModel(path: OperatorCase.network(name))
      #expect(graph.nodes.count == count, "\(name)")
    }
  }

  @Test("observers see each input and each computed tensor once, in order")
  func observation() throws {
    let graph = try ONNXFile.importModel(path: Fixture.path("operators/residual.onnx"))
    let values = try OperatorCase("residual").inputs.mapValues {
      try Tensor(shape: $0.shape, real: $0.floats)
    }
    var seen: [ValueID] = []
    _ = try graph.evaluate(values) { id, tensor throws(GraphError) in
      #expect(graph[id].shape == tensor.shape)
      seen.append(id)
    }
    #expect(seen == graph.inputs + graph.nodes.map(\.output))
  }
}
