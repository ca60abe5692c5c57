import TensorGraph

// Layers that are sums of products.
extension Quantiser {
  mutating func quantiseAccumulation(_ node: FloatGraph.Node) throws(CompileError) {
    if let limit = limits[node.output] { return try quantiseWeighted(node, limit) }
    switch node.operation {
    case .matrixMultiply: try quantiseProduct(node, .matrixMultiply)
    case .multiply: try quantiseProduct(node, .product)
    default: try quantiseSum(node)
    }
  }

  private mutating func quantiseWeighted(
    _ node: FloatGraph.Node, _ limit: WeightLimits
  ) throws(CompileError) {
    guard let parameters = WeightParameters(node, graph) else {
      throw .node(name: node.name, reason: "its weights are not constants")
    }
    let input = bits[node.inputs[0].index]
    let weightBits = limit.bits(
      of: parameters, input: input, output: bits[node.output.index])
    var operands = [
      IntegerGraph.Operand.value(try value(node.inputs[0], in: node.name)),
      try addConstant(
        constantName(node, 1, "weight"), parameters.weightShape, parameters.weights,
        range: -limit.weightMagnitude...limit.weightMagnitude, bits: weightBits),
    ]
    let accumulatorBits = input + weightBits
    if !parameters.bias.isEmpty {
      operands.append(
        try addConstant(
          constantName(node, 2, "bias"), [parameters.bias.count], parameters.bias,
          range: biasRange(parameters.biasMagnitude, accumulatorBits), bits: accumulatorBits))
    }
    addAccumulation(node, weighted(node.operation), operands, accumulatorBits: accumulatorBits)
  }

  private func weighted(_ operation: Operation) -> IntegerOperation.Accumulation {
    switch operation {
    case .convolution(let window, let groups): .convolution(window, groups: groups)
    case .batchNormalization: .channelAffine
    case .multiply: .product
    default: .gemm
    }
  }

  /// The least range ±(2^k − 1), of at least 16 bits, that holds the bias.
  private func biasRange(_ magnitude: Double, _ bits: Int) -> ClosedRange<Int> {
    let spare = FixedPoint.fractionalBits(magnitude: magnitude, limit: Double(1 << 46) - 1) ?? bits
    let width = min(max(47 - max(spare - bits, 0), 15), 46)
    return -((1 << width) - 1)...((1 << width) - 1)
  }

  /// The network's name for a constant operand; a batch normalisation's are derived.
  private func constantName(_ node: FloatGraph.Node, _ position: Int, _ role: String) -> String {
    if case .batchNormalization = node.operation { return "\(node.name).\(role)" }
    return graph[node.inputs[position]].name
  }

  private mutating func quantiseProduct(
    _ node: FloatGraph.Node, _ accumulation: IntegerOperation.Accumulation
  ) throws(CompileError) {
    let operands = try node.inputs.mapTyped { id throws(CompileError) in
      IntegerGraph.Operand.value(try value(id, in: node.name))
    }
    let accumulatorBits = node.inputs.reduce(0) { $0 + bits[$1.index] }
    addAccumulation(node, accumulation, operands, accumulatorBits: accumulatorBits)
  }

  private mutating func quantiseSum(_ node: FloatGraph.Node) throws(CompileError) {
    var subtracting = false
    if case .subtract = node.operation { subtracting = true }
    var operands: [IntegerGraph.Operand] = []
    var operandBits: [Int] = []
    for id in node.inputs {
      guard let constant = graph.constants[id] else {
        operands.append(.value(try value(id, in: node.name)))
        operandBits.append(bits[id.index])
        continue
      }
      let others = node.inputs.filter { graph.constants[$0] == nil }.map { bits[$0.index] }
      let limit = max(others.max() ?? 0, bits[node.output.index])
      let constantBits = ScaleSolver.addendBits(constant, limit: limit)
      let magnitude = CompileOptions.weightMagnitude
      operands.append(
        try addConstant(
          graph[id].name, constant.shape, constant.reals, range: -magnitude...magnitude,
          bits: constantBits))
      operandBits.append(constantBits)
    }
    let common = operandBits.max() ?? 0
    let sum = IntegerOperation.Accumulation.sum(
      shiftA: common - operandBits[0], shiftB: common - operandBits[1], subtracting: subtracting)
    addAccumulation(node, sum, operands, accumulatorBits: common)
  }

  private mutating func addAccumulation(
    _ node: FloatGraph.Node, _ accumulation: IntegerOperation.Accumulation,
    _ operands: [IntegerGraph.Operand], accumulatorBits: Int
  ) {
    let (finish, output) = finish(node, accumulatorBits: accumulatorBits)
    addLayer(node, .accumulation(accumulation, finish), operands, output: output)
  }
}

// Rearrangements that bring constants in.
extension Quantiser {
  mutating func quantisePad(_ node: FloatGraph.Node) throws(CompileError) {
    guard case .pad(_, _, let fill) = node.operation else { return }
    var operands = [IntegerGraph.Operand.value(try value(node.inputs[0], in: node.name))]
    if fill != 0 {
      operands.append(try addFill("\(node.name).fill", [1], [fill], node))
    }
    addLayer(node, .rearrangement(node.operation), operands, output: node.output)
  }

  mutating func quantiseConcatenation(_ node: FloatGraph.Node) throws(CompileError) {
    var operands: [IntegerGraph.Operand] = []
    for id in node.inputs {
      if let constant = graph.constants[id] {
        operands.append(
          try addFill(graph[id].name, constant.shape, constant.reals, node))
      } else {
        operands.append(.value(try value(id, in: node.name)))
      }
    }
    addLayer(node, .rearrangement(node.operation), operands, output: node.output)
  }

  /// A constant at the scale of the node's result.
  private mutating func addFill(
    _ name: String, _ shape: [Int], _ reals: [Float], _ node: FloatGraph.Node
  ) throws(CompileError) -> IntegerGraph.Operand {
    try addConstant(
      name, shape, reals, range: CompileOptions.activationRange, bits: bits[node.output.index])
  }
}
