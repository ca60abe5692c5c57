import TensorGraph

/// Decision trees as a node describes them, in either of the two ways that ONNX has.
///
/// A row goes through each tree from its root; a branch compares one feature and says where it goes on.
/// It ends at a leaf, which has weights for some of the forest's targets.
struct Forest {
  enum Child: Hashable {
    case branch(Int)
    case leaf(Int)
  }

  /// Places on the line of a feature's values at which an outcome changes.
  struct Cut: Hashable {
    var value: Double
    /// Whether the value itself is on the far side.
    var isBelow: Bool
  }

  /// A test of one feature.
  struct Branch {
    var feature: Int
    /// In ascending order.
    var cuts: [Cut]
    /// Where values up to each cut go, and those beyond the last: one more than there are cuts.
    var outcomes: [Child]
  }

  var branches: [Branch] = []
  /// The weights of each leaf by target.
  var leaves: [[Int: Double]] = []
  /// One for each tree.
  var roots: [Child] = []
  var targets = 0

  /// No tree may be deeper.
  static let maximalDepth = 256

  /// As many scores as a model has, of which there may be no more than anybody needs.
  static func targetCount(_ count: Int) throws(GraphError) -> Int {
    guard (1...1 << 16).contains(count) else {
      throw GraphError(.attribute, "it has \(count) targets")
    }
    return count
  }

  /// The tests that ONNX has, as words and as numbers.
  enum Mode: Int {
    case atMost, below, atLeast, above, equal, unequal, member

    init?(word: String) {
      let words = [
        "BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ",
        "BRANCH_MEMBER",
      ]
      guard let place = words.firstIndex(of: word) else { return nil }
      self.init(rawValue: place)
    }
  }

  /// A branch that a test decides.
  static func branch(
    _ feature: Int, _ mode: Mode, _ values: [Double], yes: Child, no: Child
  ) -> Branch {
    switch mode {
    case .atMost: one(feature, values[0], isBelow: false, yes, no)
    case .below: one(feature, values[0], isBelow: true, yes, no)
    case .atLeast: one(feature, values[0], isBelow: true, no, yes)
    case .above: one(feature, values[0], isBelow: false, no, yes)
    case .equal, .member: among(feature, values, inside: yes, outside: no)
    case .unequal: among(feature, values, inside: no, outside: yes)
    }
  }

  private static func one(
    _ feature: Int, _ value: Double, isBelow: Bool, _ near: Child, _ far: Child
  ) -> Branch {
    Branch(feature: feature, cuts: [Cut(value: value, isBelow: isBelow)], outcomes: [near, far])
  }

  private static func among(
    _ feature: Int, _ values: [Double], inside: Child, outside: Child
  ) -> Branch {
    var branch = Branch(feature: feature, cuts: [], outcomes: [outside])
    for value in Set(values).sorted() {
      branch.cuts += [Cut(value: value, isBelow: true), Cut(value: value, isBelow: false)]
      branch.outcomes += [inside, outside]
    }
    return branch
  }
}

extension Forest {
  /// Whether all weights are of one target in each tree, which is then named.
  var singleTargets: [Int]? {
    var result: [Int] = []
    for root in roots {
      let found = leaves(under: root).map { leaves[$0] }
      let targets = Set(found.flatMap(\.keys))
      guard targets.count <= 1 else { return nil }
      result.append(targets.first ?? 0)
    }
    return result
  }

  /// Whether some tree has a weight of the target at each of its leaves, so that every row has one.
  func alwaysScores(_ target: Int) -> Bool {
    roots.contains { root in leaves(under: root).allSatisfy { leaves[$0][target] != nil } }
  }

  /// The leaves of a tree.
  func leaves(under root: Child) -> [Int] {
    var found: Set<Int> = []
    var seen: Set<Child> = [root]
    var open = [root]
    while let next = open.popLast() {
      switch next {
      case .leaf(let leaf): found.insert(leaf)
      case .branch(let branch):
        for child in branches[branch].outcomes where seen.insert(child).inserted {
          open.append(child)
        }
      }
    }
    return found.sorted()
  }
}
