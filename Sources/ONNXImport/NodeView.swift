import ConstraintSystem
import Equations
import TensorGraph

/// One ONNX node whose operands are already part of the graph.
struct NodeView {
  /// The node's name, or its first output's where it has none.
  let name: String
  let operation: String
  /// Empty for the default one.
  let domain: String
  /// The layer that its equations and views belong to.
  let layer: Int
  /// The operand at each position; nil where an optional one is left out.
  let inputs: [ValueID?]
  /// How the elements of each operand are stored, where that is known.
  let inputFormats: [ElementFormat?]
  let outputs: [String]
  /// Whether one of them is a result of the network.
  var isResult = false
  /// The version of the domain's operator set.
  let opset: Int
  let attributes: [String: Onnx_AttributeProto]

  init(
    _ node: Onnx_NodeProto, name: String, layer: Int, inputs: [ValueID?], opset: Int,
    inputFormats: [ElementFormat?]
  ) throws(GraphError) {
    self.name = name
    operation = node.opType
    domain = GraphImporter.isDefault(node.domain) ? "" : node.domain
    self.layer = layer
    self.inputs = inputs
    self.inputFormats = inputFormats
    self.outputs = node.output
    self.opset = opset
    var attributes: [String: Onnx_AttributeProto] = [:]
    for attribute in node.attribute {
      guard attributes.updateValue(attribute, forKey: attribute.name) == nil else {
        throw GraphError(.attribute, "the attribute \"\(attribute.name)\" is given twice")
      }
    }
    self.attributes = attributes
  }

  var attributeNames: Dictionary<String, Onnx_AttributeProto>.Keys { attributes.keys }

  /// The operand at `position`, which the operator requires.
  func input(_ position: Int) throws(GraphError) -> ValueID {
    guard let id = optionalInput(position) else {
      throw GraphError(.structure, "the operand at position \(position) is missing")
    }
    return id
  }

  func optionalInput(_ position: Int) -> ValueID? {
    inputs.indices.contains(position) ? inputs[position] : nil
  }

  /// All operands, for operators of any number of them.
  func allInputs() throws(GraphError) -> [ValueID] {
    guard !inputs.isEmpty else { throw GraphError(.structure, "the node has no operands") }
    var result: [ValueID] = []
    for position in inputs.indices { result.append(try input(position)) }
    return result
  }

  // Attributes: nil where absent, an error where they have another type.

  func int(_ name: String) throws(GraphError) -> Int? {
    guard let attribute = try attribute(name, .int) else { return nil }
    return try narrow(attribute.i, name)
  }

  func int(_ name: String, default value: Int) throws(GraphError) -> Int {
    try int(name) ?? value
  }

  /// An integer attribute that is a truth value.
  func flag(_ name: String, default value: Bool = false) throws(GraphError) -> Bool {
    switch try int(name) {
    case nil: return value
    case 0: return false
    case 1: return true
    case .some(let other):
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(other), not 0 or 1")
    }
  }

  func ints(_ name: String) throws(GraphError) -> [Int]? {
    guard let attribute = try attribute(name, .ints) else { return nil }
    var result: [Int] = []
    for value in attribute.ints { result.append(try narrow(value, name)) }
    return result
  }

  func float(_ name: String) throws(GraphError) -> Float? { try attribute(name, .float)?.f }

  func floats(_ name: String) throws(GraphError) -> [Float]? {
    try attribute(name, .floats)?.floats
  }

  func string(_ name: String) throws(GraphError) -> String? {
    guard let attribute = try attribute(name, .string) else { return nil }
    return String(decoding: attribute.s, as: UTF8.self)
  }

  func strings(_ name: String) throws(GraphError) -> [String]? {
    try attribute(name, .strings)?.strings.map { String(decoding: $0, as: UTF8.self) }
  }

  func tensor(_ name: String) throws(GraphError) -> Onnx_TensorProto? {
    try attribute(name, .tensor)?.t
  }

  private func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType
  ) throws(GraphError) -> Onnx_AttributeProto? {
    guard let attribute = attributes[name] else { return nil }
    guard attribute.type == type, attribute.refAttrName.isEmpty else {
      throw GraphError(.attribute, "the attribute \"\(name)\" has the wrong type")
    }
    return attribute
  }

  func narrow(_ value: Int64, _ name: String) throws(GraphError) -> Int {
    guard let result = Int(exactly: value) else {
      throw GraphError(.attribute, "the attribute \"\(name)\" is \(value), out of range")
    }
    return result
  }
}
