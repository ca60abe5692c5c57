import CircuitLanguage
import TensorGraph

extension Lowering {
  mutating func lower(_ layer: IntegerGraph.Layer) throws(CircuitLanguageError) -> TensorView {
    var operands: [TensorView] = []
    for input in layer.inputs { operands.append(try view(input)) }
    let site = Site(name: layer.name, value: graph.values[layer.output])
    switch layer.operation {
    case .accumulation(let accumulation, let finish):
      let sum = try accumulate(accumulation, operands, site, bits: site.bits + finish.shift)
      return try self.finish(sum, finish, site)
    case .averagePool(let window, let countingPads):
      return try averagePool(operands[0], window, countingPads: countingPads, site)
    case .globalAveragePool: return try globalAveragePool(operands[0], site)
    case .maxPool(let window): return try maxPool(operands[0], window, site)
    case .activation(let activation):
      let (circuit, parameters) = activation.circuit
      return try instantiate(circuit, operands, site, parameters)
    case .argMax(let axis, _): return try argMax(operands[0], axis: axis, site)
    case .rearrangement(let operation): return try rearrange(operation, operands, site)
    }
  }

  /// The layer that is being lowered.
  struct Site {
    var name: String
    var value: IntegerGraph.Value

    var bits: Int { value.fractionalBits }
    var shape: [Int] { value.shape }

    func part(_ suffix: String) -> Site { Site(name: "\(name)/\(suffix)", value: value) }
  }

  /// The only output of an instance, at the layer's fractional bits unless others are given.
  mutating func instantiate(
    _ circuit: String, _ operands: [TensorView], _ site: Site, _ parameters: [String: Int] = [:],
    bits: Int? = nil
  ) throws(CircuitLanguageError) -> TensorView {
    let outputs = try builder.instantiate(
      circuit, operands, parameters: parameters, name: site.name, fractionalBits: bits ?? site.bits)
    guard let output = outputs.first else {
      throw CircuitLanguageError("\(circuit) has no output", instance: site.name)
    }
    return output
  }

  private mutating func accumulate(
    _ accumulation: IntegerOperation.Accumulation, _ operands: [TensorView], _ site: Site,
    bits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    let suffix = operands.count == 2 ? "_no_bias" : ""
    switch accumulation {
    case .gemm: return try instantiate("gemm" + suffix, operands, site, bits: bits)
    case .matrixMultiply:
      return try instantiate("matmul", try broadcastStacks(operands, site), site, bits: bits)
    case .convolution(let window, let groups):
      let rank = window.kernel.count
      var parameters = window.parameters([.stride, .dilation, .padBefore, .padAfter])
      parameters["groups"] = groups
      return try instantiate("conv\(rank)d" + suffix, operands, site, parameters, bits: bits)
    case .sum(let shiftA, let shiftB, let subtracting):
      return try instantiate(
        subtracting ? "sub" : "add", try broadcast(operands, site), site,
        ["shift_a": shiftA, "shift_b": shiftB], bits: bits)
    case .product:
      return try instantiate("mul", try broadcast(operands, site), site, bits: bits)
    case .channelAffine: return try instantiate("batch_norm", operands, site, bits: bits)
    }
  }

  private mutating func finish(
    _ sum: TensorView, _ finish: IntegerOperation.Finish, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    var circuit = finish.intoPool ? "rescale_into_pool" : "rescale"
    var parameters: [String: Int] = [:]
    if let activation = finish.activation {
      circuit = "rescale_" + activation.circuit.name
      parameters = activation.circuit.parameters
    }
    let (widened, shift) = try widen(sum, shift: finish.shift, site)
    parameters["shift"] = shift
    return try instantiate(circuit, [widened], site, parameters)
  }

  /// The sum and its shift brought to the shift that all layers share where there is room, since
  /// each shift takes a table of its own remainders. The quotient is the same.
  private mutating func widen(
    _ sum: TensorView, shift: Int, _ site: Site
  ) throws(CircuitLanguageError) -> (TensorView, Int) {
    let common = CompileOptions.singleShift
    let factor = 1 << max(common - shift, 0)
    let limit = (1 << options.accumulatorBits) / factor
    guard shift > 0, factor > 1, sum.range.lowerBound >= -limit, sum.range.upperBound <= limit
    else { return (sum, shift) }
    let widened = try instantiate(
      "scale", [sum], site, ["factor": factor], bits: site.bits + common)
    return (widened, common)
  }

  /// Both operands at the shape of the result.
  private mutating func broadcast(
    _ operands: [TensorView], _ site: Site
  ) throws(CircuitLanguageError) -> [TensorView] {
    var result: [TensorView] = []
    for operand in operands {
      result.append(try builder.broadcast(operand, to: site.shape, name: site.name))
    }
    return result
  }

  /// Operands of a matrix product with equal leading axes.
  private mutating func broadcastStacks(
    _ operands: [TensorView], _ site: Site
  ) throws(CircuitLanguageError) -> [TensorView] {
    var result: [TensorView] = []
    for operand in operands {
      let shape = site.shape.dropLast(2) + operand.shape.suffix(2)
      result.append(try builder.broadcast(operand, to: Array(shape), name: site.name))
    }
    return result
  }

  private mutating func argMax(
    _ x: TensorView, axis: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    var order = Array(x.shape.indices)
    order.append(order.remove(at: axis))
    let last = try builder.transpose(x, order, name: site.name)
    let positions = try instantiate("argmax", [last], site, ["last": 0])
    return try builder.reshape(positions, to: site.shape, name: site.name)
  }
}

extension IntegerOperation.Activation {
  var circuit: (name: String, parameters: [String: Int]) {
    switch self {
    case .relu: ("relu", [:])
    case .leakyRelu(let numerator, let denominatorBits):
      ("leaky_relu", ["numerator": numerator, "denominator_bits": denominatorBits])
    case .clip(let low, let high): ("clip", ["low": low, "high": high])
    }
  }
}
