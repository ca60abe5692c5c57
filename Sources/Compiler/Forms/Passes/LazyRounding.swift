import ConstraintSystem
import Equations
import TensorGraph

/// Decides which sums are not committed, because every reader takes them exactly (`Paper/` section 17).
///
/// It sees structure only, never scales.
struct LazyRounding {
  /// How many reads more than its readers have a sum of values may cost.
  private static let maximumExtraReads = 8

  private(set) var graph: FormGraph
  private let blindness: Blindness
  private var readers: [ValueID: [Int]] = [:]
  /// For each sum that is not committed, of how many terms it is in the end.
  private var terms: [ValueID: Int] = [:]
  /// Those of sums that are not committed which sum over indices or multiply values.
  private var heavy: Set<ValueID> = []

  init(graph: FormGraph) {
    self.graph = graph
    blindness = Blindness(graph)
  }

  mutating func run() {
    let outputs = Set(graph.kept)
    for (index, node) in graph.nodes.enumerated() {
      for operand in Set(node.operands) { readers[operand, default: []].append(index) }
    }
    for node in graph.nodes {
      let id = node.output
      switch node.form {
      case .sum(let sum):
        note(sum, node)
        let isLazy = isTaken(id, outputs)
        graph.values[id.index].isCommitted = !isLazy
        if !isLazy { (terms[id], heavy) = (nil, heavy.subtracting([id])) }
      case .view where node.operands.count == 1:
        let source = node.operands[0]
        graph.values[id.index].isCommitted = graph[source].isCommitted
        terms[id] = terms[source]
        if heavy.contains(source) { heavy.insert(id) }
      default: break
      }
    }
  }

  private mutating func note(_ sum: SumForm, _ node: FormGraph.Node) {
    var count = 0
    for term in sum.terms {
      let values = term.factors.map { node.operands[$0.operand] }
      count += values.reduce(1) { $0 * (terms[$1] ?? 1) }
      let isHeavy =
        !term.summed.isEmpty || values.count > 1 || values.contains(where: heavy.contains)
      if isHeavy { heavy.insert(node.output) }
    }
    terms[node.output] = count
  }

  /// Whether every reader of a sum takes it as it is.
  private func isTaken(_ id: ValueID, _ outputs: Set<ValueID>) -> Bool {
    var uses: [Use] = []
    guard collect(id, outputs, &uses), !uses.isEmpty else { return false }
    let count = graph[id].count
    let own = terms[id] ?? 1
    let sums = Sums(graph, blindness)
    guard uses.allSatisfy({ takes($0, sums, own) }) else { return false }
    if own == 1, !heavy.contains(id) { return true }
    guard uses.allSatisfy({ $0.space <= count }) else { return false }
    return heavy.contains(id) ? uses.count == 1 : uses.count * (own - 1) <= Self.maximumExtraReads
  }

  /// One read of a value, or of what a view made of it.
  private struct Use {
    var value: ValueID
    var node: FormGraph.Node
    /// At how many places of its node's indices.
    var space: Int
  }

  /// Gathers the reads; false where an output or a view of several values takes it.
  private func collect(_ id: ValueID, _ outputs: Set<ValueID>, _ uses: inout [Use]) -> Bool {
    if outputs.contains(id) { return false }
    for index in readers[id] ?? [] {
      let node = graph.nodes[index]
      if case .view = node.form {
        guard node.operands.count == 1, collect(node.output, outputs, &uses) else { return false }
        continue
      }
      let sizes = node.sizes(graph[node.output].shape)
      func add(_ reads: [FormRead], _ indices: [Int]) {
        let space = indices.reduce(1) { $0 * sizes[$1] }
        for read in reads where node.operands[read.operand] == id {
          uses.append(Use(value: id, node: node, space: space))
        }
      }
      if case .sum(let sum) = node.form {
        for term in sum.terms { add(term.factors, Array(0..<sum.domainRank) + term.summed) }
      } else {
        add(node.form.reads, Array(sizes.indices))
      }
    }
    return true
  }

  private func takes(_ use: Use, _ sums: Sums, _ own: Int) -> Bool {
    guard let operand = use.node.operands.firstIndex(of: use.value),
      sums.takes(use.node, operand: operand)
    else { return false }
    guard case .sum(let sum) = use.node.form else { return true }
    return sum.terms.count - 1 + own <= Sums.maximumTerms
  }
}
