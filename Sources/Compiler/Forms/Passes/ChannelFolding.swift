import ConstraintSystem
import Equations
import TensorGraph

/// Puts what scales and shifts each channel into the constants of the contractions that read it: a
/// normalisation's gain and bias go into the weights behind it, and are rounded only once, with these.
///
/// Unlike `SumFolding` it does so for any number of readers, where all of them are contractions over the
/// channels.
struct ChannelFolding {
  private(set) var maker: FormMaker
  private let outputs: Set<ValueID>

  /// A gain much greater than most of its channel's others would leave their weights few digits.
  private static let greatestPeak = 16.0

  init(graph: FormGraph) {
    maker = FormMaker(editing: graph)
    outputs = Set(graph.kept)
  }

  mutating func run() throws(GraphError) {
    var readers: [ValueID: [Int]] = [:]
    for (index, node) in maker.graph.nodes.enumerated() {
      for operand in Set(node.operands) { readers[operand, default: []].append(index) }
    }
    for source in maker.graph.nodes where isPerChannel(source) {
      guard !outputs.contains(source.output), let users = readers[source.output],
        let changed = try folded(source, into: users)
      else { continue }
      for (index, node) in zip(users, changed) { maker.graph.nodes[index] = node }
    }
    maker.graph.removeDead()
  }

  /// Whether a node is one computed value times a constant, with constants added.
  private func isPerChannel(_ node: FormGraph.Node) -> Bool {
    guard case .sum(let sum) = node.form else { return false }
    let graph = maker.graph
    func constant(_ read: FormRead) -> Tensor? { graph.constants[node.operands[read.operand]] }
    let products = sum.terms.filter { $0.factors.contains { constant($0) == nil } }
    guard products.count == 1, sum.terms.allSatisfy({ $0.summed.isEmpty }),
      products[0].factors.count == 2,
      let gain = products[0].factors.lazy.compactMap(constant).first, gain.count > 1,
      let value = products[0].factors.first(where: { constant($0) == nil })
    else { return false }
    let id = node.operands[value.operand]
    let squares = gain.doubles.reduce(0) { $0 + $1 * $1 }
    let usual = (squares / Double(gain.count)).squareRoot()
    return graph[id].kind == .real && !graph.inputs.contains(id)
      && gain.greatestMagnitude <= Self.greatestPeak * usual
  }

  /// The readers without the node that they read; nil where one of them does not take it.
  private mutating func folded(
    _ source: FormGraph.Node, into users: [Int]
  ) throws(GraphError) -> [FormGraph.Node]? {
    let before = maker
    var changed: [FormGraph.Node] = []
    for index in users {
      var node = maker.graph.nodes[index]
      while node.operands.contains(source.output) {
        guard let next = try folded(source, into: node) else {
          maker = before
          return nil
        }
        node = next
      }
      guard case .sum(let sum) = node.form else { continue }
      var tidying = SumTidying(sum: sum, node: node)
      changed.append(try tidying.run(&maker))
    }
    return changed
  }

  /// A reader with the node in the place of one of its reads.
  private mutating func folded(
    _ source: FormGraph.Node, into node: FormGraph.Node
  ) throws(GraphError) -> FormGraph.Node? {
    guard case .sum(let sum) = node.form else { return nil }
    for (number, term) in sum.terms.enumerated() {
      for (factor, read) in term.factors.enumerated()
      where node.operands[read.operand] == source.output {
        maker.name = maker.graph[node.output].name
        let site = FoldingSite(
          sum: sum, node: node, term: number, factor: factor, source: source)
        guard site.isContraction(maker.graph) else { return nil }
        return try site.folded(&maker, isChecked: true)?.tidied
      }
    }
    return nil
  }
}
