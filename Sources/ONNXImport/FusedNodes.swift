import Equations
import TensorGraph

// Nodes that ONNX Runtime's optimiser makes of several ones: they are taken apart again.
extension GraphImporter {
  /// The nodes that a fused node stands for, in order; nil where it is none.
  ///
  /// Throws `.unsupported` for an activation that is not known, `.attribute` for parameters that it does
  /// not have.
  static func parts(of node: Onnx_NodeProto) throws(GraphError) -> [Onnx_NodeProto]? {
    guard node.domain == "com.microsoft" else { return nil }
    if node.opType == "GroupQueryAttention" { return FusedNode(node)?.unpackedHeads() }
    guard node.output.count == 1, let node = FusedNode(node) else { return nil }
    switch node.operation {
    case "FusedConv": return try node.convolution()
    case "FusedGemm": return try node.product()
    case "NhwcConv": return node.channelsLast()
    default: return nil
    }
  }
}

/// A node that stands for several ones, which are called after it.
private struct FusedNode {
  private let node: Onnx_NodeProto
  private let output: String

  var operation: String { node.opType }

  /// Nil where nothing is computed.
  init?(_ node: Onnx_NodeProto) {
    guard let first = node.output.first else { return nil }
    self.node = node
    output = first
  }

  /// Queries, keys and values that are in one operand, head by head; nil where they are not.
  func unpackedHeads() -> [Onnx_NodeProto]? {
    guard node.input.count > 2, node.input[1].isEmpty, node.input[2].isEmpty,
      let queries = int("num_heads"), let pairs = int("kv_num_heads"),
      1...Self.mostHeads ~= queries, 1...Self.mostHeads ~= pairs
    else { return nil }
    let heads = (0..<queries + 2 * pairs).map { "\(output)/head\($0)" }
    var split = part("Split", [node.input[0]], output, [Self.int("axis", -1)])
    split.output = heads
    var parts = [split]
    var attention = node
    for (place, range) in [
      0..<queries, queries..<queries + pairs, queries + pairs..<queries + 2 * pairs,
    ].enumerated() {
      attention.input[place] = "\(output)/operand\(place)"
      parts.append(
        part("Concat", Array(heads[range]), attention.input[place], [Self.int("axis", -1)]))
    }
    return parts + [attention]
  }

  /// More heads than any network has.
  private static let mostHeads = 1 << 12

  /// A convolution, to whose result a fourth operand may be added, and an activation.
  func convolution() throws(GraphError) -> [Onnx_NodeProto] {
    let steps = try activation(floats("activation_params") ?? [])
    let adds = node.input.count > 3 && !node.input[3].isEmpty
    let own = node.attribute.filter { !$0.name.hasPrefix("activation") }
    var parts = [
      part(
        "Conv", Array(node.input.prefix(3)), adds || !steps.isEmpty ? "\(output)/conv" : output, own
      )
    ]
    if adds {
      parts.append(
        part("Add", [parts[0].output[0], node.input[3]], steps.isEmpty ? output : "\(output)/sum"))
    }
    return followed(parts, by: steps)
  }

  func product() throws(GraphError) -> [Onnx_NodeProto] {
    let names = ["activation_alpha", "activation_beta", "activation_gamma"]
    let parameters = names.compactMap { name in node.attribute.first { $0.name == name }?.f }
    let steps = try activation(parameters)
    let own = node.attribute.filter { !$0.name.hasPrefix("activation") }
    return followed(
      [part("Gemm", node.input, steps.isEmpty ? output : "\(output)/product", own)], by: steps)
  }

  /// A convolution of images whose last axis has the channels.
  func channelsLast() -> [Onnx_NodeProto] {
    [
      part(
        "Transpose", [node.input[0]], "\(output)/channels", [Self.list("perm", [0, 3, 1, 2])]),
      part(
        "Conv", ["\(output)/channels"] + node.input.dropFirst(), "\(output)/conv", node.attribute),
      part("Transpose", ["\(output)/conv"], output, [Self.list("perm", [0, 2, 3, 1])]),
    ]
  }

  private func followed(
    _ parts: [Onnx_NodeProto], by steps: [Onnx_NodeProto]
  ) -> [Onnx_NodeProto] {
    guard var last = steps.last, let result = parts.last?.output[0] else { return parts }
    last.input[0] = result
    return parts + steps.dropLast() + [last]
  }

  /// The activation behind constants that it reads; its first operand is not known yet.
  private func activation(_ parameters: [Float]) throws(GraphError) -> [Onnx_NodeProto] {
    guard let attribute = node.attribute.first(where: { $0.name == "activation" }),
      !attribute.s.isEmpty
    else { return [] }
    let name = String(decoding: attribute.s, as: UTF8.self)
    let names: [String: [String]] = [
      "Relu": [], "Tanh": [], "Sigmoid": [], "LeakyRelu": ["alpha"],
      "HardSigmoid": ["alpha", "beta"], "Clip": ["min", "max"],
    ]
    guard let known = names[name] else {
      throw GraphError(.unsupported, "the activation \"\(name)\" is not known")
    }
    guard parameters.count == known.count || parameters.isEmpty || known.isEmpty else {
      throw GraphError(.attribute, "the activation \(name) has \(parameters.count) parameters")
    }
    let values = Array(zip(known, parameters))
    guard name == "Clip" else {
      return [part(name, [""], output, values.map { Self.float($0.0, $0.1) })]
    }
    let bounds = values.map { bound in
      part("Constant", [], "\(output)/\(bound.0)", [Self.scalar(bound.1)])
    }
    return bounds + [part("Clip", [""] + bounds.map { $0.output[0] }, output)]
  }

  private func part(
    _ operation: String, _ inputs: [String], _ output: String,
    _ attributes: [Onnx_AttributeProto] = []
  ) -> Onnx_NodeProto {
    var part = Onnx_NodeProto()
    part.opType = operation
    part.name = node.name.isEmpty ? self.output : node.name
    part.input = inputs
    part.output = [output]
    part.attribute = attributes
    return part
  }

  private func floats(_ name: String) -> [Float]? {
    node.attribute.first { $0.name == name }?.floats
  }

  private func int(_ name: String) -> Int? {
    node.attribute.first { $0.name == name }.map { Int(truncatingIfNeeded: $0.i) }
  }

  private static func int(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .int
    attribute.i = value
    return attribute
  }

  private static func list(_ name: String, _ values: [Int64]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values
    return attribute
  }

  private static func float(_ name: String, _ value: Float) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .float
    attribute.f = value
    return attribute
  }

  private static func scalar(_ value: Float) -> Onnx_AttributeProto {
    var tensor = Onnx_TensorProto()
    tensor.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    tensor.floatData = [value]
    var attribute = Onnx_AttributeProto()
    attribute.name = "value"
    attribute.type = .tensor
    attribute.t = tensor
    return attribute
  }
}
