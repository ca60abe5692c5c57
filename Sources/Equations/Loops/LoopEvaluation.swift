import TensorGraph

/// The values of a loop, step by step, in single precision and integers.
struct LoopEvaluation {
  let graph: EquationGraph
  let loop: EquationGraph.Loop
  /// The places of the loop's nodes.
  let places: [Int]
  /// The values that have been computed before.
  let held: [ValueID: Tensor]
  let replaced: [ValueID: Tensor]
  /// For each of the loop's values, the steps so far.
  private(set) var parts: [ValueID: [Tensor]] = [:]

  init(
    _ graph: EquationGraph, _ loop: EquationGraph.Loop, _ places: [Int], held: [ValueID: Tensor],
    replaced: [ValueID: Tensor]
  ) {
    self.graph = graph
    self.loop = loop
    self.places = places
    self.held = held
    self.replaced = replaced
  }

  /// All steps of all of the loop's values.
  ///
  /// - Parameter evaluate: gives what a node with the definition gives of operands.
  mutating func run(
    _ evaluate: (EquationGraph.Node, EquationGraph.Definition, [Tensor]) throws(GraphError) ->
      Tensor
  ) throws(GraphError) -> [ValueID: Tensor] {
    let own = Set(loop.states.map(\.value) + places.map { graph.nodes[$0].output })
    var nodes: [(EquationGraph.Node, LoopPart)] = []
    for place in places {
      let node = graph.nodes[place]
      let part = try LoopPart(
        node.definition, shapes: node.operands.map { graph[$0].shape },
        isOfLoop: node.operands.map(own.contains), count: loop.count)
      nodes.append((node, part))
    }
    for step in 0..<loop.count {
      for state in loop.states { try carry(state, to: step) }
      for (node, part) in nodes {
        let result: Tensor
        if let given = replaced[node.output] {
          result = try given.position(step)
        } else {
          let operands = try operands(of: node, part, at: step)
          result = try evaluate(node, part.definition(at: step), operands)
        }
        parts[node.output, default: []].append(result)
      }
    }
    var results: [ValueID: Tensor] = [:]
    for (id, parts) in parts { results[id] = try ViewStep.concatenate(axis: 0).result(on: parts) }
    return results
  }

  private mutating func carry(_ state: EquationGraph.State, to step: Int) throws(GraphError) {
    let value: Tensor
    if let given = replaced[state.value] {
      value = try given.position(step)
    } else if step == 0 {
      guard let given = held[state.given] else { throw Self.early }
      value = given
    } else {
      value = try part(of: state.left, at: step - 1)
    }
    parts[state.value, default: []].append(value)
  }

  private static let early = GraphError(.structure, "an operand is used before it is computed")

  private func part(of id: ValueID, at step: Int) throws(GraphError) -> Tensor {
    if let own = parts[id] {
      guard own.indices.contains(step) else { throw Self.early }
      return own[step]
    }
    guard let whole = held[id] else { throw Self.early }
    return try whole.position(step)
  }

  private func operands(
    of node: EquationGraph.Node, _ part: LoopPart, at step: Int
  ) throws(GraphError) -> [Tensor] {
    var operands: [Tensor] = []
    for (operand, isSliced) in zip(node.operands, part.isSliced) {
      if isSliced {
        operands.append(try self.part(of: operand, at: step))
      } else if let whole = held[operand] {
        operands.append(whole)
      } else {
        throw Self.early
      }
    }
    return operands
  }
}

extension Tensor {
  /// What is at a position of the leading axis, which stays with one position.
  fileprivate func position(_ position: Int) throws(GraphError) -> Tensor {
    let size = shape.dropFirst().reduce(1, *)
    let range = position * size..<(position + 1) * size
    guard position >= 0, range.upperBound <= count else {
      throw GraphError(.shape, "a tensor of the shape \(shape) has no part \(position)")
    }
    let part = [1] + shape.dropFirst()
    switch elements {
    case .real(let values): return try Tensor(shape: part, real: Array(values[range]))
    case .integer(let values): return try Tensor(shape: part, integer: Array(values[range]))
    }
  }
}
