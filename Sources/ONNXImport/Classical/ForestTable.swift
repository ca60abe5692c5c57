import TensorGraph

/// A forest as tables of numbers, of which nothing but the sizes shows how its trees look.
///
/// A node is a row: a feature, a threshold and where it goes on: `child` where the feature is at most the
/// threshold, and the row behind that otherwise. So the two that a node goes on to are neighbours, a node
/// that several go on to is there once for each, and a leaf goes on to itself. After `depth` steps every
/// row is at a leaf. The sizes follow from how many trees, branches and levels there are, whichever way
/// the branches hang together.
struct ForestTable {
  /// A node.
  struct Row: Equatable {
    var feature: Int
    var threshold: Double
    var child: Int
    /// Whether it goes on to `child` in any case.
    var isLeaf = false
  }

  /// The roots, one for each tree; they have no numbers. One row more is none's, and differs from the
  /// first root in all that it says: what is the same everywhere would be a single number.
  private(set) var roots: [Row] = []
  /// Those from number 0 on that are not at the end of every path, and some that are.
  private(set) var rows: [Row] = []
  /// The leaves of all numbers from `firstLeaf` on; nil for a number that is none's.
  private(set) var leaves: [Int?] = []
  private(set) var firstLeaf = 0
  private(set) var depth = 0

  /// How many trees there are.
  var trees: Int { roots.count - 1 }

  /// Where a cut lies on what is compared.
  struct Place {
    var threshold: Double
    /// Whether values up to the cut are those above the threshold.
    var isTurned: Bool
  }

  /// - Parameters:
  ///   - features: how many there are.
  ///   - place: where a cut of a feature lies.
  /// - Throws: `.attribute` where a tree never ends, `.unsupported` where one is too deep.
  init(
    _ given: Forest, features: Int,
    place: (_ feature: Int, Forest.Cut) throws(GraphError) -> Place
  ) throws(GraphError) {
    let forest = given.branchingRoots
    var splits = SplitList(forest)
    try splits.expand(forest, place)
    let order = try SplitOrder(splits.splits, roots: forest.roots)
    depth = order.depth
    let sizes = ForestSizes(
      trees: forest.roots.count, splits: order.pairs.count, depth: depth)
    var numbers: [Int: Int] = [:]
    for split in order.pairs { numbers[split] = 2 * numbers.count }
    func row(_ child: Forest.Child, _ number: Int) -> Row {
      guard case .branch(let split) = child else {
        return Row(feature: 0, threshold: 0, child: number, isLeaf: true)
      }
      return Row(
        feature: splits.splits[split].feature, threshold: splits.splits[split].threshold,
        child: numbers[split] ?? 0)
    }
    roots = forest.roots.map { row($0, 0) }
    roots.append(roots[0].other(features: features, splits: order.pairs.count))
    firstLeaf = 2 * sizes.pairsBeforeLeaves
    for child in order.pairs.flatMap({ splits.splits[$0].children }) {
      let number = rows.count
      rows.append(row(child, number))
      guard number >= firstLeaf else { continue }
      let leaf: Int? = if case .leaf(let leaf) = child { leaf } else { nil }
      leaves.append(leaf)
    }
    rows = Array(rows.prefix(2 * sizes.innerPairs))
  }
}

extension ForestTable.Row {
  /// A row that differs in its feature, if there are several, its threshold, and its child, if there are.
  fileprivate func other(features: Int, splits: Int) -> Self {
    Self(
      feature: features > 1 && feature == 0 ? 1 : 0, threshold: threshold == 0 ? 1 : 0,
      child: splits > 1 && child == 0 ? 2 : 0)
  }
}

extension Forest {
  /// The forest with a branch to the same leaf in any case for each tree that is a leaf alone.
  fileprivate var branchingRoots: Forest {
    var result = self
    for tree in roots.indices {
      guard case .leaf = roots[tree] else { continue }
      result.branches.append(Branch(feature: 0, cuts: [], outcomes: [roots[tree]]))
      result.roots[tree] = .branch(result.branches.count - 1)
    }
    return result
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

/// In which order the pairs of nodes stand that splits go on to.
private struct SplitOrder {
  /// Each by its split: first those without a leaf, then those that are not at the end of every path.
  private(set) var pairs: [Int] = []
  private(set) var depth = 0

  init(_ splits: [Split], roots: [Forest.Child]) throws(GraphError) {
    depth = try Self.depth(splits, roots)
    var groups: [[Int]] = [[], [], []]
    for (split, step) in Self.steps(splits, roots) {
      let leaves = splits[split].children.count { if case .leaf = $0 { true } else { false } }
      groups[leaves == 0 ? 0 : step < depth - 1 ? 1 : 2].append(split)
    }
    pairs = Array(groups.joined())
  }

  /// After how many steps each split is reached first, in ascending order.
  private static func steps(
    _ splits: [Split], _ roots: [Forest.Child]
  ) -> [(split: Int, step: Int)] {
    var steps: [(split: Int, step: Int)] = []
    var seen: Set<Int> = []
    var level = roots
    var step = 0
    while !level.isEmpty {
      var next: [Forest.Child] = []
      for case .branch(let split) in level where seen.insert(split).inserted {
        steps.append((split, step))
        next += splits[split].children
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
