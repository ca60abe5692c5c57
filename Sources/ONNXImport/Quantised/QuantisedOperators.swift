import ConstraintSystem
import Equations
import TensorGraph

// Operators of integers that stand for reals: what they compute is another operator's, between integers
// that are dequantised and a result that is quantised.
extension GraphImporter {
  /// What a node of such an operator gives; nil for any other node.
  mutating func importQuantised(_ node: NodeView) throws(GraphError) -> [ValueID?]? {
    switch (node.domain, node.operation) {
    case ("", "QLinearConv"): return [try product(node, "Conv", bias: 8)]
    case ("", "QLinearMatMul"): return [try product(node, "MatMul", bias: nil)]
    case ("com.microsoft", "QGemm"): return [try gemm(node)]
    case ("", "ConvInteger"): return [try integers(node, "Conv")]
    case ("", "MatMulInteger"): return [try integers(node, "MatMul")]
    case ("com.microsoft", "QLinearAdd"): return [try product(node, "Add", bias: nil)]
    case ("com.microsoft", "QLinearMul"): return [try product(node, "Mul", bias: nil)]
    case ("com.microsoft", "QLinearConcat"): return [try concatenated(node)]
    case ("com.microsoft", "QLinearSigmoid"), ("com.microsoft", "QLinearLeakyRelu"),
      ("com.microsoft", "QLinearAveragePool"), ("com.microsoft", "QLinearGlobalAveragePool"):
      return [try function(node, String(node.operation.dropFirst("QLinear".count)))]
    case ("com.microsoft", "QuantizeLinear"): return try importQuantizeLinear(node, &builder)
    case ("com.microsoft", "DequantizeLinear"): return try importDequantizeLinear(node, &builder)
    default: return nil
    }
  }

  static let quantised: [String: Set<String>] = [
    "": ["QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger"],
    "com.microsoft": [
      "QGemm", "QLinearAdd", "QLinearMul", "QLinearConcat", "QLinearSigmoid", "QLinearLeakyRelu",
      "QLinearAveragePool", "QLinearGlobalAveragePool", "QuantizeLinear", "DequantizeLinear",
    ],
  ]

  /// An operator of reals between them.
  private mutating func real(
    _ operation: String, _ operands: [ValueID?], _ node: NodeView,
    without: Set<String> = [], with given: [String: AttributeValue] = [:]
  ) throws(GraphError) -> ValueID {
    var attributes = try node.attributeValues().merging(given) { $1 }
    for name in without { attributes[name] = nil }
    let call = OperatorNode(
      operation: operation, opset: versions[""] ?? 21, layer: node.layer, name: node.name,
      operands: operands, attributes: attributes, outputs: ["\(node.valueName())/real"])
    guard let result = try library.instantiate(call, into: &builder)?.first, let result else {
      throw GraphError(.unsupported, "there is no operator \(operation)")
    }
    return result
  }

  private mutating func quantised(
    _ value: ValueID, _ node: NodeView, scale: Int, zero: Int
  ) throws(GraphError) -> ValueID {
    let point = node.optionalInput(zero)
    let format: ElementFormat
    if point == nil {
      format = node.inputFormats.first.flatMap { $0 } ?? .unsigned(bits: 8)
    } else {
      format = try node.quantisedFormat(builder, zero: zero)
    }
    var quantiser = try node.quantiser(
      of: builder[value].shape, scale: node.input(scale), zero: point, format, &builder)
    if node.operation == "QLinearAveragePool" { quantiser.roundingOffset = 0 }
    return try node.quantise(value, by: quantiser, &builder)
  }

  /// The operand at a position, with its scale and its zero point behind it.
  private mutating func dequantised(
    _ node: NodeView, _ position: Int, axis: Int?, scale: Int? = nil
  ) throws(GraphError) -> ValueID {
    let scale = scale ?? position + 1
    return try node.dequantise(
      node.input(position), scale: node.input(scale), zero: node.optionalInput(scale + 1),
      to: &builder, axis: axis, step: "operand \(position)")
  }

  /// An operator of two operands, each with a scale and a zero point, and a result with these.
  private mutating func product(
    _ node: NodeView, _ operation: String, bias: Int?
  ) throws(GraphError) -> ValueID {
    let first = try dequantised(node, 0, axis: -2)
    let second = try dequantised(node, 3, axis: operation == "Conv" ? 0 : -1)
    var operands: [ValueID?] = [first, second]
    if let bias, node.optionalInput(bias) != nil {
      operands.append(try self.bias(node, bias, scales: [1, 4]))
    }
    let value = try real(operation, operands, node)
    return try quantised(value, node, scale: 6, zero: 7)
  }

  private mutating func gemm(_ node: NodeView) throws(GraphError) -> ValueID {
    let isTurned = try node.flag("transB")
    let first = try dequantised(node, 0, axis: 0)
    let second = try dequantised(node, 3, axis: isTurned ? 0 : 1)
    var operands: [ValueID?] = [first, second]
    if node.optionalInput(6) != nil {
      operands.append(try bias(node, 6, scales: [1, 4], factor: node.float("alpha") ?? 1))
    }
    let value = try real("Gemm", operands, node)
    return node.optionalInput(7) == nil ? value : try quantised(value, node, scale: 7, zero: 8)
  }

  /// Integers in the unit of a product, as reals.
  private mutating func bias(
    _ node: NodeView, _ position: Int, scales: [Int], factor: Float = 1
  ) throws(GraphError) -> ValueID {
    let parts = [try node.input(scales[0]), try node.input(scales[1])]
    let shape = builder[parts[1]].count > 1 ? [builder[parts[1]].count] : []
    let list = try node.emit(.reshape(shape), [parts[1]], to: &builder, step: "weights' scale")
    let one = try node.emit(.reshape([]), [parts[0]], to: &builder, step: "operand's scale")
    let unit = Equation.elementwise(shape) { read in
      let product = RealExpression.single(
        .read(OperandRead(operand: 1, positions: [])) * read(0))
      return factor == 1 ? product : .single(.constant(Double(factor)) * product)
    }
    let scale = try node.emit(unit, [list, one], to: &builder, step: "unit")
    return try node.dequantise(
      node.input(position), scale: scale, zero: nil, to: &builder, axis: -1, step: "bias")
  }

  /// A function of one operand.
  private mutating func function(
    _ node: NodeView, _ operation: String
  ) throws(GraphError) -> ValueID {
    let operand = try dequantised(node, 0, axis: nil)
    let value = try real(
      operation, [operand], node, without: ["channels_last"],
      with: try node.wholeWindows(over: builder[operand].shape))
    return try quantised(value, node, scale: 3, zero: 4)
  }

  /// Operands behind the result's scale and zero point.
  private mutating func concatenated(_ node: NodeView) throws(GraphError) -> ValueID {
    guard node.inputs.count >= 5, node.inputs.count % 3 == 2 else {
      throw GraphError(.structure, "its \(node.inputs.count) operands are not three for each part")
    }
    var parts: [ValueID] = []
    for position in stride(from: 2, to: node.inputs.count, by: 3) {
      parts.append(try dequantised(node, position, axis: nil))
    }
    let axis = try Shape.normalizedAxis(
      node.int("axis", default: 0), rank: builder[parts[0]].shape.count)
    let value = try node.emit(.concatenate(axis: axis), parts, to: &builder, step: "real")
    return try quantised(value, node, scale: 0, zero: 1)
  }

  /// The exact sum of products of integers, each without its zero point.
  private mutating func integers(
    _ node: NodeView, _ operation: String
  ) throws(GraphError) -> ValueID {
    let one = builder.addConstant(
      named: node.valueName(step: "one"), try Tensor(shape: [], real: [1]))
    var operands: [ValueID] = []
    for (position, axis) in [(0, -2), (1, operation == "Conv" ? 0 : -1)] {
      operands.append(
        try node.dequantise(
          node.input(position), scale: one, zero: node.optionalInput(position + 2), to: &builder,
          axis: axis, step: "operand \(position)"))
    }
    let value = try real(operation, operands, node)
    return try node.sum(value, &builder)
  }
}

extension NodeView {
  /// The integers of a value that is made of integers with a scale of one.
  fileprivate func sum(
    _ value: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    if let constant = builder.constantValue(value) {
      let whole = constant.reals.map { Int64($0) }
      return emit(constant: try Tensor(shape: constant.shape, integer: whole), to: &builder)
    }
    if let sum = try accumulated(value, &builder) {
      return try emit(sum.equation, kind: .integer, sum.operands, to: &builder)
    }
    guard let node = builder.node(of: value), case .view(let step) = node.definition else {
      throw GraphError(.unsupported, "its operands are no integers that are known to be such")
    }
    var parts: [ValueID] = []
    for operand in node.operands { parts.append(try sum(operand, &builder)) }
    return try emit(step, parts, to: &builder)
  }
}
