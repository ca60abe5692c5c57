import Equations
import Foundation
import TestSupport

@testable import NetworkTestSupport
@testable import ONNXImport

/// Trees in memory, and what they decide by comparing numbers of single precision.
struct ForestModel {
  /// A tree's nodes, the root first; a leaf has a weight.
  enum Node {
    case branch(feature: Int, mode: String, threshold: Float, yes: Int, no: Int)
    case leaf(Float)
  }

  var trees: [[Node]] = []
  var features: Int
  /// Each tree is of one target, in turn.
  var targets = 1
  var base: [Float] = []
  /// `SUM` unless given.
  var aggregate: String?
  /// Nodes before the trees, which make `z` of `x`.
  var before: [Onnx_NodeProto] = []
  var initializers: [Onnx_TensorProto] = []

  static let modes = [
    "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ",
  ]

  init(features: Int) { self.features = features }

  /// Full trees.
  init(
    trees count: Int, depth: Int, features: Int, thresholds: [Float],
    modes: [String] = ["BRANCH_LEQ"], seed: UInt64
  ) {
    self.init(features: features)
    var numbers = SeededGenerator(seed: seed)
    for _ in 0..<count {
      let inner = (1 << depth) - 1
      let mode = modes[numbers.integer(in: 0...modes.count - 1)]
      trees.append(
        (0..<2 * inner + 1).map { node in
          guard node < inner else { return .leaf(Float(numbers.integer(in: -1000...1000))) }
          return .branch(
            feature: numbers.integer(in: 0...features - 1), mode: mode,
            threshold: thresholds[numbers.integer(in: 0...thresholds.count - 1)],
            yes: 2 * node + 1, no: 2 * node + 2)
        })
    }
  }

  /// What the trees give for a row, which `before` does nothing to.
  func value(_ row: [Float]) -> Float {
    trees.reduce(0) { sum, tree in
      var node = tree[0]
      while case .branch(let feature, let mode, let threshold, let yes, let no) = node {
        node = tree[Self.holds(mode, row[feature], threshold) ? yes : no]
      }
      if case .leaf(let weight) = node { return sum + weight }
      return sum
    }
  }

  private static func holds(_ mode: String, _ x: Float, _ threshold: Float) -> Bool {
    switch mode {
    case "BRANCH_LEQ": x <= threshold
    case "BRANCH_LT": x < threshold
    case "BRANCH_GTE": x >= threshold
    case "BRANCH_GT": x > threshold
    case "BRANCH_EQ": x == threshold
    default: x != threshold
    }
  }

  func graph(rows: Int = 1) throws -> EquationGraph {
    try ONNXFile.importModel(bytes: Array(try model(rows: rows).serializedData()))
  }

  private func model(rows: Int) -> Onnx_ModelProto {
    var model = ModelParts.model(
      before + [node], input: [Int64(rows), Int64(features)], initializers)
    var domain = Onnx_OperatorSetIdProto()
    (domain.domain, domain.version) = ("ai.onnx.ml", 3)
    model.opsetImport.append(domain)
    return model
  }

  private var node: Onnx_NodeProto {
    var lists: [String: [Int64]] = [:]
    var (values, weights): ([Float], [Float]) = ([], [])
    var modes: [String] = []
    for (tree, nodes) in trees.enumerated() {
      for (number, node) in nodes.enumerated() {
        lists["nodes_treeids", default: []].append(Int64(tree))
        lists["nodes_nodeids", default: []].append(Int64(number))
        var (feature, mode, threshold, yes, no) = (0, "LEAF", Float(0), 0, 0)
        switch node {
        case .branch(let f, let m, let t, let y, let n):
          (feature, mode, threshold, yes, no) = (f, m, t, y, n)
        case .leaf(let weight):
          lists["target_treeids", default: []].append(Int64(tree))
          lists["target_nodeids", default: []].append(Int64(number))
          lists["target_ids", default: []].append(Int64(tree % targets))
          weights.append(weight)
        }
        lists["nodes_featureids", default: []].append(Int64(feature))
        lists["nodes_truenodeids", default: []].append(Int64(yes))
        lists["nodes_falsenodeids", default: []].append(Int64(no))
        modes.append(mode)
        values.append(threshold)
      }
    }
    var floats = ["nodes_values": values, "target_weights": weights]
    if !base.isEmpty { floats["base_values"] = base }
    return ModelParts.trees(
      lists, floats, modes, input: before.isEmpty ? "x" : "z", targets: targets,
      aggregate: aggregate)
  }
}

/// Parts of models.
enum ModelParts {
  static func model(
    _ nodes: [Onnx_NodeProto], input: [Int64], _ initializers: [Onnx_TensorProto]
  ) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    var version = Onnx_OperatorSetIdProto()
    version.version = 17
    model.opsetImport = [version]
    model.graph.node = nodes
    model.graph.initializer = initializers
    model.graph.input = [info("x", input)]
    model.graph.output = [info("y", [])]
    return model
  }

  private static func info(_ name: String, _ shape: [Int64]) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    info.type.tensorType.shape.dim = shape.map { size in
      var dimension = Onnx_TensorShapeProto.Dimension()
      dimension.dimValue = size
      return dimension
    }
    return info
  }

  static func trees(
    _ integers: [String: [Int64]], _ floats: [String: [Float]], _ modes: [String], input: String,
    targets: Int = 1, aggregate: String? = nil
  ) -> Onnx_NodeProto {
    var node = self.node("TreeEnsembleRegressor", [input], ["y"], domain: "ai.onnx.ml")
    node.attribute =
      integers.map { name, list in attribute(name, .ints) { $0.ints = list } }
      + floats.map { name, list in attribute(name, .floats) { $0.floats = list } }
      + [
        attribute("nodes_modes", .strings) { $0.strings = modes.map { Data($0.utf8) } },
        attribute("n_targets", .int) { $0.i = Int64(targets) },
      ]
      + [aggregate].compactMap { $0 }.map { word in
        attribute("aggregate_function", .string) { $0.s = Data(word.utf8) }
      }
    return node
  }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = ""
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    (node.opType, node.input, node.output, node.domain) = (type, inputs, outputs, domain)
    return node
  }

  static func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType,
    _ set: (inout Onnx_AttributeProto) -> Void
  ) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    (attribute.name, attribute.type) = (name, type)
    set(&attribute)
    return attribute
  }

  static func floats(_ name: String, _ values: [Float]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = [Int64(values.count)]
    tensor.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    tensor.floatData = values
    return tensor
  }
}
