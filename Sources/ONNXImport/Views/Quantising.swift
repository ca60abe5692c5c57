import ConstraintSystem
import Equations
import TensorGraph

/// Reals as integers of few bits: divided by a scale, rounded, halves to the even integer, moved by a
/// zero point, and held to what the integers' type holds.
@Sendable
func importQuantizeLinear(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let shape = builder[operand].shape
  let scale = try node.aligned(node.input(1), with: shape, &builder)
  let limits = try node.quantisedLimits(builder)
  var operands = [operand, scale]
  if let zero = node.optionalInput(2) {
    operands.append(try node.aligned(zero, with: shape, &builder))
  }
  let equation = Equation.elementwise(shape) { read in
    let quotient = RealExpression.unary(.round, .binary(.divide, read(0), read(1)))
    let moved = operands.count > 2 ? RealExpression.binary(.add, quotient, read(2)) : quotient
    return .binary(
      .minimum, .binary(.maximum, moved, .constant(limits.lowerBound)),
      .constant(limits.upperBound))
  }
  return [try node.emit(equation, kind: .integer, operands, to: &builder)]
}

extension NodeView {
  /// The integers of the zero point's type, or of the one that is named, or else of 8 bits without sign.
  fileprivate func quantisedLimits(
    _ builder: EquationGraphBuilder
  ) throws(GraphError) -> ClosedRange<Double> {
    var format = ElementFormat.unsigned(bytes: 1)
    if let code = try int("output_dtype"), code != 0, let type = Int32(exactly: code) {
      format = try ElementFormat(type, of: valueName())
    }
    if let zero = optionalInput(2) {
      guard let known = inputFormats.indices.contains(2) ? inputFormats[2] : nil else {
        throw GraphError(
          .unsupported, "the type of its zero point \"\(builder[zero].name)\" is not known")
      }
      format = known
    }
    guard format.kind == .integer, let limits = format.limits else {
      throw GraphError(.unsupported, "it gives no integers")
    }
    return limits.lowerBound.rounded(.up)...limits.upperBound.rounded(.down)
  }

  /// One number for all, one for each place along the axis, or one for each block along it, as a tensor
  /// of the operand's shape.
  fileprivate func aligned(
    _ value: ValueID, with shape: [Int], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let own = builder[value].shape
    var operand = value
    if own.reduce(1, *) == 1 {
      operand = try emit(.reshape([]), [value], to: &builder, step: "scalar")
      return try emit(.broadcast(shape), [operand], to: &builder, step: "aligned")
    }
    let axis = try Shape.normalizedAxis(int("axis", default: 1), rank: shape.count)
    if own.count == 1, own[0] == shape[axis] {
      let target = [shape[axis]] + shape[(axis + 1)...].map { _ in 1 }
      operand = try emit(.reshape(target), [value], to: &builder, step: "along the axis")
      return try emit(.broadcast(shape), [operand], to: &builder, step: "aligned")
    }
    let block = try int("block_size", default: 0)
    var blocks = shape
    guard block > 0, block <= Shape.maximumElements else {
      throw GraphError(.shape, "scales of the shape \(own) do not fit \(shape)")
    }
    blocks[axis] = (shape[axis] - 1) / block + 1
    guard own == blocks else {
      throw GraphError(
        .shape, "scales of the shape \(own) are not of blocks of \(block) of \(shape)")
    }
    let places = (0..<shape[axis]).map { $0 / block }
    return try emit(takingFrom: value, axis: axis, at: places, to: &builder, step: "aligned")
  }
}
