/// How large the tables of any forest are that has as many trees, branches and levels.
struct ForestSizes: Equatable {
  /// So many of the first pairs have no leaf, at the least.
  var pairsBeforeLeaves = 0
  /// So many pairs are not at the end of every path, at the most.
  var innerPairs: Int

  /// - Parameters:
  ///   - splits: the branches that have two outcomes, at least one.
  ///   - depth: the most steps that a row takes, at least one.
  init(trees: Int, splits: Int, depth: Int) {
    // Full trees have the most pairs before the last level.
    innerPairs = min(splits, Self.scaled(trees, depth - 1) - trees)
    // Without a split whose children are both splits a tree has one for each level. One more such split
    // lets as many more be as there are levels below it, and so the most where they are next to the roots.
    var rest = splits - trees * depth
    for level in 0..<depth - 1 where rest > 0 {
      let below = depth - 1 - level
      let count = min((rest + below - 1) / below, Self.scaled(trees, level))
      pairsBeforeLeaves += count
      rest -= count * below
    }
  }

  /// A count times a power of two, or as many as no forest has.
  private static func scaled(_ count: Int, _ exponent: Int) -> Int {
    exponent < 40 ? count << exponent : 1 << 60
  }
}
