import TensorGraph

/// Moves monotone activations behind a max-pooling that follows them: the result is the same, and
/// the activation is computed, and proven, of the maxima only.
struct PoolingExchange {
  private(set) var graph: FloatGraph

  mutating func run() {
    let uses = graph.useCounts()
    var producers: [TensorID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() { producers[node.output] = index }
    var nodes: [FloatGraph.Node?] = graph.nodes
    var following: [Int: FloatGraph.Node] = [:]
    for (index, node) in graph.nodes.enumerated() {
      guard case .maxPool(let window) = node.operation,
        let source = producers[node.inputs[0]], let activation = nodes[source],
        activation.operation.isMonotoneActivation, uses[activation.output.index] == 1,
        let origin = producers[activation.inputs[0]], uses[activation.inputs[0].index] == 1,
        graph.nodes[origin].operation.accumulates,
        window.covers(Array(graph[node.inputs[0]].shape.dropFirst(2)))
      else { continue }
      let name = "\(graph[node.output].name)/maxima"
      let pooled = graph.addTensor(name, graph[node.output].type)
      nodes[source] = nil
      nodes[index] = .init(
        name: node.name, operation: node.operation, inputs: activation.inputs, output: pooled)
      following[index] = .init(
        name: activation.name, operation: activation.operation, inputs: [pooled],
        output: node.output)
    }
    graph.nodes = nodes.indices.flatMap { [nodes[$0], following[$0]].compactMap { $0 } }
  }
}

extension Operation {
  /// Elementwise, and never falling.
  var isMonotoneActivation: Bool {
    switch self {
    case .relu: true
    case .leakyRelu(let alpha): alpha >= 0
    case .clip(let lower, let upper): lower <= upper
    default: false
    }
  }

  /// Elementwise functions of one operand that a rescaling can be fused with.
  var isActivation: Bool {
    switch self {
    case .relu, .leakyRelu, .clip: true
    default: false
    }
  }

  /// Whether the result is a sum of products, which must be rescaled.
  var accumulates: Bool {
    switch self {
    case .gemm, .matrixMultiply, .convolution, .add, .subtract, .multiply, .batchNormalization:
      true
    default: false
    }
  }
}

extension Window {
  /// Whether every position of the input lies in some window.
  func covers(_ spatial: [Int]) -> Bool {
    guard let outputs = try? outputExtents(spatial) else { return false }
    return spatial.indices.allSatisfy { axis in
      let end = (outputs[axis] - 1) * strides[axis] + kernel[axis] - padsBefore[axis]
      return dilations[axis] == 1 && strides[axis] <= kernel[axis] && end >= spatial[axis]
    }
  }
}
