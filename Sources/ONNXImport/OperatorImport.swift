import Equations
import TensorGraph

// Nodes that compute: what their operators' texts say.
extension GraphImporter {
  mutating func importOperator(
    _ node: NodeView, _ library: OperatorLibrary
  ) throws(GraphError) -> [ValueID?] {
    var operands = node.inputs
    var attributes = try node.attributeValues()
    if node.broadcastsByAttributes {
      operands = try node.legacyOperands(&builder)
      for name in NodeView.legacyAttributes { attributes[name] = nil }
    }
    // Says where memory may be shared, in the first version of the operators.
    attributes["consumed_inputs"] = nil
    let call = OperatorNode(
      operation: node.operation, domain: node.domain, opset: node.opset, layer: node.layer,
      name: node.name, operands: operands, attributes: attributes,
      outputs: node.outputs.map { live.contains($0) ? $0 : nil })
    return try library.instantiate(call, into: &builder) ?? []
  }

  /// Operators that no equations exist for, with what to do instead.
  private static let obstacles: [String: String] = {
    let texts = "it works on texts: do so before, and give the network numbers"
    let chance = "it draws random numbers: give them to the network as an input"
    return [
      "ImageDecoder": "it reads a file of an image: decode it before",
      "StringNormalizer": texts, "StringConcat": texts, "StringSplit": texts,
      "RegexFullMatch": texts, "RandomNormal": chance, "RandomNormalLike": chance,
      "RandomUniform": chance, "RandomUniformLike": chance, "Bernoulli": chance,
      "Multinomial": chance,
    ]
  }()

  /// What to do about an operator of another domain than ONNX's.
  private static func wayOut(of node: Onnx_NodeProto, _ domain: String) -> String {
    let text = "say in a text of equations what it computes (--circuits DIR)"
    switch (domain, node.opType) {
    case ("com.microsoft.nchwc", _), ("com.ms.internal.nhwc", _):
      return
        "ONNX Runtime wrote it for the machine that it ran on: save the network with the level "
        + "ORT_ENABLE_EXTENDED, not ORT_ENABLE_ALL, or take it as it was before"
    case ("com.microsoft", "DynamicQuantizeLSTM"):
      return "leave recurrent layers out when you quantise, with op_types_to_quantize"
    case ("com.microsoft", _):
      return "take the network as it was before ONNX Runtime optimised it, or \(text)"
    case (ClassicalImport.domain, _):
      return "do its step before, and give the network its result, or \(text)"
    default: return "export the network with operators of ONNX alone, or \(text)"
    }
  }

  /// The reason why a node can't be part of the network, where no operator has its name.
  ///
  /// - Parameter inputs: nil where an operand has been reported.
  func unknown(_ node: Onnx_NodeProto, _ domain: String, _ inputs: [ValueID?]?) -> GraphError {
    guard domain.isEmpty else {
      return GraphError(
        .unsupported, "an operator of the domain \"\(domain)\"; \(Self.wayOut(of: node, domain))")
    }
    if let reason = Self.obstacles[node.opType] { return GraphError(.unsupported, reason) }
    // What the graphs in a node's attributes read is not among its operands.
    let isFoldable = !node.attribute.contains { $0.hasG || !$0.graphs.isEmpty }
    return GraphError(
      .unsupported, isFoldable && isConstant(inputs ?? []) ? Self.foldingAdvice : "")
  }
}

extension NodeView {
  /// The attributes as an operator's text may ask for them.
  func attributeValues() throws(GraphError) -> [String: AttributeValue] {
    var values: [String: AttributeValue] = [:]
    for (name, attribute) in attributes {
      guard attribute.refAttrName.isEmpty else {
        throw GraphError(.unsupported, "the attribute \"\(name)\" is a function's parameter")
      }
      values[name] = try value(of: attribute, name)
    }
    return values
  }

  private func value(
    of attribute: Onnx_AttributeProto, _ name: String
  ) throws(GraphError) -> AttributeValue {
    switch attribute.type {
    case .int: return .int(try narrow(attribute.i, name))
    case .ints: return .ints(try ints(name) ?? [])
    case .float: return .real(Double(attribute.f))
    case .floats: return .reals(attribute.floats.map(Double.init))
    case .string: return .text(String(decoding: attribute.s, as: UTF8.self))
    default:
      throw GraphError(.unsupported, "the attribute \"\(name)\" is no number, list or text")
    }
  }
}
