import Equations
import Foundation

extension FormCalibration {
  /// What is left of values' statistics without elements that are beyond all measure on a side where
  /// nobody can tell, and the values that have such elements.
  func held(
    _ graph: FormGraph, _ blindness: Blindness
  ) -> (calibration: FormCalibration, values: Set<ValueID>) {
    var result = self
    var found: Set<ValueID> = []
    let (masked, hidden) = masked(graph, blindness)
    for id in masked {
      let own = values[id.index]
      guard let limit = own.spread.limit(blindness[id]) else {
        // What data hides need not have been hidden in any sample, and there need be nothing else.
        guard hidden.contains(id) else { continue }
        if own.magnitude < Saturation.mask / 2 {
          found.insert(id)
        } else if own.spread.least >= Saturation.mask / 2, !own.spread.isTold(blindness[id]) {
          result.values[id.index] = Statistics()
          found.insert(id)
        }
        continue
      }
      let inner = own.spread.inner(limit)
      result.values[id.index].low = max(own.low, -inner.magnitude)
      result.values[id.index].high = min(own.high, inner.magnitude)
      (result.values[id.index].total, result.values[id.index].count) = (inner.total, inner.count)
      found.insert(id)
    }
    return (result, found)
  }

  /// The values that a mask is added to, far greater than all else there, and what is made of them; and
  /// those of them that data masks.
  private func masked(
    _ graph: FormGraph, _ blindness: Blindness
  ) -> (all: Set<ValueID>, byData: Set<ValueID>) {
    var found: Set<ValueID> = []
    var byData: Set<ValueID> = []
    for node in graph.nodes where blindness[node.output] != .none {
      let isPassed: Bool
      switch node.form {
      case .sum(let form):
        let masks = form.masks(node, graph, blindness[node.output])
        let facts = SumFacts(form, node, graph)
        isPassed = hasMask(facts, masks, graph)
        if isPassed, masks.contains(where: { !facts.terms[$0].isConstant }) {
          byData.insert(node.output)
        }
      case .view:
        let inner = node.operands.filter { graph.constants[$0] == nil }
        let greatest = inner.reduce(0) { max($0, self[$1].magnitude) }
        isPassed = node.operands.contains {
          isMask(graph.constants[$0]?.greatestMagnitude ?? 0, beside: greatest)
        }
      case .extreme, .apply, .pick: isPassed = false
      default: continue
      }
      if isPassed || node.operands.contains(where: found.contains) { found.insert(node.output) }
      if node.operands.contains(where: byData.contains) { byData.insert(node.output) }
    }
    return (found, byData)
  }

  /// - Parameter known: the terms that mask by the graph's structure.
  private func hasMask(_ facts: SumFacts, _ known: [Int], _ graph: FormGraph) -> Bool {
    let isKnown = Set(known)
    func isMask(_ number: Int) -> Bool {
      let term = facts.terms[number]
      return term.isConstant || facts.isOfTruths(term) || isKnown.contains(number)
    }
    let masks = facts.terms.indices.filter(isMask).map { facts.terms[$0] }
    let rest = facts.terms.indices.filter { !isMask($0) }.map { facts.terms[$0] }
    let greatest = rest.reduce(0.0) { sum, term in
      sum
        + term.values.reduce(term.magnitude) { $0 * self[facts.node.operands[$1]].magnitude }
        * Double(term.count)
    }
    let isGreat = { (term: SumFacts.Term) in term.magnitude >= Saturation.mask }
    return masks.contains { self.isMask($0.magnitude, beside: greatest) }
      // A multiple of 1 − p, beside p.
      || (rest + masks).contains { isGreat($0) && !$0.isConstant && !facts.isOfTruths($0) }
        && masks.contains { isGreat($0) && ($0.isConstant || facts.isOfTruths($0)) }
  }

  private func isMask(_ constant: Double, beside other: Double) -> Bool {
    constant >= Saturation.mask && constant >= 4 * Saturation.dominance * other
  }
}
