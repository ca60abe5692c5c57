import Equations

/// How the values and sums of a network become integers, for people.
struct ScaleListing {
  let graph: FormGraph
  let plan: ScalePlan
  let calibration: FormCalibration
  let classes: ValueClasses

  /// A line for each input and each node in order; of a sum one more, and one for each of its terms.
  var lines: [String] {
    let inputs = graph.inputs.map { "input \(line($0))" }
    return inputs
      + graph.nodes.indices.flatMap { number in
        [line(graph.nodes[number].output)]
          + (table(number) + sum(number)).map { "  \($0)" }
      }
  }

  /// A value's scale: where one integer stands for, the range, the class, and what calibration saw.
  private func line(_ id: ValueID) -> String {
    let value = graph[id]
    let choice = plan[id]
    let root = ValueID(classes.root(id.index))
    let parts = [
      "\(value.name)\(value.shape)", value.isCommitted ? value.kind.rawValue : "sum, not committed",
      "unit 2^\(-choice.bits)", width(choice.range),
      "in \(choice.range.lowerBound)...\(choice.range.upperBound)", seen(id),
    ]
    return (parts + (root == id ? [] : ["scale of \(graph[root].name)"])).joined(separator: "  ")
  }

  /// The least width of two's complement that holds a range.
  private func width(_ range: ClosedRange<Int>) -> String {
    let most = max(range.upperBound, -(range.lowerBound + 1))
    return "\(most.magnitudeBits + 1) bits"
  }

  private func seen(_ id: ValueID) -> String {
    let found = calibration[id]
    return "seen \(Float(found.low))...\(Float(found.high))"
  }

  /// The argument of a table.
  private func table(_ number: Int) -> [String] {
    guard let domain = plan.tables[number] else { return [] }
    let rows = domain.upperBound - domain.lowerBound + 1
    return ["table of \(rows) arguments, \(domain.lowerBound)...\(domain.upperBound)"]
  }

  /// The accumulator of a sum, and what its terms are multiplied by.
  private func sum(_ number: Int) -> [String] {
    let node = graph.nodes[number]
    guard let sum = plan.sums[number], case .sum(let form) = node.form else { return [] }
    let shift = sum.accumulatorBits - plan[node.output].bits
    let total =
      "sum of unit 2^\(-sum.accumulatorBits), magnitude \(sum.magnitude) "
      + "(\(sum.magnitude.magnitudeBits) bits)"
      + (graph[node.output].isCommitted ? ", rounded by \(shift) bits" : "")
    return [total] + zip(form.terms, sum.terms).map { "  " + term($0, $1, node) }
  }

  private func term(_ term: SumForm.Term, _ plan: SumPlan.Term, _ node: FormGraph.Node) -> String {
    let names = term.factors.map { graph[node.operands[$0.operand]].name }
    let product = (["\(plan.coefficient)"] + names).joined(separator: " * ")
    guard let bits = plan.constantBits else { return product }
    let held = plan.limits.map { ", held to \($0.lowerBound)...\($0.upperBound)" } ?? ""
    return "\(product), constant times \(Float(plan.factor)) of unit 2^\(-bits), magnitude "
      + "\(plan.constantMagnitude)\(held)"
  }
}
