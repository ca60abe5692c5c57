import Equations
import Foundation
import TensorGraph
import Testing

@testable import NetworkTestSupport
@testable import ONNXImport

/// Leaves that are listed more than once weigh what ONNX Runtime makes of them.
@Suite("Leaves listed twice") struct RepeatedWeightTests {
  private func value(_ targets: [Int64], of count: Int, _ weights: [Float], _ aggregate: String)
    throws -> [Double]
  {
    let all = (0..<count).map { Int64($0) }
    let node = ModelParts.trees(
      [
        "nodes_treeids": [0, 0, 0], "nodes_nodeids": [0, 1, 2], "nodes_featureids": [0, 0, 0],
        "nodes_truenodeids": [1, 0, 0], "nodes_falsenodeids": [2, 0, 0],
        "target_treeids": (targets + all).map { _ in 0 },
        "target_nodeids": targets.map { _ in 1 } + all.map { _ in 2 }, "target_ids": targets + all,
      ], ["nodes_values": [0, 0, 0], "target_weights": weights + all.map { _ in 7 }],
      ["BRANCH_LEQ", "LEAF", "LEAF"], input: "x", targets: count, aggregate: aggregate)
    var model = ModelParts.model([node], input: [1, 1], [])
    var version = Onnx_OperatorSetIdProto()
    (version.domain, version.version) = ("ai.onnx.ml", 3)
    model.opsetImport.append(version)
    let graph = try ONNXFile.importModel(bytes: Array(try model.serializedData()))
    let result = try graph.evaluate(["x": try Tensor(shape: [1, 1], real: [-1])])
    return result["y"]?.doubles ?? []
  }

  @Test(arguments: ["SUM", "AVERAGE", "MIN", "MAX"])
  func onceOfTheOnlyTarget(aggregate: String) throws {
    #expect(try value([0, 0, 0], of: 1, [3, 3, 3], aggregate) == [3])
  }

  @Test func asTreesDoOfSeveralTargets() throws {
    #expect(try value([0, 0, 1], of: 2, [3, 5, 4], "SUM") == [8, 4])
    #expect(try value([0, 0, 1], of: 2, [3, 5, 4], "MIN") == [3, 4])
    #expect(try value([0, 0, 1], of: 2, [3, 5, 4], "MAX") == [5, 4])
  }
}
