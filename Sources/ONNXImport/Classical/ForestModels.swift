import ConstraintSystem
import Equations
import TensorGraph

/// How the weights of a row's leaves are taken together.
enum ForestTotal: Int {
  case average, sum, least, greatest

  init(_ node: NodeView) throws(GraphError) {
    let words = ["AVERAGE", "SUM", "MIN", "MAX"]
    let word = try node.string("aggregate_function") ?? "SUM"
    guard let place = words.firstIndex(of: word), let own = ForestTotal(rawValue: place) else {
      throw GraphError(.attribute, "the attribute \"aggregate_function\" is \"\(word)\"")
    }
    self = own
  }

  /// Two weights that one leaf has of one target, which count as those of two trees do.
  func together(_ first: Double, _ second: Double) -> Double {
    switch self {
    case .average, .sum: first + second
    case .least: min(first, second)
    case .greatest: max(first, second)
    }
  }
}

@Sendable
func importTreeRegressor(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let targets = try node.int("n_targets", default: 1)
  let total = try ForestTotal(node)
  let forest = try Forest(flat: node, "target", targets: targets, total, importer)
  let base = try node.numbers("base_values", importer) ?? []
  for (target, value) in base.prefix(targets).enumerated()
  where targets > 1 && value != 0 && !forest.alwaysScores(target) {
    throw GraphError(
      .unsupported,
      "target \(target) has a base value and no weight for some rows: ONNX Runtime leaves both out then"
    )
  }
  let scores = try importer.scores(forest, try node.input(0), total, base: base, of: node)
  return [try importer.regression(scores, try PostTransform(node), of: node)]
}

@Sendable
func importTreeEnsemble(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let forest = try Forest(linked: node, importer)
  guard let total = ForestTotal(rawValue: try node.int("aggregate_function", default: 1)),
    let transform = PostTransform(rawValue: try node.int("post_transform", default: 0))
  else {
    throw GraphError(.attribute, "its aggregate function or transform is none of ONNX's")
  }
  let scores = try importer.scores(forest, try node.input(0), total, base: [], of: node)
  return [try importer.regression(scores, transform, of: node)]
}

@Sendable
func importTreeClassifier(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let classes = try LabelList(node)
  let forest = try Forest(flat: node, "class", targets: classes.count, .sum, importer)
  var base = try node.numbers("base_values", importer) ?? []
  let transform = try PostTransform(node)
  guard base.count <= classes.count, classes.count > 1 else {
    throw GraphError(.unsupported, "\(classes.count) classes and \(base.count) base values")
  }
  let x = try node.input(0)
  guard classes.count == 2 else {
    for target in base.count..<classes.count where !forest.isCertain(target) {
      throw GraphError(
        .unsupported,
        "some rows have no score for class \(target), which ONNX Runtime leaves out then; give it a "
          + "weight at each leaf of a tree")
    }
    base += [Double](repeating: 0, count: classes.count - base.count)
    let scores = try importer.scores(forest, x, .sum, base: base, of: node)
    let place = try importer.greatest(scores, of: node)
    return [
      try importer.labels(classes, at: place, of: node),
      try importer.transformed(scores, transform, of: node),
    ]
  }
  return try importer.twoClasses(forest, classes, base, transform, x, of: node)
}

extension Forest {
  /// Whether each row has a score for a class, or all scores are so that one of zero is never greatest.
  fileprivate func isCertain(_ target: Int) -> Bool {
    if alwaysScores(target) { return true }
    let isPositive = leaves.allSatisfy { $0.values.allSatisfy { $0 >= 0 } }
    return isPositive
      && roots.contains { root in
        leaves(under: root).allSatisfy { leaves[$0].values.contains { $0 > 0 } }
      }
  }
}

extension GraphImporter {
  /// What ONNX Runtime makes of two classes: of one score the other follows; of two the second one decides
  /// alone.
  fileprivate mutating func twoClasses(
    _ forest: Forest, _ classes: LabelList, _ base: [Double], _ transform: PostTransform,
    _ x: ValueID, of node: NodeView
  ) throws(GraphError) -> [ValueID?] {
    let scored = Set(forest.leaves.flatMap(\.keys))
    let arePositive = forest.leaves.allSatisfy { $0.values.allSatisfy { $0 >= 0 } }
    let limit = scored.count == 1 && arePositive ? 0.5 : 0
    func result(_ place: ValueID, _ scores: ValueID) throws(GraphError) -> [ValueID?] {
      [try labels(classes, at: place, of: node), scores]
    }
    if scored == [0] {
      guard base.count < 2 else {
        throw GraphError(.unsupported, "two base values for scores of the first class alone")
      }
      var single = forest
      single.targets = 1
      let score = try scores(single, x, .sum, base: base, of: node)
      let place = try isAbove(score, column: 0, limit, of: node)
      return try result(
        place, bothClasses(score, isShare: arePositive, transform, of: node))
    }
    guard forest.alwaysScores(1), base.count < 2 || scored.count == 2 else {
      throw GraphError(
        .unsupported, "some rows have no score for the second class, or it has a base value alone")
    }
    if base.count == 2 {
      // ONNX Runtime takes the first class's score with the second base value for that of the second.
      var first = forest
      first.targets = 1
      first.leaves = forest.leaves.map { leaf in leaf.filter { $0.key == 0 } }
      let score = try scores(first, x, .sum, base: [base[1]], of: node)
      let both = try bothClasses(score, isShare: false, .none, of: node)
      return try result(
        isAbove(score, column: 0, 0, of: node), transformed(both, transform, of: node))
    }
    let first = scored.contains(0) ? base.first ?? 0 : 0
    let both = try scores(forest, x, .sum, base: [first, 0], of: node)
    return try result(
      isAbove(both, column: 1, limit, of: node), transformed(both, transform, of: node))
  }

  /// The scores of each row: `[rows, targets]`.
  mutating func scores(
    _ given: Forest, _ x: ValueID, _ total: ForestTotal, base: [Double], of node: NodeView
  ) throws(GraphError) -> ValueID {
    let share = total == .average ? 1 / Double(given.roots.count) : 1
    guard base.isEmpty || base.count == given.targets || base.count == 1 else {
      throw GraphError(.attribute, "\(base.count) base values for \(given.targets) targets")
    }
    guard base.allSatisfy(\.isFinite) else {
      throw GraphError(.value, "one of its base values is not finite")
    }
    let forest = given.adding(
      base.count == 1 ? [Double](repeating: base[0], count: given.targets) : base, total)
    let (places, table) = try walk(forest, x, of: node)
    switch total {
    case .sum, .average:
      if forest.targets > 1, let targets = forest.singleTargets {
        return try sums(forest, table, places, targets, share, of: node)
      }
    case .least, .greatest:
      guard given.leaves.allSatisfy({ $0.count == forest.targets }) else {
        throw GraphError(.unsupported, "the extreme of leaves of which some lack a target")
      }
    }
    let weights = try weights(forest, table, of: node) { leaf in
      (0..<forest.targets).map { leaf[$0] ?? 0 }
    }
    let picked = try self.picked(weights, places, table, of: node)
    let sizes = builder[picked].shape
    let term = RealExpression.at(0, 0, 2, 1)
    let reduction: RealExpression.Reduction =
      switch total {
      case .sum, .average: .sum
      case .least: .minimum
      case .greatest: .maximum
      }
    return try node.emit(
      Equation(
        [sizes[0], sizes[2], sizes[1]], rank: 2,
        .scaled(.reduce(reduction, over: [2], term), share)),
      [picked], to: &builder, step: "scores")
  }

  /// Trees of one target each: one weight for a leaf, and a one for each tree's target.
  private mutating func sums(
    _ forest: Forest, _ table: ForestTable, _ places: ValueID, _ targets: [Int],
    _ share: Double, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let weights = try weights(forest, table, of: node) { [$0.first?.value ?? 0] }
    let picked = try self.picked(weights, places, table, of: node)
    var ones = [Float](repeating: 0, count: targets.count * forest.targets)
    for (tree, target) in targets.enumerated() { ones[tree * forest.targets + target] = 1 }
    let chosen = try constant(
      ones, [targets.count, forest.targets], of: node, step: "targets")
    let first = RealExpression.read(
      OperandRead(
        operand: 0,
        positions: [
          .affine(AffineIndex(index: 0)), .affine(AffineIndex(index: 2)), .affine(AffineIndex()),
        ]))
    return try node.emit(
      Equation(
        [builder[picked].shape[0], forest.targets, targets.count], rank: 2,
        .scaled(.reduce(.sum, over: [2], first * .at(1, 2, 1)), share)),
      [picked, chosen], to: &builder, step: "scores")
  }

  /// The weights of all numbers of leaves, a row for each, and one more that differs if all are the same:
  /// they would be a single number.
  private mutating func weights(
    _ forest: Forest, _ table: ForestTable, of node: NodeView, _ row: ([Int: Double]) -> [Double]
  ) throws(GraphError) -> ValueID {
    var rows = table.leaves.map { row($0.map { forest.leaves[$0] } ?? [:]) }
    let isZero = rows.allSatisfy { $0.allSatisfy { $0 == 0 } }
    rows.append([Double](repeating: isZero ? 1 : 0, count: rows[0].count))
    return try constant(
      rows.joined().map { Float($0) }, [rows.count, rows[0].count], of: node, step: "leaves")
  }

  /// The weights of the leaf of each row and tree.
  private mutating func picked(
    _ weights: ValueID, _ places: ValueID, _ table: ForestTable, of node: NodeView
  ) throws(GraphError) -> ValueID {
    try node.emit(
      Equation(
        [builder[places].shape[0], table.trees, builder[weights].shape[1]], rank: 3,
        .read(
          OperandRead(
            operand: 0,
            positions: [.computed(.at(1, 0, 1)), .affine(AffineIndex(index: 2))]))),
      [weights, places], to: &builder, step: "weights")
  }

  /// What a regressor gives: ONNX Runtime transforms a single target by nothing but a probit.
  mutating func regression(
    _ scores: ValueID, _ transform: PostTransform, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let isOne = builder[scores].shape[1] == 1
    return try transformed(
      scores, isOne && transform != .probit ? .none : transform, of: node, position: 0)
  }
}

extension RealExpression {
  fileprivate static func scaled(_ sum: RealExpression, _ share: Double) -> RealExpression {
    share == 1 ? sum : sum * .constant(share)
  }
}
