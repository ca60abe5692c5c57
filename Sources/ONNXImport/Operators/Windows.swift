import TensorGraph

extension NodeView {
  /// The window that the attributes describe over an operand of `shape`, with automatic padding
  /// and rounded-up sizes resolved.
  func window(
    kernel: [Int], over shape: [Int], roundingUp: Bool = false
  ) throws(GraphError) -> Window {
    let spatial = Array(shape.dropFirst(2))
    guard spatial.count == kernel.count, !spatial.isEmpty else {
      throw GraphError(.shape, "a kernel of shape \(kernel) does not fit an operand \(shape)")
    }
    guard spatial.count <= 2 else {
      throw GraphError(.unsupported, "windows over \(spatial.count) spatial axes")
    }
    let pads = try ints("pads") ?? [Int](repeating: 0, count: 2 * spatial.count)
    guard pads.count == 2 * spatial.count else {
      throw GraphError(.attribute, "pads \(pads) for \(spatial.count) spatial axes")
    }
    var window = Window(
      kernel: kernel, strides: try ints("strides"), dilations: try ints("dilations"),
      padsBefore: Array(pads.prefix(spatial.count)), padsAfter: Array(pads.suffix(spatial.count)))
    try resolveAutomaticPadding(&window, spatial)
    _ = try window.outputExtents(spatial)
    if roundingUp { window.roundOutputUp(spatial) }
    return window
  }

  private func resolveAutomaticPadding(
    _ window: inout Window, _ spatial: [Int]
  ) throws(GraphError) {
    let mode = try string("auto_pad") ?? "NOTSET"
    let none = [Int](repeating: 0, count: spatial.count)
    switch mode {
    case "NOTSET": return
    case "VALID": (window.padsBefore, window.padsAfter) = (none, none)
    case "SAME_UPPER", "SAME_LOWER":
      (window.padsBefore, window.padsAfter) = (none, none)
      try window.validate(spatialRank: spatial.count)
      for axis in spatial.indices {
        let total = window.sameSizePadding(spatial[axis], axis: axis)
        let smaller = total / 2
        window.padsBefore[axis] = mode == "SAME_UPPER" ? smaller : total - smaller
        window.padsAfter[axis] = total - window.padsBefore[axis]
      }
    default:
      throw GraphError(.attribute, "the padding mode \"\(mode)\" is not one of ONNX's")
    }
  }
}

extension Window {
  /// The padding along `axis` that gives ⌈extent / stride⌉ outputs.
  fileprivate func sameSizePadding(_ extent: Int, axis: Int) -> Int {
    let outputs = (extent + strides[axis] - 1) / strides[axis]
    return max(0, (outputs - 1) * strides[axis] + span(axis) - extent)
  }

  /// Lets one more window hang over the padding where the stride leaves cells over, as long as it
  /// starts inside the input or the padding before it.
  fileprivate mutating func roundOutputUp(_ spatial: [Int]) {
    for axis in spatial.indices {
      let padded = spatial[axis] + padsBefore[axis] + padsAfter[axis]
      let leftOver = (padded - span(axis)) % strides[axis]
      guard leftOver != 0 else { continue }
      let start = padded - span(axis) - leftOver + strides[axis]
      guard start < spatial[axis] + padsBefore[axis] else { continue }
      overhang[axis] = strides[axis] - leftOver
    }
  }
}

@Sendable
func importMaxPool(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let window = try poolingWindow(node, builder)
  return [try node.emit(.maxPool(window), [node.input(0)], to: &builder)]
}

@Sendable
func importAveragePool(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let window = try poolingWindow(node, builder)
  let operation = Operation.averagePool(
    window, countingPads: try node.flag("count_include_pad"))
  return [try node.emit(operation, [node.input(0)], to: &builder)]
}

private func poolingWindow(
  _ node: NodeView, _ builder: GraphBuilder
) throws(GraphError) -> Window {
  guard let kernel = try node.ints("kernel_shape") else {
    throw GraphError(.attribute, "the attribute \"kernel_shape\" is missing")
  }
  return try node.window(
    kernel: kernel, over: builder[node.input(0)].shape, roundingUp: node.flag("ceil_mode"))
}
