import ConstraintSystem
import Equations

/// What may read a sum as it is, exactly, without its being rounded and committed.
struct Sums {
  /// Of one sum, after what it reads has been put in its place.
  static let maximumTerms = 16
  /// A constant of this magnitude that is added to a value is taken for most of that value, so that what
  /// is left is a value of its own, with a scale of its own.
  static let largeOffset = 256.0

  let graph: FormGraph
  private let blindness: Blindness
  /// The node of each value that one defines.
  let definitions: [ValueID: Int]

  /// - Parameter blindness: that of the graph, if it is known.
  init(_ graph: FormGraph, _ blindness: Blindness? = nil) {
    self.graph = graph
    self.blindness = blindness ?? Blindness(graph)
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

  /// Whether a value has integers times a number that is no power of two, such as what quantised ones stand
  /// for: it has as many digits as both, and sums of products of such values had twice as many.
  private func isOfScaledIntegers(_ id: ValueID) -> Bool {
    guard graph[id].kind == .real, let (node, form) = sum(id) else { return false }
    return form.terms.contains { term in
      term.factors.contains { read in
        let operand = node.operands[read.operand]
        return graph[operand].kind == .real
          ? !graph[operand].isCommitted && isOfScaledIntegers(operand)
          : graph[operand].kind == .integer && term.coefficient.significandWidth != 0
      }
    }
  }

  /// Whether a value is what a large constant leaves of another.
  private func isLargeDifference(_ id: ValueID) -> Bool {
    guard graph[id].kind == .real, let (node, form) = sum(id) else { return false }
    return graph.offset(form, node, blindness[id]) >= Self.largeOffset
  }

  /// Whether a node takes its operand as an exact sum.
  func takes(_ node: FormGraph.Node, operand: Int) -> Bool {
    switch node.form {
    case .view: return node.operands.count == 1
    case .extreme, .less, .equal: return true
    case .quotient(_, let denominator):
      return denominator.operand != operand && isLinear(node.operands[operand])
    case .division(let division):
      return graph[node.operands[operand]].kind != .real
        && division.divisor?.operand != operand
    case .step: return graph[node.operands[operand]].kind != .real
    // What keeps its argument's scale has its width as well, and a difference is wider than values.
    case .apply:
      return !node.keepsScale && graph.difference(node.operands[operand], definitions) != nil
    case .root, .place, .pick: return false
    case .sum(let sum):
      return sum.terms.allSatisfy { term in
        guard term.factors.contains(where: { $0.operand == operand }) else { return true }
        if term.multiplies, isLargeDifference(node.operands[operand]) { return false }
        let isProduct =
          !term.summed.isEmpty && term.factors.count > 1
          && term.factors.allSatisfy { graph.constants[node.operands[$0.operand]] == nil }
        if isProduct, isOfScaledIntegers(node.operands[operand]) { return false }
        return term.factors.count == 1 || isLinear(node.operands[operand])
      }
    }
  }
}

extension FormGraph {
  /// The committed value whose fractional bits a sum has whatever they are, since the sum only adds and
  /// subtracts values that have the bits of that one; nil for everything else.
  ///
  /// - Parameter definitions: the node of each value that one defines.
  func difference(_ id: ValueID, _ definitions: [ValueID: Int]) -> ValueID? {
    guard let node = definitions[id].map({ nodes[$0] }), case .sum(let sum) = node.form,
      !sum.isPlainRead
    else { return nil }
    var sources: Set<ValueID> = []
    for term in sum.terms {
      guard abs(term.coefficient) == 1, term.summed.isEmpty, term.factors.count == 1,
        let source = scaleSource(node.operands[term.factors[0].operand], definitions)
      else { return nil }
      sources.insert(source)
    }
    return sources.count == 1 ? sources.first : nil
  }

  /// The committed value that gives another one its fractional bits; nil for what is not committed.
  private func scaleSource(_ id: ValueID, _ definitions: [ValueID: Int]) -> ValueID? {
    guard constants[id] == nil, self[id].isCommitted, self[id].kind == .real else { return nil }
    guard let node = definitions[id].map({ nodes[$0] }), node.keepsScale,
      !node.isConcatenation,
      let operand = committedOperands(of: node).first
    else { return id }
    return scaleSource(operand, definitions)
  }
}

extension SumForm.Term {
  /// Whether it multiplies what it reads by anything that is no power of two.
  fileprivate var multiplies: Bool { factors.count > 1 || coefficient.significandWidth != 0 }
}
