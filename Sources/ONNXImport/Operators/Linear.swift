import TensorGraph

@Sendable
func importGemm(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  let gemm = Operation.Gemm(
    alpha: try node.float("alpha") ?? 1, beta: try node.float("beta") ?? 1,
    transposeA: try node.flag("transA"), transposeB: try node.flag("transB"))
  guard gemm.alpha.isFinite, gemm.beta.isFinite else {
    throw GraphError(.attribute, "alpha and beta must be finite numbers")
  }
  var operands = [try node.input(0), try node.input(1)]
  if let bias = node.optionalInput(2) { operands.append(bias) }
  return [try node.emit(.gemm(gemm), operands, to: &builder)]
}

/// A vector operand becomes a matrix of one row or column, which the result then loses.
@Sendable
func importMatMul(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  var (a, b) = (try node.input(0), try node.input(1))
  let (left, right) = (builder[a].shape, builder[b].shape)
  guard !left.isEmpty, !right.isEmpty else {
    throw GraphError(.shape, "MatMul of a scalar")
  }
  if left.count == 1 {
    a = try node.emit(.reshape([1, left[0]]), [a], to: &builder, step: "left")
  }
  if right.count == 1 {
    b = try node.emit(.reshape([right[0], 1]), [b], to: &builder, step: "right")
  }
  guard left.count == 1 || right.count == 1 else {
    return [try node.emit(.matrixMultiply, [a, b], to: &builder)]
  }
  let product = try node.emit(.matrixMultiply, [a, b], to: &builder, step: "product")
  var shape = builder[product].shape
  if right.count == 1 { shape.removeLast() }
  if left.count == 1 { shape.remove(at: shape.count - (right.count == 1 ? 1 : 2)) }
  return [try node.emit(.reshape(shape), [product], to: &builder)]
}

@Sendable
func importConvolution(
  _ node: NodeView, _ builder: inout GraphBuilder
) throws(GraphError) -> [TensorID] {
  var operands = [try node.input(0), try node.input(1)]
  if let bias = node.optionalInput(2) { operands.append(bias) }
  let weights = builder[operands[1]].shape
  let kernel = try node.ints("kernel_shape") ?? Array(weights.dropFirst(2))
  let window = try node.window(kernel: kernel, over: builder[operands[0]].shape)
  let groups = try node.int("group", default: 1)
  return [try node.emit(.convolution(window, groups: groups), operands, to: &builder)]
}
