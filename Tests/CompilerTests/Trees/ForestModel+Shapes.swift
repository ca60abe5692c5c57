import TestSupport

extension ForestModel {
  /// Trees of any shape that have together as many branches as given, of which one path is as long as the
  /// depth and none is longer.
  ///
  /// - Parameter isAlike: whether all roots ask the same, and all leaves weigh as much.
  init(
    trees count: Int, splits: Int, depth: Int, features: Int, thresholds: [Float], weights: [Float],
    isAlike: Bool = false, seed: UInt64
  ) {
    self.init(features: features)
    var numbers = SeededGenerator(seed: seed)
    func any<T>(_ list: [T]) -> T { list[numbers.integer(in: 0...list.count - 1)] }
    var shapes = (0..<count).map { _ in Shape() }
    let longest = numbers.integer(in: 0...count - 1)
    while shapes[longest].depth < depth { shapes[longest].split(shapes[longest].deepest) }
    while shapes.map(\.splits).reduce(0, +) < splits {
      let tree = numbers.integer(in: 0...count - 1)
      let open = shapes[tree].leaves.filter { shapes[tree].depths[$0] < depth }
      if !open.isEmpty { shapes[tree].split(any(open)) }
    }
    trees = shapes.map { shape in
      shape.children.enumerated().map { node, children in
        guard let children else { return .leaf(isAlike ? weights[0] : any(weights)) }
        let isFixed = isAlike && node == 0
        return .branch(
          feature: isFixed ? 0 : numbers.integer(in: 0...features - 1),
          mode: any(["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT"]),
          threshold: isFixed ? thresholds[0] : any(thresholds), yes: children, no: children + 1)
      }
    }
  }

  /// A binary tree's nodes by their first child, nil for a leaf, and by their depths.
  private struct Shape {
    var children: [Int?] = [1, nil, nil]
    var depths = [0, 1, 1]

    var splits: Int { children.count / 2 }
    var depth: Int { depths.max() ?? 0 }
    var leaves: [Int] { children.indices.filter { children[$0] == nil } }
    var deepest: Int { depths.indices.last { depths[$0] == depth } ?? 0 }

    mutating func split(_ leaf: Int) {
      children[leaf] = children.count
      children += [nil, nil]
      depths += [depths[leaf] + 1, depths[leaf] + 1]
    }
  }
}
