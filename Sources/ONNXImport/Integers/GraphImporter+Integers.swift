import Equations
import TensorGraph

// Integers are of a type, and what leaves it wraps around, as ONNX Runtime computes it.
extension GraphImporter {
  /// The operators that can leave the type of what they compute with.
  private static let wrapping: Set<String> = [
    "Abs", "Add", "BitShift", "Cast", "CastLike", "ConvInteger", "CumSum", "Div", "Einsum", "Gemm",
    "MatMul", "MatMulInteger", "Mul", "Neg", "Range", "ReduceL1", "ReduceProd", "ReduceSum",
    "ReduceSumSquare", "Scatter", "ScatterElements", "ScatterND", "Sub",
  ]

  /// The results of a node, those that may leave their type wrapped around. Nothing is added to what can't
  /// leave it.
  ///
  /// - Throws: `.unsupported` where a result may be below zero that has 64 bits without a sign: it would
  ///   be beyond all that can be proven.
  mutating func wrapped(
    _ results: [ValueID?], _ node: Onnx_NodeProto, layer: Int
  ) throws(GraphError) -> [ValueID?] {
    guard Self.isDefault(node.domain), Self.wrapping.contains(node.opType) else { return results }
    var wrapped = results
    for (position, result) in results.enumerated() {
      guard let id = result, builder[id].kind == .integer,
        let format = format(of: node, position, builder[id].kind), let limits = format.limits
      else { continue }
      let interval = intervals.interval(id, builder)
      if interval.isWithin(limits) { continue }
      guard format.bits < 64 else {
        try checkWide(format, interval, node)
        continue
      }
      let name = "\(builder[id].name)/wrapped"
      let equation = Equation.elementwise(builder[id].shape) { read in format.wrapping(read(0)) }
      let value = try builder.append(equation, kind: .integer, [id], layer: layer, name: name)
      intervals.note(value, Interval(limits))
      wrapped[position] = value
    }
    return wrapped
  }

  /// No value of a network has as many as 64 bits, so that what would wrap around has no proof; but
  /// a number below zero has one.
  private func checkWide(
    _ format: ElementFormat, _ interval: Interval, _ node: Onnx_NodeProto
  ) throws(GraphError) {
    guard case .unsigned = format, interval.low < 0 else { return }
    throw GraphError(
      .unsupported,
      "its result may be below zero, which is beyond 2^63 as an unsigned integer of 64 bits; use "
        + "signed integers")
  }

  /// How the elements of a node's output are stored; nil where that is not known.
  func format(
    of node: Onnx_NodeProto, _ position: Int, _ kind: ElementKind
  ) -> ElementFormat? {
    switch kind {
    case .boolean: return .bool
    case .real: return .float
    case .integer: break
    }
    func input(_ place: Int) -> ElementFormat? {
      node.input.indices.contains(place) ? formats[node.input[place]] : nil
    }
    func attribute(_ name: String) -> ElementFormat? {
      guard let found = node.attribute.first(where: { $0.name == name }) else { return nil }
      let type = found.hasT ? found.t.dataType : Int32(truncatingIfNeeded: found.i)
      return try? ElementFormat(type, of: "")
    }
    switch node.opType {
    case "Cast": return attribute("to")
    case "EyeLike": return attribute("dtype") ?? input(0)
    case "Constant", "ConstantOfShape": return attribute("value") ?? .signed(bits: 64)
    case "CastLike", "Where": return input(1)
    case "OneHot": return input(2)
    case "MatMulInteger", "ConvInteger": return .signed(bits: 32)
    case "QLinearConv", "QLinearMatMul", "QLinearAdd", "QLinearMul":
      return input(7) ?? input(0)
    case "QGemm": return input(8) ?? input(0)
    case "QLinearConcat": return input(1) ?? input(2)
    case "QLinearSigmoid", "QLinearLeakyRelu", "QLinearAveragePool", "QLinearGlobalAveragePool",
      "QLinearSoftmax":
      return input(4) ?? input(0)
    case "QuantizeLinear": return input(2) ?? attribute("output_dtype") ?? .unsigned(bits: 8)
    case "DynamicQuantizeLinear": return .unsigned(bits: 8)
    case "ArgMax", "ArgMin", "NonZero", "Shape", "Size": return .signed(bits: 64)
    case "MaxPool", "TopK", "Unique": return position == 0 ? input(0) : .signed(bits: 64)
    default: return input(0)
    }
  }

  /// How the elements of a node's result are stored; nil where that is not known.
  func format(of node: Onnx_NodeProto, _ position: Int, _ value: Value) -> ElementFormat? {
    value.tensor.flatMap { format(of: node, position, builder[$0].kind) }
  }
}

extension ElementFormat {
  /// What an integer becomes in the format, of fewer than 64 bits.
  fileprivate func wrapping(_ value: RealExpression) -> RealExpression {
    let count = RealExpression.constant(Double(sign: .plus, exponent: bits, significand: 1))
    guard case .signed = self else { return .binary(.modulo, value, count) }
    let half = RealExpression.constant(Double(sign: .plus, exponent: bits - 1, significand: 1))
    return .binary(.subtract, .binary(.modulo, .binary(.add, value, half), count), half)
  }
}
