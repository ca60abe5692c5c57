import TensorGraph
import Witness

extension FloatGraph {
  /// The network over integers. `self` must be normalised and free of unsupported nodes.
  ///
  /// - Parameter bits: the fractional bits of every tensor.
  func quantised(
    bits: [Int], _ options: CompileOptions
  ) throws(CompileError) -> IntegerGraph {
    var quantiser = Quantiser(graph: self, bits: bits, limits: weightLimits(options))
    return try quantiser.run()
  }

  /// Fractional bits with which every tensor holds what it held in calibration.
  func scales(
    _ calibration: Calibration, _ options: CompileOptions
  ) throws(CompileError) -> [Int] {
    var solver = try ScaleSolver(
      graph: self, options: options, magnitude: calibration.magnitude)
    return try solver.solve()
  }
}

/// Turns the nodes of a normalised graph into integer layers.
struct Quantiser {
  let graph: FloatGraph
  /// Fractional bits of each tensor.
  let bits: [Int]
  let limits: [TensorID: WeightLimits]
  var result = IntegerGraph()
  private var values: [TensorID: Int] = [:]
  private let uses: [Int]
  private let consumers: [TensorID: [Int]]

  init(graph: FloatGraph, bits: [Int], limits: [TensorID: WeightLimits]) {
    self.graph = graph
    self.bits = bits
    self.limits = limits
    uses = graph.useCounts()
    var consumers: [TensorID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for input in node.inputs { consumers[input, default: []].append(index) }
    }
    self.consumers = consumers
  }

  mutating func run() throws(CompileError) -> IntegerGraph {
    for id in graph.inputs { result.inputs.append(addValue(id)) }
    for node in graph.nodes where values[node.output] == nil { try quantise(node) }
    for output in graph.outputs {
      try addConstantOutput(output)
      let value = try value(output.tensor, in: output.name)
      result.outputs.append(.init(name: output.name, value: value))
    }
    return result
  }

  /// A constant that is an output becomes the result of a layer, which takes it as it is.
  private mutating func addConstantOutput(
    _ output: FloatGraph.Output
  ) throws(CompileError) {
    let id = output.tensor
    guard values[id] == nil, let constant = graph.constants[id] else { return }
    let operand = try addConstant(
      graph[id].name, constant.shape, constant.reals, range: CompileOptions.activationRange,
      bits: bits[id.index])
    let value = addValue(id)
    result.layers.append(
      .init(
        name: output.name, operation: .rearrangement(.reshape(constant.shape)),
        inputs: [operand], output: value))
  }

  private mutating func quantise(_ node: FloatGraph.Node) throws(CompileError) {
    switch node.operation {
    case .gemm, .matrixMultiply, .convolution, .add, .subtract, .multiply, .batchNormalization:
      try quantiseAccumulation(node)
    case .averagePool(let window, let countingPads):
      try append(node, .averagePool(window, countingPads: countingPads))
    case .globalAveragePool: try append(node, .globalAveragePool)
    case .maxPool(let window): try append(node, .maxPool(window))
    case .argMax(let axis, let keepingAxis):
      try append(node, .argMax(axis: axis, keepingAxis: keepingAxis))
    case .pad: try quantisePad(node)
    case .concatenate: try quantiseConcatenation(node)
    case .reshape, .transpose, .slice: try append(node, .rearrangement(node.operation))
    default:
      guard let activation = activation(node) else {
        throw .node(name: node.name, reason: "\(node.operation.name) has no integer form")
      }
      try append(node, .activation(activation))
    }
  }

  private mutating func append(
    _ node: FloatGraph.Node, _ operation: IntegerOperation
  ) throws(CompileError) {
    let input = IntegerGraph.Operand.value(try value(node.inputs[0], in: node.name))
    addLayer(node, operation, [input], output: node.output)
  }

  mutating func addLayer(
    _ node: FloatGraph.Node, _ operation: IntegerOperation, _ inputs: [IntegerGraph.Operand],
    output: TensorID
  ) {
    let value = addValue(output)
    result.layers.append(
      .init(name: node.name, operation: operation, inputs: inputs, output: value))
  }

  private mutating func addValue(_ id: TensorID) -> Int {
    result.values.append(
      .init(
        name: graph[id].name, shape: graph[id].shape, fractionalBits: bits[id.index], source: id))
    values[id] = result.values.count - 1
    return result.values.count - 1
  }

  /// The value that stands for a tensor that is not a constant.
  func value(_ id: TensorID, in node: String) throws(CompileError) -> Int {
    guard let value = values[id] else {
      throw .node(name: node, reason: "\"\(graph[id].name)\" does not depend on an input")
    }
    return value
  }

  mutating func addConstant(
    _ name: String, _ shape: [Int], _ reals: [Float], range: ClosedRange<Int>, bits: Int
  ) throws(CompileError) -> IntegerGraph.Operand {
    let integers = try FixedPoint.quantise(
      reals, fractionalBits: bits, range: range, tensor: name)
    result.constants.append(
      .init(
        name: name, shape: shape, values: IntegerBuffer(integers, within: range), range: range,
        fractionalBits: bits))
    return .constant(result.constants.count - 1)
  }
}

// Activations, and what follows an accumulation.
extension Quantiser {
  /// The integer function of an elementwise node.
  private func activation(_ node: FloatGraph.Node) -> IntegerOperation.Activation? {
    let bits = bits[node.output.index]
    switch node.operation {
    case .relu: return .relu
    case .leakyRelu(let alpha): return .leakyRelu(slope: alpha)
    case .clip(let lower, let upper):
      return .clip(
        low: FixedPoint.bound(Double(lower), fractionalBits: bits),
        high: FixedPoint.bound(Double(upper), fractionalBits: bits))
    default: return nil
    }
  }

  /// How an accumulator of `node` ends, and the tensor that it ends as.
  func finish(
    _ node: FloatGraph.Node, accumulatorBits: Int
  ) -> (IntegerOperation.Finish, TensorID) {
    var finish = IntegerOperation.Finish(shift: accumulatorBits - bits[node.output.index])
    guard uses[node.output.index] == 1, let consumer = consumers[node.output]?.first else {
      return (finish, node.output)
    }
    let next = graph.nodes[consumer]
    if let activation = activation(next) {
      finish.activation = activation
      return (finish, next.output)
    }
    if case .maxPool(let window) = next.operation {
      finish.intoPool =
        isBounded(next.output)
        && window.covers(Array(graph[node.output].shape.dropFirst(2)))
    }
    return (finish, node.output)
  }

  /// Whether lookups of an activation hold all of a tensor to 16 bits.
  private func isBounded(_ id: TensorID) -> Bool {
    (consumers[id] ?? []).contains { graph.nodes[$0].operation.isActivation }
  }
}

extension IntegerOperation.Activation {
  /// The slope as a fraction of 15 bits, in lowest terms. That of −1 is a little less steep, as
  /// 16 bits do not hold the negative of the least number that they hold.
  static func leakyRelu(slope: Float) -> Self {
    var numerator = max(-32767, Int((Double(slope) * 32768).rounded()))
    var denominatorBits = 15
    while denominatorBits > 0, numerator % 2 == 0 {
      numerator /= 2
      denominatorBits -= 1
    }
    return .leakyRelu(numerator: numerator, denominatorBits: denominatorBits)
  }
}
