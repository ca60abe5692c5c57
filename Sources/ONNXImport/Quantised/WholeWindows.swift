import Equations
import TensorGraph

extension NodeView {
  /// Attributes of an average of quantised windows that reach beyond the padding: ONNX Runtime divides by the
  /// whole window there, as if there were padding.
  ///
  /// - Parameter shape: of what is averaged.
  func wholeWindows(over shape: [Int]) throws(GraphError) -> [String: AttributeValue] {
    guard try int("ceil_mode", default: 0) == 1, try int("count_include_pad", default: 0) == 1,
      try string("auto_pad") ?? "NOTSET" == "NOTSET", shape.count > 2,
      let kernel = try ints("kernel_shape"), kernel.count == shape.count - 2
    else { return [:] }
    let axes = kernel.count
    let strides = try ints("strides") ?? [Int](repeating: 1, count: axes)
    let dilations = try ints("dilations") ?? [Int](repeating: 1, count: axes)
    var pads = try ints("pads") ?? [Int](repeating: 0, count: 2 * axes)
    let all = kernel + strides + dilations
    guard strides.count == axes, dilations.count == axes, pads.count == 2 * axes,
      all.allSatisfy({ 1...Shape.maximumElements ~= $0 }),
      pads.allSatisfy({ 0...Shape.maximumElements ~= $0 })
    else { return [:] }
    for axis in 0..<axes {
      let (begin, size) = (pads[axis], shape[axis + 2])
      let window = (kernel[axis] - 1) * dilations[axis] + 1
      let length = begin + size + pads[axis + axes]
      guard length >= window else { return [:] }
      var last = (length - window + strides[axis] - 1) / strides[axis]
      // No window begins behind what there is.
      if last * strides[axis] >= begin + size { last -= 1 }
      pads[axis + axes] += max(0, last * strides[axis] + window - length)
    }
    return ["pads": .ints(pads), "ceil_mode": .int(0)]
  }
}
