import TensorGraph

/// Shows without computing anything that a network treats what lies along the leading axis one by
/// one: every operation keeps the rows of its operands apart. Some networks do so in a way that is
/// not seen here.
struct RowStructure {
  /// The network for a leading axis of 2.
  private let graph: FloatGraph
  /// Tensors of which the two rows belong to the two inferences.
  private var rows: Set<TensorID> = []

  private init(_ graph: FloatGraph) { self.graph = graph }

  /// - Parameter single: the same network for a leading axis of 1.
  static func isKept(_ single: FloatGraph, _ double: FloatGraph) -> Bool {
    guard single.nodes.count == double.nodes.count, single.inputs.count == double.inputs.count
    else { return false }
    var structure = RowStructure(double)
    for (one, two) in zip(single.inputs, double.inputs) where single[one] != double[two] {
      structure.rows.insert(two)
    }
    for (one, two) in zip(single.nodes, double.nodes) {
      guard structure.keeps(two), structure.agrees(one, two, single) else { return false }
    }
    return double.outputs.allSatisfy { structure.rows.contains($0.tensor) }
  }

  /// Whether the node is the same for both sizes, but for the extent of the leading axis, on which
  /// no value may depend either.
  private func agrees(
    _ one: FloatGraph.Node, _ two: FloatGraph.Node, _ single: FloatGraph
  ) -> Bool {
    let (small, large) = (single[one.output].shape, graph[two.output].shape)
    let isRow = rows.contains(two.output)
    return one.inputs == two.inputs && (isRow ? small == [1] + large.dropFirst() : small == large)
      && Self.isSame(one.operation, two.operation, besidesRows: isRow)
      && zip(one.inputs, two.inputs).allSatisfy { single.constants[$0] == graph.constants[$1] }
  }

  private static func isSame(
    _ one: Operation, _ two: Operation, besidesRows: Bool
  ) -> Bool {
    switch (one, two) {
    case (.reshape, .reshape): true
    case (.slice(let small), .slice(let large)) where besidesRows:
      small.dropFirst() == large.dropFirst()
    default: one == two
    }
  }

  private mutating func keeps(_ node: FloatGraph.Node) -> Bool {
    let apart = node.inputs.map(rows.contains)
    guard apart.contains(true) else { return true }
    guard graph[node.output].shape.first == 2, keeps(node, apart) else { return false }
    rows.insert(node.output)
    return true
  }

  private func keeps(_ node: FloatGraph.Node, _ apart: [Bool]) -> Bool {
    let isFirstOnly = apart[0] && !apart.dropFirst().contains(true)
    switch node.operation {
    case .relu, .leakyRelu, .clip, .maxPool, .averagePool, .globalAveragePool, .reshape:
      return true
    case .convolution, .batchNormalization: return isFirstOnly
    case .gemm(let gemm):
      return isFirstOnly && !gemm.transposeA
        && node.inputs.dropFirst(2).allSatisfy { isRepeated($0, along: 2) }
    case .matrixMultiply:
      let rank = graph[node.output].shape.count
      return rank == 2 ? isFirstOnly : areAligned(node, apart)
    case .add, .subtract, .multiply: return areAligned(node, apart)
    case .argMax(let axis, _): return axis != 0
    case .transpose(let permutation): return permutation.first == 0
    case .concatenate(let axis): return axis != 0 && !apart.contains(false)
    case .slice(let slices): return slices[0] == .init(start: 0, count: 2)
    case .pad(let before, let after, _): return before[0] == 0 && after[0] == 0
    }
  }

  /// Whether rows meet rows, and everything else is the same for all of them.
  private func areAligned(_ node: FloatGraph.Node, _ apart: [Bool]) -> Bool {
    let rank = graph[node.output].shape.count
    return zip(node.inputs, apart).allSatisfy { operand, isApart in
      isApart ? graph[operand].shape.count == rank : isRepeated(operand, along: rank)
    }
  }

  /// Whether a tensor that is broadcast to a rank has one row for all.
  private func isRepeated(_ id: TensorID, along rank: Int) -> Bool {
    let shape = graph[id].shape
    return shape.count < rank || shape.first == 1
  }
}
