import Equations
import TensorGraph

/// The nodes of the graph that a constant condition chooses; of both graphs, and a choice between their
/// results, where the condition depends on an input.
@Sendable
func importIf(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let condition = try node.view.input(0)
  guard importer.builder[condition].count == 1 else {
    throw GraphError(.shape, "its condition is not a single truth value")
  }
  guard let value = importer.builder.constantValue(condition) else {
    let first = try importer.branch("then_branch", of: node)
    let second = try importer.branch("else_branch", of: node)
    return try importer.chosen(condition, first, second, node)
  }
  let isTrue = value.integers.map { $0[0] != 0 } ?? (value.reals[0] != 0)
  return try importer.branch(isTrue ? "then_branch" : "else_branch", of: node)
}

extension GraphImporter {
  fileprivate mutating func branch(
    _ name: String, of node: ControlNode
  ) throws(GraphError) -> [Typed] {
    let graph = try node.graph(name)
    guard graph.output.count == node.proto.output.count else {
      throw GraphError(.attribute, "the attribute \"\(name)\" is no graph of its results")
    }
    return try results(of: graph, [], name)
  }

  fileprivate mutating func chosen(
    _ condition: ValueID, _ first: [Typed], _ second: [Typed], _ node: ControlNode
  ) throws(GraphError) -> [Typed] {
    var results: [Typed] = []
    for (position, (a, b)) in zip(first, second).enumerated() {
      let name = node.view.valueName(position)
      results.append(try choice(condition, a, b, layer: node.layer, name: name))
    }
    return results
  }

  /// The first value where the condition, a single truth value, holds, and the second where it does not.
  ///
  /// Throws `.unsupported` where they differ in more than their elements.
  mutating func choice(
    _ condition: ValueID, _ first: Typed, _ second: Typed, layer: Int, name: String
  ) throws(GraphError) -> Typed {
    switch (first.value, second.value) {
    case (.reported, _), (.unsupported, _): return first
    case (_, .reported), (_, .unsupported): return second
    case (.nothing, .nothing): return first
    case (.tensor(let a), .tensor(let b)):
      let id = try choice(condition, a, b, layer, name)
      return Typed(value: .tensor(id), format: first.format ?? second.format)
    case (.sequence(let a), .sequence(let b)) where a.count == b.count:
      var elements: [ValueID] = []
      for (a, b) in zip(a, b) { elements.append(try choice(condition, a, b, layer, name)) }
      return Typed(value: .sequence(elements), format: first.format ?? second.format)
    default:
      throw GraphError(
        .unsupported,
        "its condition depends on an input of the network, and decides how many tensors it gives")
    }
  }

  private mutating func choice(
    _ condition: ValueID, _ first: ValueID, _ second: ValueID, _ layer: Int, _ name: String
  ) throws(GraphError) -> ValueID {
    if first == second { return first }
    let branches = try meeting([first, second], layer: layer, name: name).compactMap { $0 }
    let (first, second) = (branches[0], branches[1])
    let (shape, other) = (builder[first].shape, builder[second].shape)
    guard shape == other, builder[first].kind == builder[second].kind else {
      throw GraphError(
        .unsupported,
        "its condition depends on an input of the network, and decides whether a result has the shape "
          + "\(shape) or \(other)")
    }
    let place = builder[condition].shape.map { _ in ReadPosition.affine(.init(constant: 0)) }
    let equation = Equation.elementwise(shape) { read in
      .select(.read(OperandRead(operand: 0, positions: place)), read(1), read(2))
    }
    return try builder.append(
      equation, kind: builder[first].kind, [condition, first, second], layer: layer, name: name)
  }
}
