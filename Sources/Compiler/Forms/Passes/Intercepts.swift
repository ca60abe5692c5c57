import ConstraintSystem
import Equations
import TensorGraph

/// Makes the number that a linear layer adds a constant of no axes, which is committed to as its weights
/// are: a coefficient of a statement would show the intercept of a private score to whoever has the key.
struct Intercepts {
  private(set) var maker: FormMaker

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() throws(GraphError) {
    for index in maker.graph.nodes.indices {
      let node = maker.graph.nodes[index]
      guard case .sum(let sum) = node.form, weighs(sum, node) else { continue }
      try replaceNumber(of: sum, at: index)
    }
  }

  /// Whether a term is summed over products of values and constants.
  private func weighs(_ sum: SumForm, _ node: FormGraph.Node) -> Bool {
    sum.terms.contains { term in
      let constants = term.factors.filter { maker.isConstant(node.operands[$0.operand]) }
      return !term.summed.isEmpty && !constants.isEmpty && constants.count < term.factors.count
    }
  }

  private mutating func replaceNumber(of sum: SumForm, at index: Int) throws(GraphError) {
    // What is as good as infinite is no weight.
    let place = sum.terms.firstIndex {
      $0.factors.isEmpty && abs($0.coefficient) < Saturation.mask
    }
    guard let place, sum.terms[place].summed.isEmpty else { return }
    let node = maker.graph.nodes[index]
    maker.name = maker.graph[node.output].name
    let constant = try maker.scalar(sum.terms[place].coefficient)
    var (sum, operands) = (sum, node.operands)
    sum.terms[place] = .init(
      coefficient: 1,
      factors: [.init(operand: operands.count, positions: constant.positions)])
    operands.append(constant.value)
    maker.graph.nodes[index].form = .sum(sum)
    maker.graph.nodes[index].operands = operands
  }
}
