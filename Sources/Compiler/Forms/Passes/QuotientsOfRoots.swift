import ConstraintSystem
import Equations

/// Multiplies by the inverse of a root instead of dividing by the root: a product is exact until it is
/// rounded once.
struct QuotientsOfRoots {
  private(set) var maker: FormMaker

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() {
    let definitions = maker.graph.definitions
    var nodes: [FormGraph.Node] = []
    var inverses: [ValueID: ValueID] = [:]
    for node in maker.graph.nodes {
      guard case .quotient(let numerator, let denominator) = node.form,
        let source = definitions[node.operands[denominator.operand]],
        case .root(let radicand, isInverse: false) = maker.graph.nodes[source].form,
        maker.graph.constants[node.operands[numerator.operand]] == nil
      else {
        nodes.append(node)
        continue
      }
      var root = maker.graph.nodes[source]
      if inverses[root.output] == nil {
        let value = maker.graph[root.output]
        let inverse = maker.addValue("\(value.name)/inverse", value.shape, .real)
        inverses[root.output] = inverse
        root.form = .root(radicand, isInverse: true)
        root.output = inverse
        nodes.append(root)
      }
      nodes.append(product(node, numerator, denominator, inverses))
    }
    maker.graph.nodes = nodes
    maker.graph.removeDead()
  }

  private func product(
    _ node: FormGraph.Node, _ numerator: FormRead, _ denominator: FormRead,
    _ inverses: [ValueID: ValueID]
  ) -> FormGraph.Node {
    let root = node.operands[denominator.operand]
    var list = OperandList()
    let factors = [
      list.read(node.operands[numerator.operand], numerator.positions),
      list.read(inverses[root] ?? root, denominator.positions),
    ]
    let shape = maker.graph[node.output].shape
    let indices = shape.enumerated().map {
      Equation.Index(name: "i\($0.offset)", size: $0.element)
    }
    var result = node
    result.form = .sum(
      SumForm(
        indices: indices, domainRank: shape.count,
        terms: [.init(coefficient: 1, factors: factors)]))
    result.operands = list.operands
    return result
  }
}
