import TensorGraph

/// MatMul by a constant matrix, or by a stack of them.
extension Normaliser {
  /// More products than this are not taken apart.
  private static let maximalStack = 256

  /// x·w for a constant w of shape [..., k, n].
  mutating func appendConstantProduct(
    _ x: TensorID, _ w: Tensor, _ site: Site
  ) throws(GraphError) -> TensorID {
    let shape = builder[x].shape
    let stack = try Shape.broadcast(Array(shape.dropLast(2)), Array(w.shape.dropLast(2)))
    let product = stack + [shape[shape.count - 2], w.shape[w.shape.count - 1]]
    if w.shape.dropLast(2).allSatisfy({ $0 == 1 }) {
      let matrix = try Tensor(shape: Array(w.shape.suffix(2)), real: w.reals)
      if product.count == shape.count {
        return try appendRowProducts(x, try transposed(matrix), site)
      }
      let rows = try appendRowProducts(x, try transposed(matrix), site.part("product"))
      return try append(.reshape(product), [rows], site)
    }
    guard stack.reduce(1, *) <= Self.maximalStack else {
      return try append(.matrixMultiply, [x, constant(w, site.part("weights"))], site)
    }
    let joined = try append(
      .concatenate(axis: 0), try appendStack(x, w, stack, site), site.part("stack"))
    return try append(.reshape(product), [joined], site)
  }

  /// The products of a stack, each of shape [1, m, n].
  private mutating func appendStack(
    _ x: TensorID, _ w: Tensor, _ stack: [Int], _ site: Site
  ) throws(GraphError) -> [TensorID] {
    let shape = builder[x].shape
    let rows = Array(shape.suffix(2))
    let leading = Array(shape.dropLast(2))
    let flat = try append(
      .reshape([leading.reduce(1, *)] + rows), [x], site.part("operands"))
    let weights = w.reals
    let size = w.shape.suffix(2).reduce(1, *)
    let places = zip(positions(leading, in: stack), positions(w.shape.dropLast(2), in: stack))
    var products: [TensorID] = []
    for (number, (operand, matrix)) in places.enumerated() {
      let part = site.part("\(number)")
      let slices =
        [Operation.AxisSlice(start: operand, count: 1)]
        + rows.map { Operation.AxisSlice(start: 0, count: $0) }
      let slice = try append(.slice(slices), [flat], part.part("operand"))
      let values = Array(weights[matrix * size..<(matrix + 1) * size])
      let columns = try transposed(try Tensor(shape: Array(w.shape.suffix(2)), real: values))
      products.append(try appendRowProducts(slice, columns, part))
    }
    return products
  }

  /// For each position of `stack`, that in a tensor of shape `leading` broadcast to it.
  private func positions(_ leading: some Sequence<Int>, in stack: [Int]) -> [Int] {
    let strides = Shape.broadcastStrides(Array(leading), to: stack)
    var positions = [0]
    for (extent, stride) in zip(stack, strides) {
      positions = positions.flatMap { start in (0..<extent).map { start + $0 * stride } }
    }
    return positions
  }

  /// The tensor with its last two axes exchanged.
  mutating func appendSwapped(
    _ x: TensorID, _ site: Site
  ) throws(GraphError) -> TensorID {
    try append(.transpose(permutation: swap(rank: builder[x].shape.count)), [x], site)
  }

  func lastAxesSwapped(_ tensor: Tensor) throws(GraphError) -> Tensor {
    try Operation.transpose(permutation: swap(rank: tensor.shape.count)).evaluate([tensor])
  }

  private func swap(rank: Int) -> [Int] { Array(0..<rank - 2) + [rank - 1, rank - 2] }
}
