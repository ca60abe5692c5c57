import ConstraintSystem
import Equations
import TensorGraph

/// Multiplies by an inverse instead of dividing, where one inverse serves many quotients or is one of a
/// root: a product is exact until it is rounded once, and costs less than a division.
struct Reciprocals {
  private(set) var maker: FormMaker
  /// The inverses that there are, by what they are of.
  private var inverses: [ValueID: ValueID] = [:]

  /// A divisor is inverted for so many quotients or more.
  private static let leastUses = 8

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() throws(GraphError) {
    let definitions = maker.graph.definitions
    var nodes: [FormGraph.Node] = []
    for node in maker.graph.nodes {
      guard case .quotient(let numerator, let denominator) = node.form,
        maker.graph.constants[node.operands[numerator.operand]] == nil,
        let inverse = try inverse(node, denominator, definitions)
      else {
        nodes.append(node)
        continue
      }
      let divisor = node.operands[denominator.operand]
      if inverses[divisor] == nil {
        inverses[divisor] = inverse.output
        nodes.append(inverse)
      }
      nodes.append(product(node, numerator, denominator, inverses[divisor] ?? inverse.output))
    }
    maker.graph.nodes = nodes
    maker.graph.removeDead()
  }

  /// The node of the inverse of a quotient's divisor; nil where dividing is better.
  private mutating func inverse(
    _ node: FormGraph.Node, _ denominator: FormRead, _ definitions: [ValueID: Int]
  ) throws(GraphError) -> FormGraph.Node? {
    let divisor = node.operands[denominator.operand]
    let value = maker.graph[divisor]
    if let known = inverses[divisor] {
      return .init(layer: node.layer, form: node.form, operands: [], output: known)
    }
    if let source = definitions[divisor],
      case .root(let radicand, isInverse: false) = maker.graph.nodes[source].form
    {
      var root = maker.graph.nodes[source]
      root.form = .root(radicand, isInverse: true)
      root.output = maker.addValue("\(value.name)/inverse", value.shape, .real)
      return root
    }
    guard maker.graph[node.output].count >= Self.leastUses * value.count else { return nil }
    let one = maker.addConstant(
      try Tensor(shape: [], real: [1]), .real, name: "\(value.name)/one")
    return .init(
      layer: node.layer,
      form: .quotient(
        numerator: FormRead(operand: 0, positions: []),
        denominator: FormRead(operand: 1, positions: .identity(value.shape))),
      operands: [one, divisor],
      output: maker.addValue("\(value.name)/inverse", value.shape, .real))
  }

  private func product(
    _ node: FormGraph.Node, _ numerator: FormRead, _ denominator: FormRead, _ inverse: ValueID
  ) -> FormGraph.Node {
    var list = OperandList()
    let factors = [
      list.read(node.operands[numerator.operand], numerator.positions),
      list.read(inverse, denominator.positions),
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
