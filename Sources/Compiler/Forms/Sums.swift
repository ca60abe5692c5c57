import ConstraintSystem
import Equations

/// What may read a sum as it is, exactly, without its being rounded and committed.
struct Sums {
  /// Of one sum, after what it reads has been put in its place.
  static let maximumTerms = 16

  let graph: FormGraph
  /// The node of each value that one defines.
  let definitions: [ValueID: Int]

  init(_ graph: FormGraph) {
    self.graph = graph
    definitions = Dictionary(
      uniqueKeysWithValues: graph.nodes.enumerated().map { ($0.element.output, $0.offset) })
  }

  /// The sum that a value is, seen through the views that moved it; nil where it is none.
  func sum(_ id: ValueID) -> (node: FormGraph.Node, form: SumForm)? {
    guard let node = definitions[id].map({ graph.nodes[$0] }) else { return nil }
    switch node.form {
    case .sum(let sum): return (node, sum)
    case .view where node.operands.count == 1: return self.sum(node.operands[0])
    default: return nil
    }
  }

  /// Whether a value is a sum of single committed values and constants; a model's tensor may not
  /// stand beside them in a factor.
  func isLinear(_ id: ValueID) -> Bool {
    guard let (node, form) = sum(id) else { return false }
    return form.terms.allSatisfy { term in
      guard term.summed.isEmpty, term.factors.count <= 1 else { return false }
      return term.factors.allSatisfy { read in
        let operand = node.operands[read.operand]
        if graph.constants[operand] != nil { return false }
        return graph[operand].isCommitted || isLinear(operand)
      }
    }
  }

  /// Whether a node takes its operand as an exact sum.
  func takes(_ node: FormGraph.Node, operand: Int) -> Bool {
    switch node.form {
    case .view: return node.operands.count == 1
    case .extreme, .less, .equal: return true
    case .quotient(_, let denominator): return denominator.operand != operand
    case .apply, .root, .place: return false
    case .sum(let sum):
      return sum.terms.allSatisfy { term in
        guard term.factors.contains(where: { $0.operand == operand }) else { return true }
        return term.factors.count == 1 || isLinear(node.operands[operand])
      }
    }
  }
}
