import TensorGraph

// Operators of integers that stand for reals, as other operators of integers and of reals.
extension FusedNode {
  /// The nodes of one that reads integers; nil for any other one, and where an operand could not be
  /// computed.
  func integerParts() throws(GraphError) -> [Onnx_NodeProto]? {
    switch operation {
    case "QLinearConv": return quantisedConvolution()
    case "QLinearAveragePool", "QLinearGlobalAveragePool":
      guard int("channels_last") == 1 else { return nil }
      return channelsLast(operation, domain: "com.microsoft", [0])
    default: break
    }
    guard isComplete else { return nil }
    switch operation {
    case "MatMulIntegerToFloat": return try scaledProduct()
    case "DynamicQuantizeMatMul": return dynamicProduct()
    case "QLinearSoftmax": return try quantisedSoftmax()
    case "QLinearWhere": return chosen()
    case "QEmbedLayerNormalization": return embedded()
    case "MatMulNBits": return try packedProduct()
    case "GatherBlockQuantized": return try packedRows()
    default: return nil
    }
  }

  private func quantisedConvolution() -> [Onnx_NodeProto]? {
    if int("channels_last") == 1 { return channelsLast("QLinearConv", [0]) }
    var parts = start()
    parts.add("QLinearConv", node.input, attributes(without: ["channels_last"]))
    return parts.nodes
  }

  /// An exact product of integers, times the product of their scales. The operands are a, b, a's scale, b's
  /// scale, a's zero point, b's zero point and what is added.
  private func scaledProduct() throws(GraphError) -> [Onnx_NodeProto] {
    guard shape(2)?.reduce(1, *) == 1 else {
      throw GraphError(
        .unsupported, "its first operand has several scales; one for all of it is supported")
    }
    var parts = start()
    let one = parts.reshape(operand(2), [], step: "scale")
    let unit = parts.add("Mul", [one, operand(3)], step: "unit")
    let sum = parts.add(
      "MatMulInteger", [operand(0), operand(1), operand(4), operand(5)], step: "integers")
    let real = parts.add("Cast", [sum], step: "reals", [.int("to", 1)])
    let product = parts.add("Mul", [real, unit], step: has(6) ? "product" : nil)
    if has(6) { parts.add("Add", [product, operand(6)]) }
    return parts.nodes
  }

  /// The same of an operand that is quantised by its own range: a, b, b's scale, b's zero point and what is
  /// added.
  private func dynamicProduct() -> [Onnx_NodeProto] {
    var parts = start()
    let steps = ["quantised", "own scale", "own zero point"].map { parts.named($0) }
    parts.add("DynamicQuantizeLinear", [operand(0)], results: steps)
    parts.add(
      "MatMulIntegerToFloat",
      [steps[0], operand(1), steps[1], operand(2), steps[2], operand(3), operand(4)],
      domain: "com.microsoft")
    return parts.nodes
  }

  /// Before version 13 of the softmax all axes from one on count as one. The result's scale is that of a
  /// whole number of steps, as ONNX Runtime computes it.
  private func quantisedSoftmax() throws(GraphError) -> [Onnx_NodeProto]? {
    guard let shape = shape(0), has(4) else {
      throw GraphError(.unsupported, "the zero point of its result is left out")
    }
    var parts = start()
    let real = parts.add(
      "DequantizeLinear", [operand(0), operand(1), operand(2)], step: "dequantised")
    let isFlat = (int("opset") ?? 13) < 13
    let axis = try Shape.normalizedAxis(int("axis") ?? -1, rank: shape.count)
    let last = shape.count - 1
    var (order, turned) = (Array(shape.indices), real)
    if !isFlat, axis != last {
      order.swapAt(axis, last)
      turned = parts.turn(real, order, step: "turned")
    }
    var soft = softmax(
      turned, order.map { shape[$0] }, from: isFlat ? axis : last, step: "softmax", &parts)
    if turned != real { soft = parts.turn(soft, order, step: "turned back") }
    let count = parts.add("Reciprocal", [operand(3)], step: "steps")
    let whole = parts.add("Floor", [count], step: "whole steps")
    let scale = parts.add("Reciprocal", [whole], step: "result's scale")
    parts.add("QuantizeLinear", [soft, scale, operand(4)])
    return parts.nodes
  }

  /// One of two values, each of which is brought to the result's scale: the condition, then three operands of
  /// each value, and the result's scale and zero point.
  private func chosen() -> [Onnx_NodeProto] {
    var parts = start()
    let values = [1, 4].map { place in
      let real = parts.add(
        "DequantizeLinear", (place..<place + 3).map(operand), step: "dequantised \(place)")
      return parts.add(
        "QuantizeLinear", [real, operand(7), operand(8)], step: "quantised \(place)")
    }
    parts.add("Where", [operand(0)] + values)
    return parts.nodes
  }

  /// Tables of words, places and kinds, and a scale and an offset, all of integers: the operands from 2
  /// to 6, with their scales from 8 on and their zero points from 13 on.
  private func embedded() -> [Onnx_NodeProto] {
    var parts = start()
    var operands = (0..<8).map(operand)
    for place in 2..<7 where has(place) {
      operands[place] = parts.add(
        "DequantizeLinear", [operand(place), operand(place + 6), operand(place + 11)],
        step: "operand \(place)")
    }
    parts.add(
      "EmbedLayerNormalization", operands, results: node.output, node.attribute,
      domain: "com.microsoft")
    return parts.nodes
  }
}
