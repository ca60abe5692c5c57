import ConstraintSystem
import Equations
import TensorGraph

/// Puts sums that one place reads into the sum that reads them: a batch normalisation into its
/// convolution, a residual beside a product, a square into its mean.
///
/// Constants meet as one; through a reshape or a transposition a constant's addend or factor goes to
/// the other side of it.
struct SumFolding {
  private(set) var maker: FormMaker
  private var places: [Int] = []
  private(set) var definitions: [ValueID: Int] = [:]
  let blindness: Blindness

  init(graph: FormGraph) {
    maker = FormMaker(editing: graph)
    blindness = Blindness(graph)
  }

  mutating func run() throws(GraphError) {
    places = maker.graph.readingPlaces
    definitions = maker.graph.definitions
    for index in maker.graph.nodes.indices {
      try tidy(index)
      while try fold(index) {}
    }
    maker.graph.removeDead()
  }

  /// Whether something was folded into the node's sum.
  private mutating func fold(_ index: Int) throws(GraphError) -> Bool {
    let node = maker.graph.nodes[index]
    guard case .sum(let sum) = node.form else { return false }
    for (number, term) in sum.terms.enumerated() {
      for (factor, read) in term.factors.enumerated() {
        if let nearer = bypassed(node, sum, number, factor) {
          maker.graph.nodes[index] = nearer
          return true
        }
        let value = node.operands[read.operand]
        guard let source = definitions[value], places[value.index] == 1 || isMask(source) else {
          continue
        }
        maker.name = maker.graph[node.output].name
        let site = FoldingSite(
          sum: sum, node: node, term: number, factor: factor, source: maker.graph.nodes[source],
          sides: blindness[value])
        if let folded = try site.folded(&maker) {
          maker.graph.nodes[index] = folded
          leave(value, source)
          try tidy(index)
          return true
        }
        if let (before, after) = site.exchanged(&maker, places, definitions) {
          countNew()
          maker.graph.nodes[source] = before
          maker.graph.nodes[index] = after
          definitions[before.output] = source
          definitions[after.output] = index
          while try fold(source) {}
          return false
        }
      }
    }
    return false
  }

  /// Counts a place less that reads a value, whose own operands are read there instead.
  private mutating func leave(_ value: ValueID, _ source: Int) {
    guard places[value.index] > 1 else { return }
    places[value.index] -= 1
    let node = maker.graph.nodes[source]
    for read in node.form.reads { places[node.operands[read.operand].index] += 1 }
  }

  /// Makes terms of constants one, and equal terms one.
  private mutating func tidy(_ index: Int) throws(GraphError) {
    guard case .sum(let sum) = maker.graph.nodes[index].form else { return }
    maker.name = maker.graph[maker.graph.nodes[index].output].name
    var tidying = SumTidying(sum: sum, node: maker.graph.nodes[index])
    maker.graph.nodes[index] = try tidying.run(&maker)
    countNew()
  }

  /// What has been made is read by what it was made for.
  private mutating func countNew() {
    places += [Int](repeating: 1, count: maker.graph.values.count - places.count)
  }
}
