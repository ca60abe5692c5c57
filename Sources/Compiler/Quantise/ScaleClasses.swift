import TensorGraph

/// Tensors that have the same fractional bits, because no operation between them rounds.
struct ScaleClasses {
  private var parents: [Int]

  init(_ graph: FloatGraph) {
    parents = Array(graph.tensors.indices)
    for node in graph.nodes where node.operation.keepsScale {
      for input in node.inputs { parents[root(input.index)] = root(node.output.index) }
    }
  }

  /// The tensor that stands for the class.
  func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index { index = parents[index] }
    return index
  }
}

extension Operation {
  /// Whether the result has the scale of the operands.
  fileprivate var keepsScale: Bool {
    switch self {
    case .relu, .leakyRelu, .clip, .maxPool, .averagePool, .globalAveragePool, .reshape,
      .transpose, .concatenate, .slice, .pad:
      true
    default: false
    }
  }

  /// Whether the node multiplies its first operand by constants.
  fileprivate func isWeighted(in graph: FloatGraph, _ node: FloatGraph.Node) -> Bool {
    switch self {
    case .gemm, .convolution, .batchNormalization: true
    case .multiply: graph.constants[node.inputs[1]] != nil
    default: false
    }
  }
}

extension FloatGraph {
  /// What bounds the weights of each node that has any, by the node's output.
  func weightLimits(_ options: CompileOptions) -> [TensorID: WeightLimits] {
    var limits: [TensorID: WeightLimits] = [:]
    for node in nodes where node.operation.isWeighted(in: self, node) {
      limits[node.output] = WeightLimits(node, self, options)
    }
    return limits
  }
}
