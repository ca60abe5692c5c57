import TensorGraph

// Convolutions and products with activations, and softmax with what is added before.
extension FusedNode {
  /// The nodes of one that computes reals; nil for any other one.
  func realParts() throws(GraphError) -> [Onnx_NodeProto]? {
    switch operation {
    case "FusedConv": return try convolution()
    case "FusedGemm": return try product()
    case "NhwcConv": return channelsLast("Conv", [0])
    case "NhwcFusedConv": return channelsLast("FusedConv", domain: "com.microsoft", [0, 3])
    case "NhwcMaxPool": return channelsLast("MaxPool", [0])
    case "BiasSoftmax": return try biasSoftmax()
    default: return nil
    }
  }

  /// A convolution, to whose result a fourth operand may be added, and an activation.
  private func convolution() throws(GraphError) -> [Onnx_NodeProto] {
    let activation = try self.activation(floats("activation_params") ?? [])
    var parts = start()
    let own = node.attribute.filter { !$0.name.hasPrefix("activation") }
    var result = parts.add(
      "Conv", Array(node.input.prefix(3)), step: has(3) || activation != nil ? "conv" : nil, own)
    if has(3) {
      result = parts.add("Add", [result, operand(3)], step: activation == nil ? nil : "sum")
    }
    activation?.append(to: &parts, of: result)
    return parts.nodes
  }

  private func product() throws(GraphError) -> [Onnx_NodeProto] {
    let names = ["activation_alpha", "activation_beta", "activation_gamma"]
    let activation = try self.activation(names.compactMap { attribute($0)?.f })
    var parts = start()
    let own = node.attribute.filter { !$0.name.hasPrefix("activation") }
    let result = parts.add("Gemm", node.input, step: activation == nil ? nil : "product", own)
    activation?.append(to: &parts, of: result)
    return parts.nodes
  }

  /// An operator of images whose last axis has the channels, by the one whose second axis has them; nil where
  /// there are no images.
  ///
  /// - Parameter positions: of the operands that are images.
  func channelsLast(
    _ name: String, domain: String = "", _ positions: [Int]
  ) -> [Onnx_NodeProto]? {
    let rank = (shape(0) ?? shape(1))?.count ?? 4
    guard rank > 2 else { return nil }
    var parts = start()
    var operands = node.input
    for position in positions where has(position) {
      operands[position] = parts.turn(
        operand(position), [0, rank - 1] + (1..<rank - 1), step: "channels \(position)")
    }
    let result = parts.add(
      name, operands, step: "channels", attributes(without: ["channels_last"]), domain: domain)
    _ = parts.turn(result, [0] + (2..<rank) + [1])
    return parts.nodes
  }

  /// A softmax over all axes from one on.
  private func biasSoftmax() throws(GraphError) -> [Onnx_NodeProto]? {
    guard let shape = shape(0) else { return nil }
    var parts = start()
    let sum = parts.add("Add", [operand(0), operand(1)], step: "sum")
    let axis = try Shape.normalizedAxis(int("axis") ?? 1, rank: shape.count)
    softmax(sum, shape, from: axis, &parts)
    return parts.nodes
  }

  /// A softmax over all axes from one on, of whatever version the model's operators are.
  @discardableResult
  func softmax(
    _ operand: String, _ shape: [Int], from axis: Int, step: String? = nil, _ parts: inout NodeParts
  ) -> String {
    let rows = [shape[..<axis].reduce(1, *), shape[axis...].reduce(1, *)]
    let flat = parts.reshape(operand, rows, step: "rows")
    let soft = parts.add("Softmax", [flat], step: "soft", [.int("axis", 1)])
    return parts.reshape(soft, shape, step: step)
  }
}

/// A function of what is computed before, with its parameters.
private struct Activation {
  let name: String
  let parameters: [(name: String, value: Float)]

  /// A limit is an operand, and any other parameter an attribute.
  func append(to parts: inout NodeParts, of operand: String) {
    guard name == "Clip" else {
      parts.add(name, [operand], parameters.map { .float($0.name, $0.value) })
      return
    }
    let bounds = parameters.map { parts.add(.reals([$0.value]), step: $0.name) }
    parts.add(name, [operand] + bounds)
  }
}

extension FusedNode {
  private static let activations: [String: [String]] = [
    "Relu": [], "Tanh": [], "Sigmoid": [], "LeakyRelu": ["alpha"],
    "HardSigmoid": ["alpha", "beta"], "Clip": ["min", "max"],
  ]

  private func activation(_ parameters: [Float]) throws(GraphError) -> Activation? {
    guard let attribute = attribute("activation"), !attribute.s.isEmpty else { return nil }
    let name = String(decoding: attribute.s, as: UTF8.self)
    guard let known = Self.activations[name] else {
      throw GraphError(.unsupported, "the activation \"\(name)\" is not known")
    }
    guard parameters.count == known.count || parameters.isEmpty || known.isEmpty else {
      throw GraphError(.attribute, "the activation \(name) has \(parameters.count) parameters")
    }
    return Activation(name: name, parameters: Array(zip(known, parameters)))
  }
}
