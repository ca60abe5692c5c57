import TensorGraph

// Weights and other constants that are rounded too coarsely.
extension LossFinder {
  /// The constant of a layer whose rounding moves the result by more than the result's own.
  func coarseConstant(
    _ layer: IntegerGraph.Layer, _ node: FloatGraph.Node, _ operands: [TensorID: Tensor]
  ) throws(CompileError) -> Inaccuracy.Loss? {
    let integers = compilation.integers
    let unit = FixedPoint.real(1, fractionalBits: integers.values[layer.output].fractionalBits)
    for (place, operand) in layer.inputs.enumerated() {
      guard case .constant(let number) = operand else { continue }
      let constant = integers.constants[number]
      let scale = FixedPoint.real(1, fractionalBits: constant.fractionalBits)
      let rounded = constant.values.values.map { Float(Double($0) * scale) }
      guard let moved = try movement(node, place, rounded, operands), moved.error > unit else {
        continue
      }
      let magnitudes = moved.exact.map { abs(Double($0)) }
      return Inaccuracy.Loss(
        tensor: constant.name, role: .constant(node: node.name), unit: scale,
        magnitude: magnitudes.max() ?? 0, cause: .magnitude, lost: lost(magnitudes, scale))
    }
    return nil
  }

  /// How much a node's result moves when a constant is rounded, and the constant.
  private func movement(
    _ node: FloatGraph.Node, _ place: Int, _ rounded: [Float], _ operands: [TensorID: Tensor]
  ) throws(CompileError) -> (error: Double, exact: [Float])? {
    var inputs = node.inputs.compactMap { operands[$0] }
    guard inputs.count == node.inputs.count else { return nil }
    do throws(GraphError) {
      var (operation, place) = (node.operation, place)
      if case .batchNormalization = operation {
        guard let affine = compilation.graph.channelAffine(of: node) else { return nil }
        let values = (place == 1 ? affine.scale : affine.shift).map(Float.init)
        let ones = [Int](repeating: 1, count: max(inputs[0].shape.count - 2, 0))
        operation = place == 1 ? .multiply : .add
        inputs = [inputs[0], try Tensor(shape: [values.count] + ones, real: values)]
        place = 1
      }
      // The fill of a pad is none of the node's operands.
      guard place < inputs.count else { return nil }
      let before = try operation.evaluate(inputs).reals
      let exact = inputs[place].reals
      guard exact.count == rounded.count else { return nil }
      inputs[place] = try Tensor(shape: inputs[place].shape, real: rounded)
      let after = try operation.evaluate(inputs).reals
      return (zip(before, after).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }, exact)
    } catch {
      throw CompileError(error)
    }
  }
}
