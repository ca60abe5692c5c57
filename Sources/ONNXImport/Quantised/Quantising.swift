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
  let format = try node.quantisedFormat(builder, zero: 2)
  let quantiser = try node.quantiser(
    of: builder[operand].shape, scale: node.input(1), zero: node.optionalInput(2), format, &builder)
  return [try node.quantise(operand, by: quantiser, &builder)]
}

/// What integers of few bits stand for: taken off their zero point, times a scale.
@Sendable
func importDequantizeLinear(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  [
    try node.dequantise(
      node.input(0), scale: node.input(1), zero: node.optionalInput(2), to: &builder)
  ]
}

/// How reals become integers.
struct Quantiser {
  var scale: AlignedNumbers
  /// Zero where there is none.
  var zero: AlignedNumbers?
  var limits: ClosedRange<Double>
  /// What is added to the quotient beside the zero point before the sum is rounded, and taken off again; nil
  /// where a rounded quotient gets the zero point. Halves become even integers, so it matters what is odd.
  var roundingOffset: Double?
}

/// Numbers of a tensor: one for all, or one for each place along some of its axes.
struct AlignedNumbers {
  var value: ValueID
  /// For each axis of the numbers the tensor's.
  var axes: [Int]

  /// A read of the numbers, beside a read of the tensor.
  func read(_ operand: Int, beside positions: [ReadPosition]) -> RealExpression {
    .read(OperandRead(operand: operand, positions: axes.map { positions[$0] }))
  }
}

extension NodeView {
  /// The type of the integers that a node makes: that of its zero point, or the one that is named, or else
  /// 8 bits without sign.
  ///
  /// - Parameter zero: the zero point's position among the operands.
  func quantisedFormat(
    _ builder: EquationGraphBuilder, zero: Int
  ) throws(GraphError) -> ElementFormat {
    var format = ElementFormat.unsigned(bits: 8)
    if let code = try int("output_dtype"), code != 0, let type = Int32(exactly: code) {
      format = try ElementFormat(type, of: valueName())
    }
    guard let point = optionalInput(zero) else { return format }
    guard let known = inputFormats.indices.contains(zero) ? inputFormats[zero] : nil else {
      throw GraphError(
        .unsupported, "the type of its zero point \"\(builder[point].name)\" is not known")
    }
    return known
  }

  /// - Parameter shape: of what is quantised.
  func quantiser(
    of shape: [Int], scale: ValueID, zero: ValueID?, _ format: ElementFormat,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> Quantiser {
    guard format.kind == .integer, let limits = format.limits else {
      throw GraphError(.unsupported, "it gives no integers")
    }
    let point =
      if let zero { try aligned(zero, with: shape, &builder) } else { nil as AlignedNumbers? }
    return Quantiser(
      scale: try aligned(scale, with: shape, &builder), zero: point,
      limits: limits.lowerBound.rounded(.up)...limits.upperBound.rounded(.down))
  }

  /// What integers stand for.
  ///
  /// - Parameter step: what it is called, if it is not the node's result.
  func dequantise(
    _ integers: ValueID, scale: ValueID, zero: ValueID?, to builder: inout EquationGraphBuilder,
    axis: Int? = nil, step: String? = nil
  ) throws(GraphError) -> ValueID {
    let shape = builder[integers].shape
    let scale = try aligned(scale, with: shape, &builder, axis: axis)
    var operands = [integers, scale.value]
    var point: AlignedNumbers?
    if let zero {
      let found = try aligned(zero, with: shape, &builder, axis: axis)
      operands.append(found.value)
      point = found
    }
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    let equation = Equation.elementwise(shape) { read in
      let centred: RealExpression
      if let point {
        centred = .binary(.subtract, read(0), point.read(2, beside: positions))
      } else {
        centred = read(0)
      }
      return .binary(.multiply, centred, scale.read(1, beside: positions))
    }
    return try emit(equation, operands, to: &builder, step: step)
  }

  /// One number for all, one for each place along an axis, or one for each block along it.
  private func aligned(
    _ value: ValueID, with shape: [Int], _ builder: inout EquationGraphBuilder,
    axis given: Int? = nil
  ) throws(GraphError) -> AlignedNumbers {
    let own = builder[value].shape
    if own.reduce(1, *) == 1 {
      return AlignedNumbers(
        value: try emit(.reshape([]), [value], to: &builder, step: "scalar"), axes: [])
    }
    let named = if let given { given } else { try int("axis", default: 1) }
    let axis = try Shape.normalizedAxis(named, rank: shape.count)
    if own.reduce(1, *) == shape[axis], own.count == 1 || own.contains(shape[axis]) {
      let list = try emit(.reshape([shape[axis]]), [value], to: &builder, step: "along the axis")
      return AlignedNumbers(value: list, axes: [axis])
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
    let taken = try emit(takingFrom: value, axis: axis, at: places, to: &builder, step: "aligned")
    return AlignedNumbers(value: taken, axes: Array(shape.indices))
  }
}
