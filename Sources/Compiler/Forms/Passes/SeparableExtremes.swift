import ConstraintSystem
import Equations

/// Takes the extreme of a window of more than four candidates along one axis after the other, where
/// that compares fewer elements in all.
struct SeparableExtremes {
  private static let smallWindow = 4

  private(set) var maker: FormMaker

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() {
    var nodes: [FormGraph.Node] = []
    for node in maker.graph.nodes { nodes += separated(node) }
    maker.graph.nodes = nodes
  }

  private mutating func separated(_ node: FormGraph.Node) -> [FormGraph.Node] {
    guard case .extreme(let extreme) = node.form, extreme.candidates.count == 1 else {
      return [node]
    }
    let rank = extreme.domainRank
    let window = extreme.indices.dropFirst(rank).reduce(1) { $0 * $1.size }
    guard extreme.indices.count > rank + 1, window > Self.smallWindow,
      let axis = bestAxis(extreme, of: node)
    else { return [node] }
    let (first, second) = split(extreme, node, axis)
    return separated(first) + separated(second)
  }

  /// The axis of the operand whose window is best taken first; nil where none is, or it is not a window
  /// of its own.
  private func bestAxis(_ extreme: ExtremeForm, of node: FormGraph.Node) -> Int? {
    let rank = extreme.domainRank
    let read = extreme.candidates[0]
    let operand = maker.graph[node.operands[0]]
    let inner = read.positions.map { [$0].usedIndices.filter { $0 >= rank } }
    let window = extreme.indices.dropFirst(rank).reduce(1) { $0 * $1.size }
    let direct = maker.graph[node.output].count * window
    var best: (axis: Int, cost: Int)?
    for axis in inner.indices
    where !inner[axis].isEmpty && inner[axis].count < extreme.indices.count - rank {
      let own = inner[axis].reduce(1) { $0 * extreme.indices[$1].size }
      let outer = [read.positions[axis]].usedIndices.filter { $0 < rank }
        .reduce(1) { $0 * extreme.indices[$1].size }
      let between = operand.count / operand.shape[axis] * outer
      let cost = between * own + maker.graph[node.output].count * (window / own)
      if cost < best?.cost ?? direct { best = (axis, cost) }
    }
    return best?.axis
  }

  /// First along one axis of the operand, then along the others.
  private mutating func split(
    _ extreme: ExtremeForm, _ node: FormGraph.Node, _ axis: Int
  ) -> (FormGraph.Node, FormGraph.Node) {
    let read = extreme.candidates[0]
    let rank = extreme.domainRank
    let operand = maker.graph[node.operands[0]]
    let used = [read.positions[axis]].usedIndices
    let (outer, inner) = (used.filter { $0 < rank }, used.filter { $0 >= rank })
    // The axis is replaced by those of the result that it depends on.
    var indices: [Equation.Index] = []
    var positions: [AffineIndex] = []
    var after: [AffineIndex] = []
    for place in operand.shape.indices where place != axis {
      positions.append(AffineIndex(index: indices.count))
      indices.append(.init(name: "axis\(place)", size: operand.shape[place]))
      after.append(read.positions[place])
    }
    var numbers: [Int: Int] = [:]
    for index in outer + inner {
      numbers[index] = indices.count
      indices.append(extreme.indices[index])
      if index < rank { after.append(AffineIndex(index: index)) }
    }
    positions.insert(
      read.positions[axis].substituting { AffineIndex(index: numbers[$0] ?? 0) }, at: axis)
    let shape = indices.dropLast(inner.count).map(\.size)
    let value = maker.addValue("\(maker.graph[node.output].name)/axis", shape, operand.kind)
    let first = ExtremeForm(
      isMaximum: extreme.isMaximum, indices: indices, domainRank: shape.count,
      candidates: [FormRead(operand: 0, positions: positions)])
    let kept = extreme.indices.indices.filter { !inner.contains($0) }
    let renumbered = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    let second = ExtremeForm(
      isMaximum: extreme.isMaximum, indices: kept.map { extreme.indices[$0] }, domainRank: rank,
      candidates: [
        FormRead(
          operand: 0,
          positions: after.substituting { AffineIndex(index: renumbered[$0] ?? 0) })
      ])
    return (
      .init(layer: node.layer, form: .extreme(first), operands: node.operands, output: value),
      .init(layer: node.layer, form: .extreme(second), operands: [value], output: node.output)
    )
  }
}
