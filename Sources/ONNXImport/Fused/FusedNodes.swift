import Equations
import TensorGraph

// Nodes that ONNX Runtime's optimiser and its quantiser make of several ones: they are taken apart again.
extension GraphImporter {
  /// The nodes that a fused node stands for, in order, of which some may be fused themselves; nil where it
  /// is none, or is computed as it is.
  ///
  /// Throws `.unsupported` for an activation that is not known and for options that have no nodes,
  /// `.attribute` for parameters that an activation does not have, `.shape` for operands that do not fit.
  func parts(of node: Onnx_NodeProto) throws(GraphError) -> [Onnx_NodeProto]? {
    guard node.domain == "com.microsoft",
      library.foreignFile(of: node.opType, domain: node.domain, version: versions[node.domain] ?? 0)
        == nil,
      let fused = FusedNode(node, self)
    else { return nil }
    if let parts = try fused.attentionParts() { return parts }
    guard node.output.count == 1 || node.opType == "QEmbedLayerNormalization" else { return nil }
    if let parts = try fused.realParts() { return parts }
    return try fused.integerParts()
  }
}

/// A node that stands for several ones, and what is known of its operands.
struct FusedNode {
  let node: Onnx_NodeProto
  /// The name of its first result.
  let output: String
  private let importer: GraphImporter

  /// Nil where nothing is computed.
  init?(_ node: Onnx_NodeProto, _ importer: GraphImporter) {
    guard let first = node.output.first else { return nil }
    self.node = node
    self.importer = importer
    output = first
  }

  var operation: String { node.opType }

  /// The operators that are always taken apart.
  static let operations = [
    "BiasSoftmax", "DynamicQuantizeMatMul", "FusedConv", "FusedGemm", "GatherBlockQuantized",
    "MatMulIntegerToFloat", "MatMulNBits", "NhwcConv", "NhwcFusedConv", "NhwcMaxPool", "QAttention",
    "QEmbedLayerNormalization", "QLinearConv", "QLinearSoftmax", "QLinearWhere",
  ]

  /// Whether a node is of these.
  static func isKnown(_ node: Onnx_NodeProto) -> Bool {
    node.domain == "com.microsoft" && operations.contains(node.opType)
  }

  /// The name of an operand; empty where it is left out.
  func operand(_ position: Int) -> String {
    node.input.indices.contains(position) ? node.input[position] : ""
  }

  func has(_ position: Int) -> Bool { !operand(position).isEmpty }

  /// The shape of an operand; nil where it is left out, or could not be computed.
  func shape(_ position: Int) -> [Int]? {
    guard case .tensor(let id)? = importer.values[operand(position)] else { return nil }
    return importer.builder[id].shape
  }

  /// What a constant operand holds; nil where it is none.
  func constant(_ position: Int) -> Tensor? {
    guard case .tensor(let id)? = importer.values[operand(position)] else { return nil }
    return importer.builder.constantValue(id)
  }

  /// How the elements of an operand are stored, where that is known.
  func format(_ position: Int) -> ElementFormat? { importer.formats[operand(position)] }

  /// Whether all of the operands could be computed that are not left out: if not, the node is not looked at.
  var isComplete: Bool {
    node.input.indices.allSatisfy { !has($0) || shape($0) != nil }
  }

  func attribute(_ name: String) -> Onnx_AttributeProto? {
    node.attribute.first { $0.name == name }
  }

  /// An attribute that is an integer; nil where it is left out.
  func int(_ name: String) -> Int? { attribute(name).map { Int(truncatingIfNeeded: $0.i) } }

  func floats(_ name: String) -> [Float]? { attribute(name)?.floats }

  /// The attributes that are not named.
  func attributes(without names: Set<String>) -> [Onnx_AttributeProto] {
    node.attribute.filter { !names.contains($0.name) }
  }

  /// The nodes, none yet.
  func start() -> NodeParts {
    NodeParts(name: node.name.isEmpty ? output : node.name, output: output)
  }
}

/// Nodes that together are one: each may read what those before it give.
struct NodeParts {
  private(set) var nodes: [Onnx_NodeProto] = []
  private let name: String
  private let output: String

  init(name: String, output: String) {
    self.name = name
    self.output = output
  }

  /// Appends a node, and gives the name of its result: that of a step, or else of all.
  @discardableResult
  mutating func add(
    _ operation: String, _ operands: [String], step: String? = nil,
    _ attributes: [Onnx_AttributeProto] = [], domain: String = ""
  ) -> String {
    let results = add(operation, operands, results: [named(step)], attributes, domain: domain)
    return results[0]
  }

  /// Appends a node of several results, and gives their names.
  @discardableResult
  mutating func add(
    _ operation: String, _ operands: [String], results: [String],
    _ attributes: [Onnx_AttributeProto] = [], domain: String = ""
  ) -> [String] {
    var part = Onnx_NodeProto()
    part.opType = operation
    part.domain = domain
    part.name = name
    part.input = operands
    part.output = results
    part.attribute = attributes
    nodes.append(part)
    return results
  }

  /// Appends a constant.
  mutating func add(_ tensor: Onnx_TensorProto, step: String) -> String {
    add("Constant", [], step: step, [.tensor("value", tensor)])
  }

  /// Appends a list of integers.
  mutating func add(_ integers: [Int], step: String) -> String {
    add(.integers(integers), step: step)
  }

  /// Appends another order of a tensor's axes.
  mutating func turn(_ operand: String, _ order: [Int], step: String? = nil) -> String {
    add("Transpose", [operand], step: step, [.ints("perm", order)])
  }

  /// Appends the same elements in another shape.
  mutating func reshape(_ operand: String, _ shape: [Int], step: String? = nil) -> String {
    let target = add(shape, step: "\(step ?? "result")/shape")
    return add("Reshape", [operand, target], step: step)
  }

  /// Appends elements of a range along an axis.
  mutating func take(_ operand: String, _ range: Range<Int>, axis: Int, step: String) -> String {
    let places = add(Array(range), step: "\(step)/places")
    return add("Gather", [operand, places], step: step, [.int("axis", axis)])
  }

  /// What a step's result is called.
  func named(_ step: String?) -> String { step.map { "\(output)/\($0)" } ?? output }
}

extension ONNXModel {
  /// The operators of `com.microsoft` that are always taken apart into others, sorted.
  public static var fusedOperators: [String] { FusedNode.operations }
}
