import TensorGraph

/// A forest as tables of numbers, of which nothing but the sizes shows how its trees look.
///
/// A node is a row: a feature, a threshold and where it goes on: `child` where the feature is at most the
/// threshold, and the row behind that otherwise. So the two that a node goes on to are neighbours, a node
/// that several go on to is there once for each, and a leaf that other trees' rows have not reached yet
/// goes on to itself. After `depth` steps every row is at a leaf.
struct ForestTable {
  /// A node.
  struct Row: Equatable {
    var feature: Int
    var threshold: Double
    var child: Int
  }

  /// The roots, one for each tree; they have no numbers.
  private(set) var roots: [Row] = []
  /// Those that are not at the end of every path, from number 0 on.
  private(set) var rows: [Row] = []
  /// The leaves of all numbers from `firstLeaf` on; nil for a number that is none's.
  private(set) var leaves: [Int?] = []
  private(set) var firstLeaf = 0
  private(set) var depth = 0

  /// Where a cut lies on what is compared.
  struct Place {
    var threshold: Double
    /// Whether values up to the cut are those above the threshold.
    var isTurned: Bool
  }

  /// - Parameter place: where a cut of a feature lies.
  /// - Throws: `.attribute` where a tree never ends, `.unsupported` where one is too deep.
  init(
    _ forest: Forest, place: (_ feature: Int, Forest.Cut) throws(GraphError) -> Place
  ) throws(GraphError) {
    var splits = SplitList(forest)
    try splits.expand(forest, place)
    let order = try SplitOrder(splits.splits, roots: forest.roots)
    depth = order.depth
    var numbers: [Forest.Child: Int] = [:]
    for child in order.pairs { numbers[child] = 2 * numbers.count }
    func row(_ child: Forest.Child) -> Row {
      let (feature, threshold) =
        if case .branch(let split) = child {
          (splits.splits[split].feature, splits.splits[split].threshold)
        } else {
          (0, 0.0)
        }
      return Row(feature: feature, threshold: threshold, child: numbers[child] ?? 0)
    }
    roots = forest.roots.map(row)
    firstLeaf = 2 * order.withoutLeaves
    for (place, pair) in order.pairs.enumerated() {
      let children = SplitOrder.children(pair, splits.splits)
      if place < order.inner { rows += children.map(row) }
      guard place >= order.withoutLeaves else { continue }
      leaves += children.map { if case .leaf(let leaf) = $0 { leaf } else { nil } }
    }
  }
}

/// A branch with two outcomes.
private struct Split {
  var feature: Int
  var threshold: Double
  /// Where values up to the threshold go, and the others.
  var children: [Forest.Child]
}

/// All branches as splits: those of several cuts as little trees of them. A branch's number is that of
/// its first split.
private struct SplitList {
  var splits: [Split]

  init(_ forest: Forest) {
    splits = [Split](
      repeating: Split(feature: 0, threshold: 0, children: []), count: forest.branches.count)
  }

  mutating func expand(
    _ forest: Forest, _ place: (Int, Forest.Cut) throws(GraphError) -> ForestTable.Place
  ) throws(GraphError) {
    for (number, branch) in forest.branches.enumerated() {
      try expand(branch, 0..<branch.cuts.count, as: number, place)
    }
  }

  private mutating func expand(
    _ branch: Forest.Branch, _ cuts: Range<Int>, as number: Int,
    _ place: (Int, Forest.Cut) throws(GraphError) -> ForestTable.Place
  ) throws(GraphError) {
    guard !cuts.isEmpty else {
      splits[number] = Split(
        feature: 0, threshold: 0, children: [branch.outcomes[0], branch.outcomes[0]])
      return
    }
    let middle = (cuts.lowerBound + cuts.upperBound) / 2
    var children: [Forest.Child] = []
    for part in [cuts.lowerBound..<middle, middle + 1..<cuts.upperBound] {
      if part.isEmpty {
        children.append(branch.outcomes[part.lowerBound])
      } else {
        splits.append(Split(feature: 0, threshold: 0, children: []))
        children.append(.branch(splits.count - 1))
        try expand(branch, part, as: splits.count - 1, place)
      }
    }
    let found = try place(branch.feature, branch.cuts[middle])
    splits[number] = Split(
      feature: branch.feature, threshold: found.threshold,
      children: found.isTurned ? children.reversed() : children)
  }
}

/// In which order the pairs of nodes stand that splits, and leaves that are reached early, go on to.
private struct SplitOrder {
  /// Each by what goes on to it.
  private(set) var pairs: [Forest.Child] = []
  /// How many of the first pairs have no leaf.
  private(set) var withoutLeaves = 0
  /// How many of the first are not at the end of every path.
  private(set) var inner = 0
  private(set) var depth = 0

  static func children(_ pair: Forest.Child, _ splits: [Split]) -> [Forest.Child] {
    if case .branch(let split) = pair { splits[split].children } else { [pair, pair] }
  }

  init(_ splits: [Split], roots: [Forest.Child]) throws(GraphError) {
    let steps = Self.steps(splits, roots)
    depth = try Self.depth(splits, roots)
    let last = depth - 1
    var groups: [[Forest.Child]] = [[], [], []]
    let reached = steps.sorted {
      ($0.value.first, $0.value.order) < ($1.value.first, $1.value.order)
    }
    for (pair, step) in reached {
      let hasLeaf = Self.children(pair, splits).contains {
        if case .leaf = $0 { true } else { false }
      }
      if case .leaf = pair, step.first > last { continue }
      let isLast =
        step.first == last
        && Self.children(pair, splits).allSatisfy { if case .leaf = $0 { true } else { false } }
      groups[isLast ? 2 : hasLeaf ? 1 : 0].append(pair)
    }
    pairs = groups[0] + groups[1] + groups[2]
    withoutLeaves = groups[0].count
    inner = groups[0].count + groups[1].count
  }

  /// After how many steps each node is reached first.
  private static func steps(
    _ splits: [Split], _ roots: [Forest.Child]
  ) -> [Forest.Child: (first: Int, order: Int)] {
    var steps: [Forest.Child: (first: Int, order: Int)] = [:]
    var level = roots
    var step = 0
    while !level.isEmpty {
      var next: [Forest.Child] = []
      for child in level where steps[child] == nil {
        steps[child] = (step, steps.count)
        if case .branch(let split) = child { next += splits[split].children }
      }
      level = next
      step += 1
    }
    return steps
  }

  /// The most steps that a row takes, at least one.
  private static func depth(
    _ splits: [Split], _ roots: [Forest.Child]
  ) throws(GraphError) -> Int {
    var depths = [Int?](repeating: nil, count: splits.count)
    var isOpen = [Bool](repeating: false, count: splits.count)
    func known(_ child: Forest.Child) -> Int? {
      if case .branch(let split) = child { depths[split] } else { 0 }
    }
    var stack = roots.compactMap { if case .branch(let split) = $0 { split } else { nil } }
    while let split = stack.last {
      let open = splits[split].children.compactMap { child -> Int? in
        if case .branch(let inner) = child, depths[inner] == nil { inner } else { nil }
      }
      if open.isEmpty || depths[split] != nil {
        depths[split] = 1 + (splits[split].children.compactMap(known).max() ?? 0)
        stack.removeLast()
      } else {
        guard !open.contains(where: { isOpen[$0] }) else {
          throw GraphError(.attribute, "one of its trees never ends")
        }
        stack += open
      }
      isOpen[split] = depths[split] == nil
    }
    let most = max(1, roots.compactMap(known).max() ?? 1)
    guard most <= Forest.maximalDepth else {
      throw GraphError(
        .unsupported, "a tree of \(most) levels; up to \(Forest.maximalDepth) are supported")
    }
    return most
  }
}
