import ConstraintSystem
import Equations
import TensorGraph

/// Shows without computing anything that a network treats what lies along the leading axis one by
/// one: every equation and every view keeps the rows of its operands apart. Some networks do so in a
/// way that is not seen here.
struct RowStructure {
  /// The network for a leading axis of 2.
  private let graph: EquationGraph
  /// Values of which the two rows belong to the two inferences.
  private var rows: Set<ValueID> = []

  private init(_ graph: EquationGraph) { self.graph = graph }

  /// - Parameter single: the same network for a leading axis of 1.
  static func isKept(_ single: EquationGraph, _ double: EquationGraph) -> Bool {
    guard single.nodes.count == double.nodes.count, single.inputs.count == double.inputs.count
    else { return false }
    var structure = RowStructure(double)
    for (one, two) in zip(single.inputs, double.inputs) where single[one] != double[two] {
      structure.rows.insert(two)
    }
    for (one, two) in zip(single.nodes, double.nodes) {
      guard structure.keeps(two), structure.agrees(one, two, single) else { return false }
    }
    return double.outputs.allSatisfy { structure.rows.contains($0.value) }
  }

  /// Whether the node is the same for both sizes, but for the extent of the leading axis, on which
  /// no value may depend either.
  private func agrees(
    _ one: EquationGraph.Node, _ two: EquationGraph.Node, _ single: EquationGraph
  ) -> Bool {
    let (small, large) = (single[one.output].shape, graph[two.output].shape)
    let isRow = rows.contains(two.output)
    return one.operands == two.operands
      && (isRow ? small == [1] + large.dropFirst() : small == large)
      && Self.isSame(one.definition, two.definition, besidesRows: isRow)
      && zip(one.operands, two.operands).allSatisfy { single.constants[$0] == graph.constants[$1] }
  }

  private static func isSame(
    _ one: EquationGraph.Definition, _ two: EquationGraph.Definition, besidesRows: Bool
  ) -> Bool {
    switch (one, two) {
    case (.view(.reshape), .view(.reshape)): return true
    case (.view(.slice(let small)), .view(.slice(let large))) where besidesRows:
      return small.dropFirst() == large.dropFirst()
    case (.view(.broadcast(let small)), .view(.broadcast(let large))) where besidesRows:
      return small.dropFirst() == large.dropFirst()
    case (.equation(let small), .equation(var large)) where besidesRows:
      large.indices[0].size = small.indices[0].size
      return small == large
    default: return one == two
    }
  }

  private mutating func keeps(_ node: EquationGraph.Node) -> Bool {
    let apart = node.operands.map(rows.contains)
    guard apart.contains(true) else { return true }
    guard graph[node.output].shape.first == 2 else { return false }
    let isKept =
      switch node.definition {
      case .equation(let equation): equation.value.keepsRows(apart)
      case .view(let view): keeps(view, apart)
      }
    if isKept { rows.insert(node.output) }
    return isKept
  }

  private func keeps(_ view: ViewStep, _ apart: [Bool]) -> Bool {
    switch view {
    case .reshape: true
    case .transpose(let permutation): permutation.first == 0
    case .concatenate(let axis): axis != 0 && !apart.contains(false)
    case .slice(let slices): slices[0] == .init(start: 0, count: 2, step: 1)
    case .pad(let before, let after): before[0] == 0 && after[0] == 0
    // Two rows are not repeated, so axes can only have been added behind the first.
    case .broadcast(let shape): shape.first == 2
    }
  }
}

extension RealExpression {
  /// Whether operands with rows are read at the row that is computed, and nothing else depends on
  /// which one that is.
  fileprivate func keepsRows(_ apart: [Bool]) -> Bool {
    switch self {
    case .constant: true
    case .index(let index): !index.readsRow
    case .read(let read): read.keepsRows(apart)
    case .unary(_, let operand): operand.keepsRows(apart)
    case .binary(_, let left, let right): left.keepsRows(apart) && right.keepsRows(apart)
    case .select(let condition, let first, let second):
      condition.keepsRows(apart) && first.keepsRows(apart) && second.keepsRows(apart)
    case .reduce(_, _, let term): term.keepsRows(apart)
    }
  }
}

extension OperandRead {
  fileprivate func keepsRows(_ apart: [Bool]) -> Bool {
    let isRow = apart[operand]
    for (axis, position) in positions.enumerated() {
      switch position {
      case .computed(let expression):
        guard expression.keepsRows(apart), !(isRow && axis == 0) else { return false }
      case .affine(let index):
        let isRowPosition = isRow && axis == 0
        guard isRowPosition ? index == AffineIndex(index: 0) : !index.readsRow else { return false }
      }
    }
    return !(isRow && positions.isEmpty)
  }
}

extension AffineIndex {
  fileprivate var readsRow: Bool { terms.contains { $0.index == 0 } }
}
