import TensorGraph

/// Gemm and MatMul by a constant.
extension Normaliser {
  mutating func rewriteGemm(
    _ gemm: Operation.Gemm, _ inputs: [TensorID], _ site: Site
  ) throws(GraphError) -> TensorID {
    let x =
      gemm.transposeA
      ? try append(.transpose(permutation: [1, 0]), [inputs[0]], site.part("a")) : inputs[0]
    let hasAddend = inputs.count == 3 && gemm.beta != 0
    guard let weights = builder.constantValue(inputs[1]) else {
      return try rewriteVariableGemm(gemm, x, inputs, site)
    }
    let columns = gemm.transposeB ? weights : try transposed(weights)
    let scaled = constant(try scaled(columns, by: gemm.alpha), site.part("weights"))
    let form = Operation.gemm(.init(transposeB: true))
    guard hasAddend else { return try append(form, [x, scaled], site) }
    let outputs = columns.shape[0]
    if let bias = builder.constantValue(inputs[2]), let row = row(bias, outputs) {
      let id = constant(
        try self.scaled(try Tensor(shape: [outputs], real: row), by: gemm.beta), site.part("bias"))
      return try append(form, [x, scaled, id], site)
    }
    let product = try append(form, [x, scaled], site.part("product"))
    return try appendAddend(gemm.beta, product, inputs[2], site)
  }

  /// A Gemm whose second operand depends on the input, as a MatMul.
  private mutating func rewriteVariableGemm(
    _ gemm: Operation.Gemm, _ x: TensorID, _ inputs: [TensorID], _ site: Site
  ) throws(GraphError) -> TensorID {
    let y =
      gemm.transposeB
      ? try append(.transpose(permutation: [1, 0]), [inputs[1]], site.part("b")) : inputs[1]
    let hasAddend = inputs.count == 3 && gemm.beta != 0
    if !hasAddend && gemm.alpha == 1 { return try rewriteProduct([x, y], site) }
    var product = try rewriteProduct([x, y], site.part("product"))
    if gemm.alpha != 1 {
      let factor = constant(try Tensor(shape: [], real: [gemm.alpha]), site.part("alpha"))
      product = try append(
        .multiply, [product, factor], hasAddend ? site.part("scaled") : site)
    }
    return hasAddend ? try appendAddend(gemm.beta, product, inputs[2], site) : product
  }

  private mutating func appendAddend(
    _ beta: Float, _ product: TensorID, _ addend: TensorID, _ site: Site
  ) throws(GraphError) -> TensorID {
    var addend = addend
    if beta != 1 {
      let factor = constant(try Tensor(shape: [], real: [beta]), site.part("beta"))
      addend = try append(.multiply, [addend, factor], site.part("addend"))
    }
    return try append(.add, [product, addend], site)
  }

  /// A product with a constant is a Gemm over the other operand's rows, or its columns where the
  /// constant comes first; with a stack of constant matrices it is as many of them.
  mutating func rewriteProduct(
    _ inputs: [TensorID], _ site: Site
  ) throws(GraphError) -> TensorID {
    if let weights = builder.constantValue(inputs[1]) {
      return try appendConstantProduct(inputs[0], weights, site)
    }
    if let weights = builder.constantValue(inputs[0]) {
      let columns = try appendSwapped(inputs[1], site.part("columns"))
      let product = try appendConstantProduct(
        columns, try lastAxesSwapped(weights), site.part("product"))
      return try appendSwapped(product, site)
    }
    return try append(.matrixMultiply, inputs, site)
  }

  /// x·wᵀ along the last axis of x, for w of shape [n, k].
  mutating func appendRowProducts(
    _ x: TensorID, _ w: Tensor, _ site: Site
  ) throws(GraphError) -> TensorID {
    let weights = constant(w, site.part("weights"))
    let form = Operation.gemm(.init(transposeB: true))
    let shape = builder[x].shape
    if shape.count == 2 { return try append(form, [x, weights], site) }
    let rows = shape.dropLast().reduce(1, *)
    let flat = try append(.reshape([rows, w.shape[1]]), [x], site.part("rows"))
    let product = try append(form, [flat, weights], site.part("product"))
    return try append(.reshape(shape.dropLast() + [w.shape[0]]), [product], site)
  }

  func transposed(_ matrix: Tensor) throws(GraphError) -> Tensor {
    try Operation.transpose(permutation: [1, 0]).evaluate([matrix])
  }

  private func scaled(_ tensor: Tensor, by factor: Float) throws(GraphError) -> Tensor {
    if factor == 1 { return tensor }
    return try Tensor(shape: tensor.shape, real: tensor.reals.map { $0 * factor })
  }

  /// The values of a bias along the columns, where it is the same in every row.
  private func row(_ bias: Tensor, _ columns: Int) -> [Float]? {
    guard bias.shape.dropLast().allSatisfy({ $0 == 1 }) else { return nil }
    if bias.count == columns { return bias.reals }
    return bias.count == 1 ? [Float](repeating: bias.reals[0], count: columns) : nil
  }
}
