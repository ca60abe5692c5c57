/// `combine` over two row-major arrays broadcast to `shape`.
func broadcastMap<Element>(
  _ left: [Element], _ leftShape: [Int], _ right: [Element], _ rightShape: [Int],
  to shape: [Int], _ combine: (Element, Element) -> Element
) -> [Element] {
  if leftShape == rightShape {
    return zip(left, right).map { combine($0, $1) }
  }
  let leftOffsets = offsets(Shape.broadcastStrides(leftShape, to: shape), over: shape)
  let rightOffsets = offsets(Shape.broadcastStrides(rightShape, to: shape), over: shape)
  return zip(leftOffsets, rightOffsets).map { combine(left[$0], right[$1]) }
}

/// The offset `start + sum(index * stride)` of every index of `shape`, in row-major order.
func offsets(
  _ strides: some Sequence<Int>, over shape: some Sequence<Int>, start: Int = 0
) -> [Int] {
  var result = [start]
  for (stride, extent) in zip(strides, shape) {
    var next: [Int] = []
    next.reserveCapacity(result.count * extent)
    for base in result {
      for position in 0..<extent { next.append(base + position * stride) }
    }
    result = next
  }
  return result
}

extension Shape {
  /// The offset `sum(index * stride)` of every index of `shape`, in row-major order: where the
  /// elements of a tensor are that is broadcast, repeated or reduced. The shape's element count must
  /// have been checked.
  public static func offsets(_ strides: [Int], over shape: [Int]) -> [Int] {
    TensorGraph.offsets(strides, over: shape)
  }
}

/// Batch normalisation of [N, C, ...], as one multiplication and addition per element.
func normalize(_ values: [[Float]], _ shape: [Int], epsilon: Double) -> [Float] {
  let channels = shape[1]
  let inner = shape.dropFirst(2).reduce(1, *)
  var result = values[0]
  for row in 0..<shape[0] * channels {
    let channel = row % channels
    let factor =
      Double(values[1][channel]) / (Double(values[4][channel]) + epsilon).squareRoot()
    let offset = Double(values[2][channel]) - Double(values[3][channel]) * factor
    for index in row * inner..<(row + 1) * inner {
      result[index] = Float(Double(result[index]) * factor + offset)
    }
  }
  return result
}

/// The mean of each of `rows` equal runs of `values`.
func averageRows(_ values: [Float], rows: Int) -> [Float] {
  guard rows > 0 else { return [] }
  let length = values.count / rows
  return (0..<rows).map { row in
    let sum = values[row * length..<(row + 1) * length].reduce(0.0) { $0 + Double($1) }
    return Float(sum / Double(length))
  }
}

/// The index of the first maximum along `axis`, for every position of the other axes.
func positionsOfMaxima(_ tensor: Tensor, axis: Int) -> [Int64] {
  let values = tensor.reals
  let extent = tensor.shape[axis]
  let inner = tensor.shape[(axis + 1)...].reduce(1, *)
  let outer = tensor.shape[..<axis].reduce(1, *)
  var result: [Int64] = []
  result.reserveCapacity(outer * inner)
  for block in 0..<outer {
    for lane in 0..<inner {
      let start = block * extent * inner + lane
      var best = 0
      for position in 0..<extent
      where values[start + position * inner] > values[start + best * inner] {
        best = position
      }
      result.append(Int64(best))
    }
  }
  return result
}
