import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

/// Nodes of `ai.onnx.ml` whose lists contradict each other.
@Suite("Hostile forests and machines are refused") struct HostileClassicalTests {
  private enum Value {
    case int(Int64)
    case ints([Int64])
    case floats([Float])
    case texts([String])
    case text(String)
  }

  private func attribute(_ name: String, _ value: Value) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    switch value {
    case .int(let value): (attribute.type, attribute.i) = (.int, value)
    case .ints(let values): (attribute.type, attribute.ints) = (.ints, values)
    case .floats(let values): (attribute.type, attribute.floats) = (.floats, values)
    case .texts(let values):
      (attribute.type, attribute.strings) = (.strings, values.map { .init($0.utf8) })
    case .text(let value): (attribute.type, attribute.s) = (.string, .init(value.utf8))
    }
    return attribute
  }

  private func error(_ operation: String, _ values: [String: Value]) throws -> ImportError? {
    var node = Make.node(operation, ["x"], ["y"])
    node.domain = "ai.onnx.ml"
    node.attribute = values.sorted { $0.key < $1.key }.map { attribute($0.key, $0.value) }
    var model = Make.model(opset: 17, [node], input: [2, 4])
    var version = Onnx_OperatorSetIdProto()
    (version.domain, version.version) = ("ai.onnx.ml", 3)
    model.opsetImport.append(version)
    return try model.importError()
  }

  /// One branch and two leaves.
  private static let tree: [String: Value] = [
    "n_targets": .int(1), "nodes_treeids": .ints([0, 0, 0]), "nodes_nodeids": .ints([0, 1, 2]),
    "nodes_featureids": .ints([1, 0, 0]), "nodes_modes": .texts(["BRANCH_LEQ", "LEAF", "LEAF"]),
    "nodes_values": .floats([0.1, 0, 0]), "nodes_truenodeids": .ints([1, 0, 0]),
    "nodes_falsenodeids": .ints([2, 0, 0]), "target_treeids": .ints([0, 0]),
    "target_nodeids": .ints([1, 2]), "target_ids": .ints([0, 0]),
    "target_weights": .floats([0.5, -0.75]),
  ]

  private static let forged: [(String, Value)] = [
    ("n_targets", .int(-1)), ("n_targets", .int(0)), ("n_targets", .int(.max)),
    ("nodes_values", .floats([.nan, 0, 0])), ("target_weights", .floats([.nan, 1])),
    ("target_weights", .floats([.infinity, 1])), ("nodes_truenodeids", .ints([7, 0, 0])),
    ("nodes_truenodeids", .ints([0, 0, 0])), ("nodes_truenodeids", .ints([-1, 0, 0])),
    ("nodes_modes", .texts(["NO", "LEAF", "LEAF"])), ("nodes_modes", .texts(["LEAF"])),
    ("nodes_featureids", .ints([-1, 0, 0])), ("nodes_featureids", .ints([.max, 0, 0])),
    ("nodes_nodeids", .ints([0, 1, 1])), ("target_ids", .ints([.max, 0])),
    ("target_ids", .ints([-1, 0])), ("target_nodeids", .ints([5, 2])),
    ("base_values", .floats([.nan])), ("base_values", .floats([1, 2])),
  ]

  @Test("of trees") func trees() throws {
    #expect(try error("TreeEnsembleRegressor", Self.tree) == nil)
    for (name, value) in Self.forged {
      var tree = Self.tree
      tree[name] = value
      #expect(try error("TreeEnsembleRegressor", tree) != nil, "\(name) \(value)")
    }
  }

  /// Exporters say what a leaf is once for each class; what a runtime makes of other weights differs.
  @Test("of leaves that are listed twice") func repeatedLeaves() throws {
    var tree = Self.tree
    tree["target_treeids"] = .ints([0, 0, 0])
    tree["target_nodeids"] = .ints([1, 1, 2])
    tree["target_ids"] = .ints([0, 0, 0])
    tree["target_weights"] = .floats([0.5, 0.5, -0.75])
    #expect(try error("TreeEnsembleRegressor", tree) == nil)
    tree["target_weights"] = .floats([0.5, 0.25, -0.75])
    #expect("\(try #require(try error("TreeEnsembleRegressor", tree)))".contains("list their sum"))
    tree["n_targets"] = .int(2)
    #expect(try error("TreeEnsembleRegressor", tree) == nil)
  }

  /// ONNX Runtime leaves out the base value where a row has no weight for a target.
  @Test("of a base value for a target that some rows have no weight for") func baseAlone() throws {
    var tree = Self.tree
    tree["n_targets"] = .int(2)
    tree["target_ids"] = .ints([0, 1])
    #expect(try error("TreeEnsembleRegressor", tree) == nil)
    tree["base_values"] = .floats([0, 2])
    #expect(
      "\(try #require(try error("TreeEnsembleRegressor", tree)))".contains("leaves both out"))
  }

  @Test("of support vectors") func machines() throws {
    var machine: [String: Value] = [
      "coefficients": .floats([1]), "support_vectors": .floats([1, 1, 1, 1]), "rho": .floats([0]),
      "kernel_type": .text("RBF"), "kernel_params": .floats([0.1, 0, 3]), "n_supports": .int(1),
    ]
    #expect(try error("SVMRegressor", machine) == nil)
    for count in [-1, 0, 2, .max] as [Int64] {
      machine["n_supports"] = .int(count)
      #expect(try error("SVMRegressor", machine) != nil, "\(count)")
    }
    for sizes in [[-1, 2], [.max, .max]] as [[Int64]] {
      let classifier: [String: Value] = [
        "coefficients": .floats([1]), "support_vectors": .floats([1, 1, 1, 1]), "rho": .floats([0]),
        "kernel_type": .text("LINEAR"), "classlabels_ints": .ints([0, 1]),
        "vectors_per_class": .ints(sizes),
      ]
      #expect(try error("SVMClassifier", classifier) != nil, "\(sizes)")
    }
    for targets in [-1, 0, .max] as [Int64] {
      let linear: [String: Value] = [
        "coefficients": .floats([1, 1, 1, 1]), "targets": .int(targets),
      ]
      #expect(try error("LinearRegressor", linear) != nil, "\(targets)")
    }
  }
}
