import Equations

/// How many digits sums may have that are not committed and are multiplied by each other: the products, and
/// what these add up to, must leave room in an accumulator. It follows from a graph's structure, so that
/// whoever has a system's scales finds the same.
struct SquareRoom {
  private var digits: [ValueID: Int] = [:]

  init(_ graph: FormGraph, _ options: CompileOptions) {
    for node in graph.nodes.reversed() where graph[node.output].kind == .real {
      let own = graph[node.output].isCommitted ? nil : digits[node.output]
      switch node.form {
      case .sum(let form):
        for term in form.terms {
          let values = term.factors.map { node.operands[$0.operand] }
            .filter { graph.constants[$0] == nil }
          if values.count == 2, values.allSatisfy({ !graph[$0].isCommitted }) {
            let count = term.summed.reduce(1) { $0 * form.indices[$1].size }
            let room = (options.accumulatorBits - 1 - count.ceilingLog2) / 2
            for value in values where graph[value].kind == .real { limit(value, to: room) }
          } else if values.count == 1, let own, graph[values[0]].kind == .real {
            limit(values[0], to: own - form.terms.count.ceilingLog2)
          }
        }
      case .view:
        if let own { for operand in node.operands { limit(operand, to: own) } }
      default: break
      }
    }
  }

  private mutating func limit(_ id: ValueID, to room: Int) {
    let room = max(room, Self.fewest)
    digits[id] = min(digits[id] ?? room, room)
  }

  /// With fewer digits a value is worth nothing.
  private static let fewest = 12

  /// Nil where there is no such limit.
  subscript(_ id: ValueID) -> Int? { digits[id] }
}
