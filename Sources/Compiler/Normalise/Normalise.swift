import TensorGraph

extension FloatGraph {
  /// The network in the form that layers are made of, computing the same:
  /// - Gemm: `alpha` and `beta` are 1, the first operand is not transposed, the second is a constant
  ///   of shape [n, k], the third an [n] constant or absent.
  /// - MatMul: of two tensors that depend on the input.
  /// - Additions and multiplications: a constant comes second; no constant is subtracted.
  /// - Affine functions of a channel are folded into the preceding Gemm or Conv, and monotone
  ///   activations come after a max-pooling.
  ///
  /// What has no such form is left as it is; `unsupportedNodes()` finds it.
  public func normalised() throws(CompileError) -> FloatGraph {
    do throws(GraphError) {
      var normaliser = Normaliser(graph: self)
      var folding = AffineFolding(graph: try normaliser.run())
      try folding.run()
      var exchange = PoolingExchange(graph: folding.graph)
      exchange.run()
      let result = exchange.graph.removingDeadNodes()
      try result.validate()
      return result
    } catch {
      throw CompileError(error)
    }
  }
}

extension CompileError {
  init(_ error: GraphError) {
    if error.code == .unsupported {
      self = .unsupported([
        UnsupportedNode(name: error.node, operation: "graph", reason: error.reason)
      ])
    } else {
      self = .node(name: error.node, reason: error.reason)
    }
  }
}

/// Rewrites node by node into a new graph.
struct Normaliser {
  let graph: FloatGraph
  var builder = GraphBuilder()
  /// The new tensor for each old one that has been reached.
  private var ids: [TensorID: TensorID] = [:]

  init(graph: FloatGraph) { self.graph = graph }

  mutating func run() throws(GraphError) -> FloatGraph {
    for id in graph.inputs {
      ids[id] = try builder.addInput(named: graph[id].name, shape: graph[id].shape)
    }
    for node in graph.nodes {
      do throws(GraphError) {
        var inputs: [TensorID] = []
        for input in node.inputs { inputs.append(try operand(input)) }
        ids[node.output] = try rewrite(node, inputs)
      } catch {
        throw error.at(node: node.name)
      }
    }
    for output in graph.outputs {
      try builder.addOutput(named: output.name, try operand(output.tensor))
    }
    return try builder.finish()
  }

  private mutating func operand(_ id: TensorID) throws(GraphError) -> TensorID {
    if let known = ids[id] { return known }
    guard let value = graph.constants[id] else {
      throw GraphError(.structure, "an operand is used before it is computed")
    }
    let new = builder.addConstant(named: graph[id].name, value)
    ids[id] = new
    return new
  }

  private mutating func rewrite(
    _ node: FloatGraph.Node, _ inputs: [TensorID]
  ) throws(GraphError) -> TensorID {
    let site = Site(name: node.name, output: graph[node.output].name)
    switch node.operation {
    case .gemm(let gemm): return try rewriteGemm(gemm, inputs, site)
    case .matrixMultiply: return try rewriteProduct(inputs, site)
    case .subtract: return try rewriteDifference(inputs, site)
    case .add, .multiply:
      let swapped = builder.constantValue(inputs[0]) != nil
      return try append(node.operation, swapped ? [inputs[1], inputs[0]] : inputs, site)
    case .leakyRelu(let alpha) where alpha == 0: return try append(.relu, inputs, site)
    case .leakyRelu(let alpha) where alpha == 1: return inputs[0]
    case .clip(let lower, let upper) where lower == -.infinity && upper == .infinity:
      return inputs[0]
    case .clip(let lower, let upper) where lower == 0 && upper == .infinity:
      return try append(.relu, inputs, site)
    case .clip(let lower, let upper) where lower > upper:
      return try append(.clip(lower: upper, upper: upper), inputs, site)
    default:
      if isIdentity(node.operation, inputs) { return inputs[0] }
      return try append(node.operation, inputs, site)
    }
  }

  private func isIdentity(_ operation: Operation, _ inputs: [TensorID]) -> Bool {
    guard let first = inputs.first else { return false }
    switch operation {
    case .reshape(let shape): return shape == builder[first].shape
    case .transpose(let permutation): return permutation == Array(permutation.indices)
    case .concatenate: return inputs.count == 1
    case .slice(let slices):
      return slices.map(\.count) == builder[first].shape && slices.allSatisfy { $0.step > 0 }
    case .pad(let before, let after, _): return (before + after).allSatisfy { $0 == 0 }
    default: return false
    }
  }

  private mutating func rewriteDifference(
    _ inputs: [TensorID], _ site: Site
  ) throws(GraphError) -> TensorID {
    guard let constant = builder.constantValue(inputs[1]) else {
      return try append(.subtract, inputs, site)
    }
    let negated = constant.reals.map { -$0 }
    let id = builder.addConstant(
      named: builder[inputs[1]].name, try Tensor(shape: constant.shape, real: negated))
    return try append(.add, [inputs[0], id], site)
  }
}

extension Normaliser {
  /// The names that a rewritten node's parts get.
  struct Site {
    var name: String
    var output: String

    func part(_ suffix: String) -> Site {
      Site(name: "\(name)/\(suffix)", output: "\(output)/\(suffix)")
    }
  }

  mutating func append(
    _ operation: Operation, _ inputs: [TensorID], _ site: Site
  ) throws(GraphError) -> TensorID {
    try builder.append(operation, inputs, name: site.name, output: site.output)
  }

  mutating func constant(_ value: Tensor, _ site: Site) -> TensorID {
    builder.addConstant(named: site.output, value)
  }
}

extension Array {
  /// `map` that keeps the type of the error.
  func mapTyped<Result, Failure: Error>(
    _ transform: (Element) throws(Failure) -> Result
  ) throws(Failure) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for element in self { results.append(try transform(element)) }
    return results
  }
}
