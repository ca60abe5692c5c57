import TensorGraph

extension SlidingWindow {
  /// What ONNX's `pads`, `auto_pad` and `output_shape` cut off the result of a transposed
  /// convolution.
  ///
  /// The padding after an axis may be negative: then the result is longer than what the kernel
  /// reaches, by zeros.
  /// - Parameter beyond: what `output_padding` adds after each axis.
  func transposedPadding(
    pads: [Int]?, automatic: String?, outputShape: [Int]?, beyond: [Int]
  ) throws(GraphError) -> Padding {
    try check()
    let rank = sizes.count
    let none = [Int](repeating: 0, count: rank)
    guard beyond.count == rank, beyond.allSatisfy({ (0...(1 << 28)).contains($0) }) else {
      throw GraphError(.attribute, "the output padding \(beyond) for \(rank) axes")
    }
    let whole = sizes.indices.map {
      (sizes[$0] - 1) * strides[$0] + span($0) + beyond[$0]
    }
    guard let target = try target(outputShape, automatic) else {
      return try cut(whole, by: automatic == "VALID" ? none + none : pads ?? none + none)
    }
    var padding = Padding(before: none, after: none, extra: none)
    for axis in 0..<rank {
      let total = whole[axis] - target[axis]
      let smaller = total > 0 ? total / 2 : 0
      padding.before[axis] = automatic == "SAME_UPPER" ? smaller : max(0, total) - smaller
      padding.after[axis] = total - padding.before[axis]
    }
    return padding
  }

  private func cut(_ whole: [Int], by pads: [Int]) throws(GraphError) -> Padding {
    let rank = sizes.count
    guard pads.count == 2 * rank, pads.allSatisfy({ (0...(1 << 28)).contains($0) }) else {
      throw GraphError(.attribute, "the pads \(pads) for \(rank) axes")
    }
    let padding = Padding(
      before: Array(pads.prefix(rank)), after: Array(pads.suffix(rank)),
      extra: [Int](repeating: 0, count: rank))
    guard sizes.indices.allSatisfy({ whole[$0] > padding.before[$0] + padding.after[$0] }) else {
      throw GraphError(.shape, "the pads \(pads) leave nothing of the result \(whole)")
    }
    return padding
  }

  /// The sizes that the result shall have; nil where the padding says it.
  private func target(_ outputShape: [Int]?, _ automatic: String?) throws(GraphError) -> [Int]? {
    if let outputShape {
      let target = Array(outputShape.suffix(sizes.count))
      guard target.count == sizes.count, target.allSatisfy({ (1...(1 << 28)).contains($0) }) else {
        throw GraphError(.attribute, "the output shape \(outputShape) for \(sizes.count) axes")
      }
      return target
    }
    switch automatic ?? "NOTSET" {
    case "NOTSET", "VALID": return nil
    case "SAME_UPPER", "SAME_LOWER": return sizes.indices.map { sizes[$0] * strides[$0] }
    default:
      throw GraphError(.attribute, "the padding \"\(automatic ?? "")\" is not one of ONNX's")
    }
  }
}
