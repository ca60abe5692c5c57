import TensorGraph

extension ViewStep {
  /// The operands' elements, moved. Throws what `outputShape` throws, and `.elementType` for
  /// operands of two element types.
  public func apply(_ operands: [Tensor]) throws(GraphError) -> Tensor {
    let shape = try outputShape(operands.map(\.shape))
    let count = try Shape.elementCount(shape)
    let integers = operands.compactMap(\.integers)
    guard integers.isEmpty || integers.count == operands.count else {
      throw GraphError(.elementType, "operands of integers and of reals are joined")
    }
    let shapes = operands.map(\.shape)
    if integers.isEmpty {
      let values = moved(operands.map(\.reals), shapes, shape, count, zero: 0)
      return try Tensor(shape: shape, real: values)
    }
    return try Tensor(shape: shape, integer: moved(integers, shapes, shape, count, zero: 0))
  }

  private func moved<Element>(
    _ operands: [[Element]], _ shapes: [[Int]], _ shape: [Int], _ count: Int, zero: Element
  ) -> [Element] {
    if case .reshape = self { return operands[0] }
    if case .concatenate(let axis) = self { return Self.joined(operands, shapes, axis) }
    let map = AxisMap(self, of: shapes[0])
    var index = [Int](repeating: 0, count: shape.count)
    var result: [Element] = []
    result.reserveCapacity(count)
    for _ in 0..<count {
      result.append(map.offset(index).map { operands[0][$0] } ?? zero)
      index.advance(in: shape)
    }
    return result
  }

  private static func joined<Element>(
    _ operands: [[Element]], _ shapes: [[Int]], _ axis: Int
  ) -> [Element] {
    let blocks = shapes[0].prefix(axis).reduce(1, *)
    var result: [Element] = []
    result.reserveCapacity(operands.reduce(0) { $0 + $1.count })
    for block in 0..<blocks {
      for (operand, shape) in zip(operands, shapes) {
        let length = shape.dropFirst(axis).reduce(1, *)
        result += operand[block * length..<(block + 1) * length]
      }
    }
    return result
  }
}

/// Where each axis of a moved tensor reads its operand.
private struct AxisMap {
  private struct Axis {
    /// Of the result; nil for the first of a repeated axis.
    var source: Int?
    var start = 0
    var step = 1
    var extent: Int
    var stride: Int
  }

  /// One for each of the operand's.
  private var axes: [Axis] = []

  init(_ view: ViewStep, of shape: [Int]) {
    let strides = Shape.strides(shape)
    axes = shape.indices.map { Axis(source: $0, extent: shape[$0], stride: strides[$0]) }
    switch view {
    case .transpose(let permutation):
      for (place, axis) in permutation.enumerated() { axes[axis].source = place }
    case .slice(let slices):
      for (axis, slice) in slices.enumerated() {
        (axes[axis].start, axes[axis].step) = (slice.start, slice.step)
      }
    case .pad(let before, _):
      for axis in shape.indices { axes[axis].start = -before[axis] }
    case .broadcast(let target):
      for axis in shape.indices {
        let place = target.count - shape.count + axis
        axes[axis].source = shape[axis] == 1 ? nil : place
      }
    case .reshape, .concatenate: break
    }
  }

  /// The operand's element for a place of the result; nil outside of the operand.
  func offset(_ index: [Int]) -> Int? {
    var offset = 0
    for axis in axes {
      let position = axis.start + axis.step * (axis.source.map { index[$0] } ?? 0)
      guard (0..<axis.extent).contains(position) else { return nil }
      offset += position * axis.stride
    }
    return offset
  }
}

extension [Int] {
  /// The next index in row-major order; the first one after the last.
  mutating func advance(in shape: [Int]) {
    for axis in indices.reversed() {
      self[axis] += 1
      if self[axis] < shape[axis] { return }
      self[axis] = 0
    }
  }
}
