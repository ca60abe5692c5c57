import Equations
import Foundation

extension ScalePlan {
  /// The plan that follows from choices.
  ///
  /// - Parameter chosen: by value; what is said of values that are not committed does not count but
  ///   for the bits that they would have.
  init(_ graph: FormGraph, _ chosen: [Value], _ options: CompileOptions) {
    values = chosen
    sums = [:]
    for (number, node) in graph.nodes.enumerated() {
      switch node.form {
      case .sum(let form): add(number, SumFacts(form, node, graph), graph, options)
      case .view where !graph[node.output].isCommitted: addView(node, graph)
      default: break
      }
    }
  }

  private mutating func add(
    _ number: Int, _ facts: SumFacts, _ graph: FormGraph, _ options: CompileOptions
  ) {
    let output = facts.node.output
    let operands = facts.node.operands.map { id -> SumScales.Operand? in
      guard graph.constants[id] == nil else { return nil }
      return .init(bits: values[id.index].bits, magnitude: values[id.index].range.magnitude)
    }
    let scales = SumScales(facts: facts, operands: operands, options: options)
    let isCommitted = graph[output].isCommitted
    let accumulator = scales.accumulatorBits(
      output: values[output.index].bits, isCommitted: isCommitted)
    let plan = scales.plan(accumulator: accumulator)
    sums[number] = plan
    guard !isCommitted else { return }
    values[output.index] = Value(bits: accumulator, range: -plan.magnitude...plan.magnitude)
  }

  /// What moves a sum that is not committed holds it as it is.
  private mutating func addView(_ node: FormGraph.Node, _ graph: FormGraph) {
    let parts = node.operands.filter { graph.constants[$0] == nil }.map { values[$0.index] }
    let bits = parts.map(\.bits).max() ?? 0
    let magnitude = parts.reduce(1) { greatest, part in
      let scaled = scalbn(Double(part.range.magnitude), bits - part.bits)
      return max(greatest, scaled < 0x1p62 ? Int(scaled) : Int.max)
    }
    values[node.output.index] = Value(bits: bits, range: -magnitude...magnitude)
  }
}
