import ConstraintSystem
import Equations
import TensorGraph

// Trees as equations: a step from node to node for each level, each a row of the table of nodes.
extension GraphImporter {
  /// What a forest's trees give for each row of a table: `[rows, trees]` numbers of leaves, with the table
  /// that numbers them.
  mutating func walk(
    _ forest: Forest, _ operand: ValueID, of node: NodeView
  ) throws(GraphError) -> (leaves: ValueID, table: ForestTable) {
    let x = try rows(operand, of: node)
    let features = builder[x].shape[1]
    guard forest.branches.allSatisfy({ $0.feature < features }) else {
      throw GraphError(.attribute, "a branch asks a feature beyond the \(features) of its operand")
    }
    if let found = try comparedFeatures(x, of: node),
      let functions = found.ofColumns(builder[x].shape),
      let table = try? ForestTable(
        forest, features: features,
        place: { feature, cut throws(GraphError) in
          guard let place = functions[feature].place(of: cut) else {
            throw GraphError(.unsupported, "a feature that is not monotone")
          }
          return place
        })
    {
      // The range of what is compared, and of numbers of nodes.
      let domain = functions.flatMap { [-$0.domain.lowerBound, $0.domain.upperBound] }.max() ?? 0
      let bound = max(domain + 1, table.firstLeaf + table.leaves.count, features)
      return (try walk(table, found.value, bound: -bound...bound, of: node), table)
    }
    let table = try ForestTable(forest, features: features) { _, cut throws(GraphError) in
      let value = cut.isBelow ? Double(Float(cut.value).nextDown) : cut.value
      return ForestTable.Place(threshold: value, isTurned: false)
    }
    let reals = try realRows(x, of: node)
    return (try walk(table, reals, bound: nil, of: node), table)
  }

  /// - Parameter bound: what rows of the table hold at the most, where integers are compared; nil for reals,
  ///   whose thresholds are rounded as they are.
  private mutating func walk(
    _ table: ForestTable, _ x: ValueID, bound: ClosedRange<Int>?, of node: NodeView
  ) throws(GraphError) -> ValueID {
    var place = try firstStep(table, x, isExact: bound != nil, of: node)
    guard table.depth > 1 else { return place }
    let nodes = try nodeTable(table, bound: bound, of: node)
    for level in 1..<table.depth {
      let offset = level == table.depth - 1 ? table.firstLeaf : 0
      place = try self.step(
        from: place, nodes, x, less: offset, of: node, name: "level\(level)")
    }
    return place
  }

  /// The roots have no numbers: each tree's feature is chosen by a row of ones and zeros.
  private mutating func firstStep(
    _ table: ForestTable, _ x: ValueID, isExact: Bool, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let (count, features) = (table.roots.count, builder[x].shape[1])
    var ones = [Int64](repeating: 0, count: features * count)
    for (tree, root) in table.roots.enumerated() { ones[root.feature * count + tree] = 1 }
    let chosen = try constant(
      integers: ones, [features, count], of: node, step: "roots/features")
    let sizes = [builder[x].shape[0], count, features]
    let value = try node.emit(
      Equation(
        sizes, rank: 2, .reduce(.sum, over: [2], .at(0, 0, 2) * .at(1, 2, 1))),
      kind: builder[x].kind, [x, chosen], to: &builder, step: "roots/values")
    if isExact, let bounds = builder[x].bounds { builder.bound(value, to: bounds) }
    let thresholds = try thresholds(table.roots, isExact, of: node, step: "roots/thresholds")
    let offset = table.depth == 1 ? table.firstLeaf : 0
    let children = try constant(
      integers: table.roots.map { Int64($0.child - offset) }, [count], of: node,
      step: "roots/children")
    return try node.emit(
      Equation([sizes[0], count], rank: 2, .at(2, 1) + .binary(.less, .at(1, 1), .at(0, 0, 1))),
      kind: .integer, [value, thresholds, children], to: &builder, step: "level0/place")
  }

  private mutating func thresholds(
    _ rows: [ForestTable.Row], _ isExact: Bool, of node: NodeView, step: String
  ) throws(GraphError) -> ValueID {
    let shape = [rows.count]
    return isExact
      ? try constant(
        integers: rows.map { Int64($0.threshold) }, shape, of: node, step: step)
      : try constant(rows.map { Float($0.threshold) }, shape, of: node, step: step)
  }

  /// The nodes behind the roots: in each row a feature, where it goes on and the threshold; or, where that
  /// is a real number in a list of its own, a one that is a zero for a leaf.
  private struct NodeTable {
    var rows: ValueID
    var thresholds: ValueID?
    var bound: ClosedRange<Int>?
    var trees: Int
  }

  private mutating func nodeTable(
    _ table: ForestTable, bound: ClosedRange<Int>?, of node: NodeView
  ) throws(GraphError) -> NodeTable {
    let values = table.rows.flatMap { row -> [Int64] in
      // Nothing that is compared is above the bound.
      let last = bound.map { row.isLeaf ? $0.upperBound : Int(row.threshold) }
      return [Int64(row.feature), Int64(row.child), Int64(last ?? (row.isLeaf ? 0 : 1))]
    }
    let rows = try constant(
      integers: values, [table.rows.count, 3], of: node, step: "nodes")
    var nodes = NodeTable(rows: rows, bound: bound, trees: table.trees)
    guard bound == nil else { return nodes }
    // What is the same everywhere would be a single number.
    let isZero = table.rows.allSatisfy { $0.threshold == 0 }
    let other = ForestTable.Row(feature: 0, threshold: isZero ? 1 : 0, child: 0)
    nodes.thresholds = try thresholds(
      table.rows + [other], false, of: node, step: "nodes/thresholds")
    return nodes
  }

  /// One level: where each row goes from a node of each tree, less an offset.
  private mutating func step(
    from place: ValueID, _ nodes: NodeTable, _ x: ValueID, less offset: Int, of node: NodeView,
    name: String
  ) throws(GraphError) -> ValueID {
    let shape = [builder[place].shape[0], nodes.trees]
    func picked(_ operand: Int, _ more: ReadPosition...) -> RealExpression {
      .read(
        OperandRead(operand: operand, positions: [.computed(.at(1, 0, 1))] + more))
    }
    let row = try node.emit(
      Equation(shape + [3], rank: 3, picked(0, .affine(AffineIndex(index: 2)))),
      kind: .integer, [nodes.rows, place], to: &builder, step: "\(name)/node")
    if let bound = nodes.bound { builder.bound(row, to: bound) }
    func field(_ column: Int) -> RealExpression {
      .read(
        OperandRead(
          operand: 0,
          positions: [
            .affine(AffineIndex(index: 0)), .affine(AffineIndex(index: 1)),
            .affine(AffineIndex(constant: column)),
          ]))
    }
    let feature = OperandRead(
      operand: 1, positions: [.affine(AffineIndex(index: 0)), .computed(field(0))])
    let value = try node.emit(
      Equation(shape, rank: 2, .read(feature)), kind: builder[x].kind, [row, x], to: &builder,
      step: "\(name)/value")
    if let bounds = builder[x].bounds { builder.bound(value, to: bounds) }
    var operands = [row, value]
    var next = field(1) + .binary(.less, field(2), .at(1, 0, 1))
    if let thresholds = nodes.thresholds {
      operands.append(
        try node.emit(
          Equation(shape, rank: 2, picked(0)), [thresholds, place], to: &builder,
          step: "\(name)/threshold"))
      next = field(1) + field(2) * .binary(.less, .at(2, 0, 1), .at(1, 0, 1))
    }
    return try node.emit(
      Equation(shape, rank: 2, offset == 0 ? next : next - .constant(Double(offset))),
      kind: .integer, operands, to: &builder, step: "\(name)/place")
  }
}
