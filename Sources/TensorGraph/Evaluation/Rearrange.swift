extension Operation {
  /// Moves the operands' elements to a tensor of the given type, which is the operation's own.
  func rearrange(_ operands: [Tensor], to type: TensorType) -> Tensor {
    let shapes = operands.map(\.shape)
    let integers = operands.compactMap(\.integers)
    if integers.count == operands.count {
      return Tensor(derived: type.shape, .integer(move(integers, shapes, type.shape) { Int64($0) }))
    }
    let reals = operands.map(\.reals)
    return Tensor(derived: type.shape, .real(move(reals, shapes, type.shape) { $0 }))
  }

  private func move<Element>(
    _ values: [[Element]], _ shapes: [[Int]], _ target: [Int], padding: (Float) -> Element
  ) -> [Element] {
    let strides = Shape.strides(shapes[0])
    switch self {
    case .transpose(let permutation):
      return gather(values[0], permutation.map { strides[$0] }, target, start: 0)
    case .slice(let slices):
      if target.contains(0) { return [] }
      let start = zip(slices, strides).reduce(0) { $0 + $1.0.start * $1.1 }
      return gather(values[0], zip(slices, strides).map { $0.step * $1 }, target, start: start)
    case .concatenate(let axis): return Self.concatenate(values, shapes, axis: axis)
    case .pad(let before, _, let value):
      var result = [Element](repeating: padding(value), count: target.reduce(1, *))
      let targetStrides = Shape.strides(target)
      let start = zip(before, targetStrides).reduce(0) { $0 + $1.0 * $1.1 }
      for (offset, element) in zip(offsets(targetStrides, over: shapes[0], start: start), values[0])
      {
        result[offset] = element
      }
      return result
    default: return values[0]
    }
  }

  private func gather<Element>(
    _ values: [Element], _ strides: [Int], _ shape: [Int], start: Int
  ) -> [Element] {
    guard let lastStride = strides.last, let lastExtent = shape.last else { return values }
    var result: [Element] = []
    result.reserveCapacity(shape.reduce(1, *))
    for base in offsets(strides.dropLast(), over: shape.dropLast(), start: start) {
      for position in 0..<lastExtent { result.append(values[base + position * lastStride]) }
    }
    return result
  }

  private static func concatenate<Element>(
    _ values: [[Element]], _ shapes: [[Int]], axis: Int
  ) -> [Element] {
    let outer = shapes[0][..<axis].reduce(1, *)
    let runs = shapes.map { $0[axis...].reduce(1, *) }
    var result: [Element] = []
    result.reserveCapacity(outer * runs.reduce(0, +))
    for block in 0..<outer {
      for (source, run) in zip(values, runs) {
        result += source[block * run..<(block + 1) * run]
      }
    }
    return result
  }
}
