import ConstraintSystem
import Equations
import TensorGraph

/// The boxes that are left when those are taken away that overlap one with a better score.
///
/// How many there are depends on the scores, so that the caller says how many rows the result has: the
/// first ones of those that are selected, and behind them rows of −1.
@Sendable
func importBoxSelection(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let selection = try BoxSelection(node, importer)
  let rows = try selection.rows(&importer.builder)
  return [.init(value: .tensor(rows), format: .signed(bits: 64))]
}

/// Scores of boxes by batch and class. One box after the other is taken of each: the one with the
/// greatest score of those that are left, of several the first.
private struct BoxSelection {
  private let node: NodeView
  private let boxes: ValueID
  private let scores: ValueID
  private let batches: Int
  private let classes: Int
  private let count: Int
  /// How many boxes of a batch and class are taken at most.
  private let runs: Int
  /// How many rows the result has.
  private let rowCount: Int
  private let overlap: Double
  private let least: Double?
  private let isCentered: Bool

  /// More places of the result, each compared with each row, than a network has.
  private static let mostComparisons = 1 << 22

  init(_ node: ControlNode, _ importer: GraphImporter) throws(GraphError) {
    let (view, builder) = (node.view, importer.builder)
    self.node = view
    boxes = try view.input(0)
    scores = try view.input(1)
    let (corners, shape) = (builder[boxes].shape, builder[scores].shape)
    guard corners.count == 3, shape.count == 3, corners[2] == 4, corners[0] == shape[0],
      corners[1] == shape[2]
    else { throw GraphError(.shape, "boxes of the shape \(corners) and scores of \(shape)") }
    (batches, classes, count) = (shape[0], shape[1], shape[2])
    let most = try view.constantInts(2, "greatest number of boxes", builder)?.first ?? 0
    overlap = Double(try view.constantReal(3, "overlap", builder) ?? 0)
    least = try view.constantReal(4, "least score", builder).map(Double.init)
    isCentered = try view.flag("center_point_box", default: false)
    guard most > 0 else {
      throw GraphError(.unsupported, "it selects no boxes, so that its result has no elements")
    }
    guard 0...1 ~= overlap else {
      throw GraphError(.value, "its overlap \(overlap) is no part of 1")
    }
    let all = batches * classes * min(most, count)
    guard let wanted = importer.options.selectedRows else {
      throw GraphError(
        .unsupported,
        "how many boxes it selects depends on an input of the network, and shapes are fixed: say how "
          + "many rows its result has with --selected-rows, \(all) for all that there can be; those that "
          + "it does not select are −1")
    }
    rowCount = min(wanted, all)
    runs = min(most, count, rowCount)
    guard rowCount > 0, all <= Self.mostComparisons / rowCount, runs <= 1 << 10 else {
      throw GraphError(.tooLarge, "it selects \(rowCount) of \(all) boxes; let it select fewer")
    }
  }

  func rows(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID {
    let corners = try corners(&builder)
    let floor = try belowAll(&builder)
    var left = try start(&builder)
    var taken: [ValueID] = []
    for run in 0..<runs {
      let best = try best(of: left, floor, run, &builder)
      let found = try emit(
        [batches, classes, count], rank: 2, .reduce(.maximum, over: [2], .at(0, 0, 1, 2)), .integer,
        [left], "found\(run)", &builder)
      let place = try emit(
        [batches, classes], rank: 2, .select(.at(1, 0, 1), .at(0, 0, 1), -1), .integer,
        [best, found], "taken\(run)", &builder)
      taken.append(
        try node.emit(
          .reshape([batches, classes, 1]), [place], to: &builder, step: "places\(run)"))
      if run + 1 < runs { left = try others(left, best, corners, run, &builder) }
    }
    let places =
      taken.count == 1
      ? taken[0]
      : try node.emit(.concatenate(axis: 2), taken, to: &builder, step: "places")
    return try listed(places, &builder)
  }

  private func emit(
    _ sizes: [Int], rank: Int, _ value: RealExpression, _ kind: ElementKind, _ operands: [ValueID],
    _ step: String?, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    try node.emit(
      Equation(sizes, rank: rank, value), kind: kind, operands, to: &builder, step: step)
  }
}

// What a box is left by.
extension BoxSelection {
  /// Of each box the least and the greatest place along both axes, and the area: [batches, boxes, 5].
  private func corners(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID {
    func side(_ number: Int) -> RealExpression {
      .read(
        OperandRead(
          operand: 0,
          positions: [
            NodeView.along(0), NodeView.along(1), .affine(AffineIndex(constant: number)),
          ]))
    }
    var parts: [ValueID] = []
    for axis in 0..<2 {
      let half = side(axis + 2) * .constant(0.5)
      let (a, b) = (side(axis), side(axis + 2))
      let low = isCentered ? side(axis) - half : RealExpression.minimum(a, b)
      let high = isCentered ? side(axis) + half : RealExpression.maximum(a, b)
      for (name, value) in [("low", low), ("high", high)] {
        parts.append(
          try emit([batches, count, 1], rank: 3, value, .real, [boxes], "\(name)\(axis)", &builder))
      }
    }
    func extent(_ axis: Int) -> RealExpression {
      .at(2 * axis + 1, 0, 1, 2) - .at(2 * axis, 0, 1, 2)
    }
    let area = extent(0) * extent(1)
    parts.append(try emit([batches, count, 1], rank: 3, area, .real, parts, "area", &builder))
    return try node.emit(.concatenate(axis: 2), parts, to: &builder, step: "corners")
  }

  /// A number below all scores of a batch and class.
  private func belowAll(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID {
    try emit(
      [batches, classes, count], rank: 2, .reduce(.minimum, over: [2], .at(0, 0, 1, 2)) - 1, .real,
      [scores], "floor", &builder)
  }

  /// Which boxes can be taken at all.
  private func start(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID {
    let shape = [batches, classes, count]
    guard let least else {
      try builder.reserve(elements: shape.reduce(1, *))
      let all = try Tensor(shape: shape, integer: .init(repeating: 1, count: shape.reduce(1, *)))
      return node.emit(constant: all, isBoolean: true, to: &builder, step: "left")
    }
    return try emit(
      shape, rank: 3, .less(.constant(least), .at(0, 0, 1, 2)), .boolean, [scores], "left", &builder
    )
  }

  private func best(
    of left: ValueID, _ floor: ValueID, _ run: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = [batches, classes, count]
    let open = try emit(
      shape, rank: 3, .select(.at(1, 0, 1, 2), .at(0, 0, 1, 2), .at(2, 0, 1)), .real,
      [scores, left, floor], "open\(run)", &builder)
    return try emit(
      shape, rank: 2, .reduce(.firstMaximum, over: [2], .at(0, 0, 1, 2)), .integer, [open],
      "best\(run)", &builder)
  }

  /// Those of the boxes left that are not the one that was taken, and do not overlap it too much.
  private func others(
    _ left: ValueID, _ best: ValueID, _ corners: ValueID, _ run: Int,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = [batches, classes, count]
    let chosen = try emit(
      [batches, classes, 5], rank: 3,
      .read(
        OperandRead(
          operand: 0, positions: [NodeView.along(0), .computed(.at(1, 0, 1)), NodeView.along(2)])),
      .real, [corners, best], "chosen\(run)", &builder)
    func own(_ part: Int) -> RealExpression { read(0, [0, 2], part) }
    func other(_ part: Int) -> RealExpression { read(1, [0, 1], part) }
    let sides = (0..<2).map { axis in
      RealExpression.maximum(
        .minimum(own(2 * axis + 1), other(2 * axis + 1)) - .maximum(own(2 * axis), other(2 * axis)),
        0)
    }
    // By how much the common part is more than so much of what both cover together.
    let common = sides[0] * sides[1] * .constant(1 + overlap)
    let excess = try emit(
      shape, rank: 3, common - (own(4) + other(4)) * .constant(overlap), .real, [corners, chosen],
      "excess\(run)", &builder)
    let isApart = RealExpression.binary(.lessOrEqual, .at(2, 0, 1, 2), 0)
    let isOther = RealExpression.unary(
      .not, .binary(.equal, .index(AffineIndex(index: 2)), .at(4, 0, 1)))
    return try emit(
      shape, rank: 3,
      .binary(.and, .at(3, 0, 1, 2), .binary(.and, isApart, isOther)), .boolean,
      [corners, chosen, excess, left, best], "left\(run)", &builder)
  }

  private func read(_ operand: Int, _ indices: [Int], _ part: Int) -> RealExpression {
    .read(
      OperandRead(
        operand: operand,
        positions: indices.map(NodeView.along) + [.affine(AffineIndex(constant: part))]))
  }
}

// What is listed.
extension BoxSelection {
  /// Rows of batch, class and place of the boxes that were taken, by batch, class and when they were; −1
  /// where there are no more.
  private func listed(
    _ places: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let all = batches * classes * runs
    let flat = try node.emit(.reshape([all]), [places], to: &builder, step: "all")
    var groups: [Int64] = []
    for group in 0..<batches * classes {
      for _ in 0..<runs { groups += [Int64(group / classes), Int64(group % classes)] }
    }
    let names = node.emit(
      constant: try Tensor(shape: [all, 2], integer: groups), to: &builder, step: "groups")
    let isTaken = RealExpression.binary(.lessOrEqual, 0, .at(0, 0))
    let taken = try emit([all], rank: 1, isTaken, .boolean, [flat], "isTaken", &builder)
    // How many come before each: a sum over a triangle.
    let before = try emit(
      [all, all], rank: 1,
      .reduce(
        .sum, over: [1],
        .select(
          .less(.index(AffineIndex(index: 1)), .index(AffineIndex(index: 0))), .at(0, 1), 0)),
      .integer, [taken], "before", &builder)
    let isHere = RealExpression.binary(
      .and, .at(0, 1), .binary(.equal, .at(1, 1), .index(AffineIndex(index: 0))))
    let here = try emit(
      [rowCount, all], rank: 2, isHere, .boolean, [taken, before], "here", &builder)
    let columns = try emit(
      [all, 1], rank: 2, .at(0, 0), .integer, [flat], "places", &builder)
    let rows = try node.emit(
      .concatenate(axis: 1), [names, columns], to: &builder, step: "rows")
    let sum = RealExpression.reduce(.sum, over: [2], .at(0, 0, 2) * (.at(1, 2, 1) + 1))
    return try emit([rowCount, 3, all], rank: 2, sum - 1, .integer, [here, rows], nil, &builder)
  }
}
