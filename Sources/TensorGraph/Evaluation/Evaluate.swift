extension FloatGraph {
  /// The network's outputs, by name, for the inputs given by name.
  ///
  /// Sums are accumulated in double precision in a fixed order and each tensor is rounded to
  /// single precision, so results are the same on every machine. `observe` sees every computed
  /// tensor and every input, in the order of the nodes.
  ///
  /// - Parameter replaced: values that inputs and results of nodes have instead of their own; of the
  ///   shapes of what they replace.
  public func evaluate(
    _ values: [String: Tensor], replacing replaced: [TensorID: Tensor] = [:],
    observe: (TensorID, Tensor) throws(GraphError) -> Void = { _, _ throws(GraphError) in }
  ) throws(GraphError) -> [String: Tensor] {
    var held = constants
    for id in inputs {
      let value = if let given = replaced[id] { given } else { try inputValue(id, values) }
      held[id] = value
      try observe(id, value)
    }
    var remaining = useCounts()
    for node in nodes {
      let given = replaced[node.output]
      let value = if let given { given } else { try node.evaluate(held) }
      held[node.output] = value
      try observe(node.output, value)
      for input in node.inputs {
        remaining[input.index] -= 1
        if remaining[input.index] == 0 { held[input] = nil }
      }
    }
    return try collectOutputs(held)
  }

  private func inputValue(
    _ id: TensorID, _ values: [String: Tensor]
  ) throws(GraphError) -> Tensor {
    let info = self[id]
    guard let value = values[info.name] else {
      throw GraphError(.value, "no value is given for the input \"\(info.name)\"")
    }
    guard value.type == info.type else {
      throw GraphError(
        .shape, "the input \"\(info.name)\" has the shape \(info.shape), not \(value.shape)")
    }
    return value
  }

  private func collectOutputs(
    _ held: [TensorID: Tensor]
  ) throws(GraphError) -> [String: Tensor] {
    var results: [String: Tensor] = [:]
    for output in outputs {
      guard let value = held[output.tensor] else {
        throw GraphError(.structure, "nothing computes the output \"\(output.name)\"")
      }
      results[output.name] = value
    }
    return results
  }
}

extension FloatGraph.Node {
  fileprivate func evaluate(_ held: [TensorID: Tensor]) throws(GraphError) -> Tensor {
    do throws(GraphError) {
      let operands = inputs.compactMap { held[$0] }
      guard operands.count == inputs.count else {
        throw GraphError(.structure, "an operand is used before it is computed")
      }
      return try operation.evaluate(operands)
    } catch {
      throw error.at(node: name)
    }
  }
}

extension Operation {
  /// The operation's value on the given operands.
  public func evaluate(_ operands: [Tensor]) throws(GraphError) -> Tensor {
    let type = try outputType(operands.map(\.type))
    let first = operands[0]
    if isRearrangement { return rearrange(operands, to: type) }
    if case .integer = first.elements { return try evaluateIntegers(operands, type) }
    if case .argMax(let axis, _) = self {
      return Tensor(derived: type.shape, .integer(positionsOfMaxima(first, axis: axis)))
    }
    let values = operands.map(\.reals)
    let shapes = operands.map(\.shape)
    return Tensor(derived: type.shape, .real(try evaluateReals(values, shapes, type.shape)))
  }

  /// The integer operations, which only occur between constants.
  private func evaluateIntegers(
    _ operands: [Tensor], _ type: TensorType
  ) throws(GraphError) -> Tensor {
    let integers = operands.compactMap(\.integers)
    let function: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
    switch self {
    case .add: function = { $0.addingReportingOverflow($1) }
    case .subtract: function = { $0.subtractingReportingOverflow($1) }
    case .multiply: function = { $0.multipliedReportingOverflow(by: $1) }
    default: throw GraphError(.elementType, "\(name) is not defined on integers")
    }
    var overflowed = false
    let values = broadcastMap(
      integers[0], operands[0].shape, integers[1], operands[1].shape, to: type.shape
    ) {
      let (value, overflow) = function($0, $1)
      overflowed = overflowed || overflow
      return value
    }
    guard !overflowed else {
      throw GraphError(.value, "\(name) of integers overflows 64 bits")
    }
    return Tensor(derived: type.shape, .integer(values))
  }

  private func evaluateReals(
    _ values: [[Float]], _ shapes: [[Int]], _ shape: [Int]
  ) throws(GraphError) -> [Float] {
    switch self {
    case .gemm(let gemm): return gemm.evaluate(values, shapes, shape)
    case .matrixMultiply: return matrixProducts(values, shapes, shape)
    case .convolution(let window, let groups):
      return convolve(values, shapes, shape, window, groups: groups)
    case .add: return broadcastMap(values[0], shapes[0], values[1], shapes[1], to: shape, +)
    case .subtract: return broadcastMap(values[0], shapes[0], values[1], shapes[1], to: shape, -)
    case .multiply: return broadcastMap(values[0], shapes[0], values[1], shapes[1], to: shape, *)
    case .relu: return values[0].map { $0 < 0 ? 0 : $0 }
    case .leakyRelu(let alpha): return values[0].map { $0 < 0 ? alpha * $0 : $0 }
    case .clip(let lower, let upper):
      return values[0].map { $0 < lower ? min(lower, upper) : $0 > upper ? upper : $0 }
    case .maxPool(let window): return windowMaxima(values[0], shapes[0], shape, window)
    case .averagePool(let window, let countingPads):
      return try windowMeans(values[0], shapes[0], shape, window, countingPads: countingPads)
    case .globalAveragePool: return averageRows(values[0], rows: shape[0] * shape[1])
    case .batchNormalization(let epsilon):
      return normalize(values, shapes[0], epsilon: Double(epsilon))
    case .argMax, .reshape, .transpose, .concatenate, .slice, .pad:
      throw GraphError(.structure, "\(name) does not compute reals")
    }
  }
}
