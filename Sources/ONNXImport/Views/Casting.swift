import ConstraintSystem
import Equations
import TensorGraph

@Sendable
func importCast(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  guard let code = try node.int("to"), let type = Int32(exactly: code) else {
    throw GraphError(.attribute, "the attribute \"to\" is missing")
  }
  let format = try ElementFormat(type, of: builder[operand].name)
  return [try node.cast(operand, to: format, &builder)]
}

/// The second operand lends its type only.
@Sendable
func importCastLike(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let (operand, model) = (try node.input(0), try node.input(1))
  return [try node.cast(operand, to: builder[model].kind, limits: nil, &builder)]
}

extension NodeView {
  fileprivate func cast(
    _ operand: ValueID, to format: ElementFormat, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    if format.bits == 4, builder[operand].kind == .real, builder.constantValue(operand) == nil {
      // ONNX holds to the type's limits what ONNX Runtime wraps around, and they round differently.
      throw GraphError(
        .unsupported,
        "ONNX and ONNX Runtime disagree on reals that are cast to integers of 4 bits; use "
          + "QuantizeLinear")
    }
    return try cast(operand, to: format.kind, limits: format.limits, &builder)
  }

  /// Reals are cut off towards zero, and true is what is not zero. Formats of one kind are all the
  /// same here; an integer that its format does not hold is refused where it can occur.
  fileprivate func cast(
    _ operand: ValueID, to kind: ElementKind, limits: ClosedRange<Double>?,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let (from, shape) = (builder[operand].kind, builder[operand].shape)
    if let value = builder.constantValue(operand), kind == .integer, let limits {
      try Self.check(value, limits)
    }
    if from == kind { return operand }
    let equation = Equation.elementwise(shape) { read in
      switch kind {
      case .boolean: .unary(.not, .binary(.equal, read(0), .constant(0)))
      case .integer where from == .real: .unary(.truncate, read(0))
      default: read(0)
      }
    }
    return try emit(equation, kind: kind, [operand], to: &builder)
  }

  private static func check(_ value: Tensor, _ limits: ClosedRange<Double>) throws(GraphError) {
    guard case .real(let reals) = value.elements else { return }
    for real in reals where !limits.contains(Double(real.rounded(.towardZero))) {
      throw GraphError(.value, "\(real) does not fit an integer of its type")
    }
  }
}
