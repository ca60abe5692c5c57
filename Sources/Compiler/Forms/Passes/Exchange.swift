import ConstraintSystem
import Equations

/// Applies a function that never falls, or never rises, after the extreme that alone reads it: of fewer
/// elements.
struct Exchange {
  private(set) var maker: FormMaker

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() {
    let (places, definitions) = (maker.graph.readingPlaces, maker.graph.definitions)
    var nodes: [FormGraph.Node] = []
    for node in maker.graph.nodes {
      guard case .extreme(let extreme) = node.form, extreme.candidates.count == 1,
        maker.graph[node.output].count < maker.graph[node.operands[0]].count,
        places[node.operands[0].index] == 1, let source = definitions[node.operands[0]],
        let (inner, apply, isRising) = function(maker.graph.nodes[source])
      else {
        nodes.append(node)
        continue
      }
      var first = node
      var form = extreme
      form.isMaximum = extreme.isMaximum == isRising
      let output = maker.graph[node.output]
      first.form = .extreme(form)
      first.operands = [inner]
      first.output = maker.addValue(
        "\(output.name)/\(form.isMaximum ? "max" : "min")", output.shape, maker.graph[inner].kind)
      nodes.append(first)
      let read = FormRead(operand: 0, positions: .identity(output.shape))
      nodes.append(
        .init(
          layer: maker.graph.nodes[source].layer,
          form: .apply(
            ApplyForm(
              argument: read, function: apply.function, changesKind: apply.changesKind)),
          operands: [first.output], output: node.output))
    }
    maker.graph.nodes = nodes
    maker.graph.removeDead()
  }

  /// What a node applies a function of one direction to, each element in its own place.
  private func function(
    _ node: FormGraph.Node
  ) -> (argument: ValueID, apply: ApplyForm, isRising: Bool)? {
    guard case .apply(let apply) = node.form, let direction = apply.function.direction,
      direction != .constant
    else { return nil }
    let (inner, shape) = (node.operands[apply.argument.operand], maker.graph[node.output].shape)
    guard maker.graph[inner].shape == shape,
      apply.argument.positions.withoutSingle({ shape[$0] }) == .identity(shape)
    else { return nil }
    return (inner, apply, direction == .rising)
  }
}
