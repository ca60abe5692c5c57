import TensorGraph

/// x·scale + shift for each channel.
struct ChannelAffine {
  var scale: [Double]
  var shift: [Double]
}

/// Folds batch normalisations, and additions and multiplications of constants, into the Gemm or
/// Conv before them where nothing else reads its result.
struct AffineFolding {
  private(set) var graph: FloatGraph
  private var producers: [TensorID: Int] = [:]
  private var uses: [Int]
  private var removed: Set<Int> = []

  init(graph: FloatGraph) {
    self.graph = graph
    uses = graph.useCounts()
  }

  mutating func run() throws(GraphError) {
    for index in graph.nodes.indices {
      let node = graph.nodes[index]
      if let chain = chain(above: node), let affine = affine(of: node, at: chain) {
        try fold(affine, into: chain.producer)
        graph.nodes[chain.last].output = node.output
        producers[node.output] = chain.last
        removed.insert(index)
      } else {
        producers[node.output] = index
      }
    }
    graph.nodes = graph.nodes.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
  }

  /// A Gemm or Conv, and the last of the reshapes that follow it.
  private struct Chain {
    var producer: Int
    var last: Int
    /// The axis of the chain's result that runs through the producer's outputs.
    var axis: Int
  }

  /// What `node` may be folded into: the producer of its operand, past reshapes that keep the last
  /// axis of a Gemm.
  private func chain(above node: FloatGraph.Node) -> Chain? {
    guard let operand = node.inputs.first, graph[operand].shape == graph[node.output].shape,
      let last = producers[operand]
    else { return nil }
    var index = last
    while true {
      let candidate = graph.nodes[index]
      guard uses[candidate.output.index] == 1 else { return nil }
      switch candidate.operation {
      case .gemm where isFoldable(candidate):
        return Chain(producer: index, last: last, axis: graph[operand].shape.count - 1)
      case .convolution where isFoldable(candidate) && index == last:
        return Chain(producer: index, last: last, axis: 1)
      case .reshape(let shape):
        guard let source = producers[candidate.inputs[0]],
          shape.last == graph[candidate.inputs[0]].shape.last
        else { return nil }
        index = source
      default: return nil
      }
    }
  }

  private func isFoldable(_ node: FloatGraph.Node) -> Bool {
    node.inputs.dropFirst().allSatisfy { graph.constants[$0] != nil }
  }

  private func affine(of node: FloatGraph.Node, at chain: Chain) -> ChannelAffine? {
    let shape = graph[node.output].shape
    let channels = shape[chain.axis]
    switch node.operation {
    case .batchNormalization:
      return chain.axis == 1 ? graph.channelAffine(of: node) : nil
    case .add:
      return constant(node.inputs[1], shape, axis: chain.axis).map {
        ChannelAffine(scale: [Double](repeating: 1, count: channels), shift: $0)
      }
    case .multiply:
      return constant(node.inputs[1], shape, axis: chain.axis).map {
        ChannelAffine(scale: $0, shift: [Double](repeating: 0, count: channels))
      }
    default: return nil
    }
  }

  /// The values along `axis` of a constant that is broadcast along all others.
  private func constant(_ id: TensorID, _ shape: [Int], axis: Int) -> [Double]? {
    guard let value = graph.constants[id] else { return nil }
    let offset = shape.count - value.shape.count
    for (position, extent) in value.shape.enumerated()
    where position + offset != axis && extent != 1 { return nil }
    if value.count == shape[axis] { return value.reals.map(Double.init) }
    return value.count == 1
      ? [Double](repeating: Double(value.reals[0]), count: shape[axis]) : nil
  }

  private mutating func fold(_ affine: ChannelAffine, into index: Int) throws(GraphError) {
    let node = graph.nodes[index]
    guard let weights = graph.constants[node.inputs[1]] else { return }
    let channels = weights.shape[0]
    let block = weights.count / max(channels, 1)
    var values = weights.reals
    for channel in 0..<channels {
      for position in channel * block..<(channel + 1) * block {
        values[position] = Float(Double(values[position]) * affine.scale[channel])
      }
    }
    var bias = [Double](repeating: 0, count: channels)
    if node.inputs.count == 3, let old = graph.constants[node.inputs[2]] {
      bias = old.reals.map(Double.init)
    }
    let shifted = (0..<channels).map { Float(bias[$0] * affine.scale[$0] + affine.shift[$0]) }
    graph.nodes[index].inputs = [
      node.inputs[0],
      graph.addConstant("weights of \(node.name)", try Tensor(shape: weights.shape, real: values)),
      graph.addConstant("bias of \(node.name)", try Tensor(shape: [channels], real: shifted)),
    ]
  }
}

extension FloatGraph {
  /// A batch normalisation's function of each channel; nil when a parameter is not a constant.
  func channelAffine(of node: Node) -> ChannelAffine? {
    guard case .batchNormalization(let epsilon) = node.operation else { return nil }
    let parameters = node.inputs.dropFirst().compactMap { constants[$0]?.reals.map(Double.init) }
    guard parameters.count == 4 else { return nil }
    let scale = parameters[0].indices.map {
      parameters[0][$0] / (parameters[3][$0] + Double(epsilon)).squareRoot()
    }
    let shift = scale.indices.map { parameters[1][$0] - parameters[2][$0] * scale[$0] }
    return ChannelAffine(scale: scale, shift: shift)
  }

  mutating func addConstant(_ name: String, _ value: Tensor) -> TensorID {
    let id = addTensor(name, value.type)
    constants[id] = value
    return id
  }

  /// A new tensor under a name made unique.
  mutating func addTensor(_ name: String, _ type: TensorType) -> TensorID {
    let taken = Set(tensors.map(\.name))
    var unique = name
    var suffix = 2
    while taken.contains(unique) {
      unique = "\(name)#\(suffix)"
      suffix += 1
    }
    tensors.append(.init(name: unique, type: type))
    return TensorID(tensors.count - 1)
  }
}
