import CircuitLanguage
import ConstraintSystem
import Equations

extension Realiser {
  /// The greatest of all candidates, and what each is below it where a function is looked up of that. A
  /// difference beyond the table's end is held to it.
  mutating func greatest(
    of all: TensorView, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    guard let difference = differences[number], let depth = depth(of: difference, number, all)
    else { return try instantiate("extreme", [all], site) }
    let outputs = try builder.instantiate(
      "extreme_below", [all], parameters: ["depth": depth], name: site.name,
      fractionalBits: site.value.bits)
    let argument = graph.argument(of: graph.nodes[difference.function])
    held[difference.function] = try builder.read(
      outputs[1], sizes: graph[argument].shape, positions: difference.positions, name: site.name)
    return outputs[0]
  }

  /// To what differences are held; nil where the table has them all, or does not go as far as zero.
  private func depth(
    of difference: GreatestDifference, _ number: Int, _ all: TensorView
  ) -> Int? {
    let node = graph.nodes[difference.function]
    guard let table = plan.table(difference.function, of: graph),
      let domain = plan.tables[difference.function],
      let low = table.limits(domain).low, low < 0, domain.contains(0),
      all.range.upperBound - all.range.lowerBound > -low,
      plan[graph.argument(of: node)].bits == plan[graph.nodes[number].output].bits,
      graph.nodes[number].operands.allSatisfy({
        plan[$0].bits == plan[graph.nodes[number].output].bits
      })
    else { return nil }
    return -low
  }
}
