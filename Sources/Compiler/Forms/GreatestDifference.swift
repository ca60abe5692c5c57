import ConstraintSystem
import Equations

/// A function of what a value is below the greatest along one of its axes, as in a softmax.
struct GreatestDifference: Equatable {
  /// The node that looks the function up.
  var function: Int
  /// Where each difference is among those of the greatest's domain, followed by the axis.
  var positions: [AffineIndex]
}

extension FormGraph {
  /// The functions that are looked up of differences which nothing commits, by the nodes of the greatest
  /// values; one for each of these.
  var greatestDifferences: [Int: GreatestDifference] {
    let definitions = self.definitions
    var found: [Int: GreatestDifference] = [:]
    for (number, node) in nodes.enumerated() {
      guard case .apply(let apply) = node.form, !node.keepsScale,
        let (greatest, positions) = greatest(below: argument(of: node), definitions),
        apply.argument.positions == .identity(self[argument(of: node)].shape),
        found[greatest] == nil
      else { continue }
      found[greatest] = .init(function: number, positions: positions)
    }
    return found
  }

  /// The node of the greatest value that a sum takes off what it is the greatest of, and where the sum's
  /// elements are among the candidates.
  private func greatest(
    below id: ValueID, _ definitions: [ValueID: Int]
  ) -> (node: Int, positions: [AffineIndex])? {
    guard !self[id].isCommitted, let node = definitions[id].map({ nodes[$0] }),
      case .sum(let sum) = node.form, sum.terms.count == 2,
      sum.terms.allSatisfy({ $0.summed.isEmpty && $0.factors.count == 1 }),
      let value = sum.terms.first(where: { $0.coefficient == 1 })?.factors[0],
      let top = sum.terms.first(where: { $0.coefficient == -1 })?.factors[0],
      let number = definitions[node.operands[top.operand]],
      case .extreme(let form) = nodes[number].form, form.isMaximum, form.candidates.count == 1,
      form.indices.count == form.domainRank + 1
    else { return nil }
    let candidate = form.candidates[0]
    guard nodes[number].operands[candidate.operand] == node.operands[value.operand],
      candidate.positions.stayInside(
        self[node.operands[value.operand]].shape, { form.indices[$0].size })
    else { return nil }
    let inner = form.domainRank
    for index in sum.indices.indices where sum.indices[index].size == form.indices[inner].size {
      let positions = top.positions + [AffineIndex(index: index)]
      if candidate.positions.substituting({ positions[$0] }) == value.positions {
        return (number, positions)
      }
    }
    return nil
  }
}
