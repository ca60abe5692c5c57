import Equations
import TensorGraph

extension FormGraph {
  /// The nodes that no integers can stand for, and the outputs that can't be, once for each layer.
  var obstacles: [UnsupportedNode] {
    var found: [UnsupportedNode] = []
    let blindness = Blindness(self)
    for node in nodes {
      guard let reason = obstacle(node) ?? infinityObstacle(node, blindness) else { continue }
      let layer = layers[node.layer]
      let next = UnsupportedNode(name: layer.name, operation: layer.operation, reason: reason)
      if found.last?.name != next.name { found.append(next) }
    }
    return found
      + outputs.compactMap { output in
        constantObstacle(output.value).map {
          UnsupportedNode(name: output.name, operation: "output", reason: $0)
        }
      }
  }

  /// Why a constant can't be an output; nil when it can, or is none.
  private func constantObstacle(_ id: ValueID) -> String? {
    guard let constant = constants[id] else { return nil }
    if constant.count == 0 { return "it is empty, of the shape \(constant.shape)" }
    if !isFinite(id) { return "it holds infinite values" }
    let range = CompileOptions.activationRange
    let isWide = constant.integers?.contains { $0 < range.lowerBound || $0 > range.upperBound }
    return isWide == true ? "it holds integers beyond 16 bits" : nil
  }

  private func isFinite(_ id: ValueID) -> Bool {
    guard let constant = constants[id] else { return true }
    return constant.reals.allSatisfy(\.isFinite)
  }

  private func obstacle(_ node: Node) -> String? {
    if let operand = node.operands.first(where: { !isFinite($0) }) {
      return "its operand \"\(self[operand].name)\" holds infinite values"
    }
    switch node.form {
    case .sum(let sum): return sum.terms.lazy.compactMap { obstacle($0, sum, node) }.first
    case .apply(let apply) where !node.keepsScale && apply.function.formula == nil:
      return
        "there are no tables of such a function: it is too long, or has a power whose exponent "
        + "varies or is no quotient of 64-bit integers"
    case .place(let place):
      let extent = place.indices.last?.size ?? 1
      return extent <= 1 << 15 ? nil : "\(extent) candidates; up to \(1 << 15) are supported"
    default: return nil
    }
  }

  /// Why a term's sums may leave the accumulator; those of weights can be longer, since weights can be
  /// coarser.
  private func obstacle(_ term: SumForm.Term, _ sum: SumForm, _ node: Node) -> String? {
    let count = term.summed.reduce(1) { $0 * sum.indices[$1].size }
    let values = term.factors.count { constants[node.operands[$0.operand]] == nil }
    let most = values == 2 ? 1 << 16 : 1 << 24
    return count <= most ? nil : "a sum of \(count) products; up to \(most) are supported"
  }
}
