import TensorGraph

/// Finds the fractional bits of every tensor.
///
/// Each wants as many as its calibrated magnitude allows. Operations that do not round keep those
/// of their operand, so tensors fall into classes. Where a sum has too few bits for its result, or
/// too many for one rounding, the class that has more bits than are worth something gives way.
/// Bits only ever fall, so the search ends.
struct ScaleSolver {
  let graph: FloatGraph
  let options: CompileOptions
  private var parents: [Int]
  private var bits: [Int]
  /// What bounds the weights of each node that has any, by the node's output.
  private(set) var weightLimits: [TensorID: WeightLimits] = [:]

  /// A tensor that would take so many bits is so small that it counts as zero.
  static let maximalBits = 60
  private static let maximalRounds = 1000

  init(graph: FloatGraph, calibration: Calibration, options: CompileOptions) {
    self.graph = graph
    self.options = options
    parents = Array(graph.tensors.indices)
    bits = []
    for node in graph.nodes {
      join(node)
      guard node.operation.isWeighted(in: graph, node) else { continue }
      weightLimits[node.output] = WeightLimits(node, graph, options)
    }
    let limit = (Double(CompileOptions.activationRange.upperBound) + 0.49)
    let desired = graph.tensors.indices.map { index in
      let id = TensorID(index)
      if graph[id].type.element == .integer { return 0 }
      let magnitude = graph.constants[id].map(Self.magnitude) ?? calibration.magnitude(id)
      let found = FixedPoint.fractionalBits(
        magnitude: magnitude * Double(1 << options.headroomBits), limit: limit)
      return min(found ?? Self.maximalBits, Self.maximalBits)
    }
    bits = desired
    for index in desired.indices {
      let root = self.root(index)
      bits[root] = min(bits[root], desired[index])
    }
    for index in bits.indices where bits[index] == Self.maximalBits {
      bits[index] = CompileOptions.bitsOfZero
    }
  }

  /// The fractional bits of every tensor that is not a constant, by index.
  mutating func solve() throws(CompileError) -> [Int] {
    for _ in 0..<Self.maximalRounds {
      let before = bits
      for node in graph.nodes { relax(node) }
      if bits == before { return graph.tensors.indices.map { bits[root($0)] } }
    }
    throw .scales(
      node: graph.nodes.first?.name ?? "",
      reason: "the network feeds a layer's result back into its operand's scale")
  }

  static func magnitude(_ tensor: Tensor) -> Double {
    Double(tensor.reals.reduce(0) { max($0, abs($1)) })
  }
}

// Classes of tensors with the same fractional bits.
extension ScaleSolver {
  private func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index { index = parents[index] }
    return index
  }

  private mutating func join(_ node: FloatGraph.Node) {
    switch node.operation {
    case .relu, .leakyRelu, .clip, .maxPool, .averagePool, .globalAveragePool, .reshape,
      .transpose, .concatenate, .slice, .pad:
      for input in node.inputs { parents[root(input.index)] = root(node.output.index) }
    default: break
    }
  }

  private func bits(of id: TensorID) -> Int { bits[root(id.index)] }

  private mutating func lower(_ id: TensorID, to limit: Int) {
    let root = root(id.index)
    bits[root] = min(bits[root], limit)
  }
}

// The conditions that layers put on the bits.
extension ScaleSolver {
  private mutating func relax(_ node: FloatGraph.Node) {
    if let limits = weightLimits[node.output] {
      lower(node.output, to: limits.accumulatorBits(input: bits(of: node.inputs[0])))
      return
    }
    switch node.operation {
    case .matrixMultiply, .multiply: relaxProduct(node)
    case .add, .subtract: relaxSum(node)
    default: break
    }
  }

  private mutating func relaxProduct(_ node: FloatGraph.Node) {
    let (a, b) = (node.inputs[0], node.inputs[1])
    lower(node.output, to: bits(of: a) + bits(of: b))
    let limit = bits(of: node.output) + CompileOptions.maximalShift
    while bits(of: a) + bits(of: b) > limit {
      let greater = bits(of: a) > bits(of: b) ? a : b
      lower(greater, to: bits(of: greater) - 1)
    }
  }

  private mutating func relaxSum(_ node: FloatGraph.Node) {
    let result = bits(of: node.output)
    let operands = node.inputs.filter { graph.constants[$0] == nil }
    var available = operands.map { bits(of: $0) }
    for id in node.inputs {
      guard let constant = graph.constants[id] else { continue }
      available.append(Self.addendBits(constant, limit: max(available[0], result)))
    }
    lower(node.output, to: available.max() ?? result)
    let least = available.min() ?? result
    let limit = min(
      least + SumAlignment.maximalShift, bits(of: node.output) + CompileOptions.maximalShift)
    for id in operands { lower(id, to: limit) }
  }

  /// Fractional bits of a constant addend, no more than are worth something.
  static func addendBits(_ constant: Tensor, limit: Int) -> Int {
    let found = FixedPoint.fractionalBits(
      magnitude: magnitude(constant), limit: Double(CompileOptions.weightMagnitude))
    return min(found ?? CompileOptions.bitsOfZero, limit)
  }
}

extension Operation {
  /// Whether the node multiplies its first operand by constants.
  func isWeighted(in graph: FloatGraph, _ node: FloatGraph.Node) -> Bool {
    switch self {
    case .gemm, .convolution, .batchNormalization: true
    case .multiply: graph.constants[node.inputs[1]] != nil
    default: false
    }
  }
}

/// How far apart the scales of two addends may be.
enum SumAlignment {
  static let maximalShift = 30
}
