import TensorGraph

// Trees as TreeEnsembleClassifier and TreeEnsembleRegressor list them: nodes by the numbers of their
// tree and of themselves.
extension Forest {
  static let flatAttributes: Set<String> = [
    "nodes_treeids", "nodes_nodeids", "nodes_featureids", "nodes_values", "nodes_values_as_tensor",
    "nodes_hitrates", "nodes_hitrates_as_tensor", "nodes_modes", "nodes_truenodeids",
    "nodes_falsenodeids", "nodes_missing_value_tracks_true", "base_values",
    "base_values_as_tensor", "post_transform",
  ]

  private struct Name: Hashable {
    var tree: Int
    var node: Int
  }

  /// - Parameters:
  ///   - prefix: of the attributes that say the leaves' weights, `class` or `target`.
  ///   - targets: how many there are.
  ///   - total: how what leaves weigh is taken together.
  init(
    flat node: NodeView, _ prefix: String, targets: Int, _ total: ForestTotal,
    _ importer: GraphImporter
  ) throws(GraphError) {
    let list = try FlatNodes(node, importer)
    self.targets = try Self.targetCount(targets)
    var leafNumbers: [Name: Int] = [:]
    var children: [Name: Child] = [:]
    for place in list.modes.indices {
      let name = Name(tree: list.trees[place], node: list.numbers[place])
      let child: Child
      if list.modes[place] == "LEAF" {
        child = .leaf(leafNumbers.count)
        leafNumbers[name] = leafNumbers.count
      } else {
        child = .branch(place - leafNumbers.count)
      }
      guard children.updateValue(child, forKey: name) == nil else {
        throw GraphError(.attribute, "the tree \(name.tree) has two nodes \(name.node)")
      }
    }
    try addBranches(list, children)
    leaves = [[Int: Double]](repeating: [:], count: leafNumbers.count)
    let isAlone = prefix == "target" && targets == 1
    try addWeights(node, prefix, leafNumbers, importer) { known, weight throws(GraphError) in
      try isAlone ? Self.agreed(known, weight) : total.together(known, weight)
    }
    var seen: Set<Int> = []
    for place in list.trees.indices where seen.insert(list.trees[place]).inserted {
      let name = Name(tree: list.trees[place], node: list.numbers[place])
      if let root = children[name] { roots.append(root) }
    }
    try checkTrees()
  }

  private mutating func addBranches(
    _ list: FlatNodes, _ children: [Name: Child]
  ) throws(GraphError) {
    for place in list.modes.indices where list.modes[place] != "LEAF" {
      guard let mode = Mode(word: list.modes[place]) else {
        throw GraphError(.unsupported, "branches of the mode \"\(list.modes[place])\"")
      }
      let tree = list.trees[place]
      guard let yes = children[Name(tree: tree, node: list.yes[place])],
        let no = children[Name(tree: tree, node: list.no[place])]
      else {
        throw GraphError(
          .attribute, "node \(list.numbers[place]) of the tree \(tree) goes on to no node")
      }
      branches.append(
        Self.branch(list.features[place], mode, [list.values[place]], yes: yes, no: no))
    }
  }

  /// What a leaf weighs that is listed twice. Of a forest's only target exporters repeat it for each class,
  /// and ONNX Runtime takes the first, where ONNX adds them.
  private static func agreed(_ first: Double, _ second: Double) throws(GraphError) -> Double {
    guard first == second else {
      throw GraphError(
        .unsupported,
        "a leaf has the weights \(first) and \(second) of one target, of which ONNX Runtime takes the "
          + "first and ONNX both: list their sum once")
    }
    return first
  }

  /// - Parameter together: what two weights are that one leaf has of one target.
  private mutating func addWeights(
    _ node: NodeView, _ prefix: String, _ leafNumbers: [Name: Int], _ importer: GraphImporter,
    _ together: (Double, Double) throws(GraphError) -> Double
  ) throws(GraphError) {
    let trees = try node.ints("\(prefix)_treeids") ?? []
    let nodes = try node.ints("\(prefix)_nodeids") ?? []
    let ids = try node.ints("\(prefix)_ids") ?? []
    let weights = try node.numbers("\(prefix)_weights", importer) ?? []
    guard Set([trees.count, nodes.count, ids.count, weights.count]).count == 1 else {
      throw GraphError(.attribute, "its lists of weights are of different lengths")
    }
    for place in weights.indices {
      guard let leaf = leafNumbers[Name(tree: trees[place], node: nodes[place])] else {
        throw GraphError(
          .attribute, "node \(nodes[place]) of the tree \(trees[place]) has a weight and is no leaf"
        )
      }
      guard (0..<targets).contains(ids[place]) else {
        throw GraphError(.attribute, "a weight is of target \(ids[place]) of \(targets)")
      }
      let known = leaves[leaf][ids[place]]
      leaves[leaf][ids[place]] =
        try known.map { known throws(GraphError) in try together(known, weights[place]) }
        ?? weights[place]
    }
  }
}

/// The lists of a node's attributes, all of one length.
private struct FlatNodes {
  let trees: [Int]
  let numbers: [Int]
  let features: [Int]
  let values: [Double]
  let modes: [String]
  let yes: [Int]
  let no: [Int]

  init(_ node: NodeView, _ importer: GraphImporter) throws(GraphError) {
    trees = try node.ints("nodes_treeids") ?? []
    numbers = try node.ints("nodes_nodeids") ?? []
    features = try node.ints("nodes_featureids") ?? []
    values = try node.numbers("nodes_values", importer) ?? []
    modes = try node.strings("nodes_modes") ?? []
    yes = try node.ints("nodes_truenodeids") ?? []
    no = try node.ints("nodes_falsenodeids") ?? []
    let counts = [
      trees.count, numbers.count, features.count, values.count, modes.count, yes.count, no.count,
    ]
    guard Set(counts).count == 1, !trees.isEmpty else {
      throw GraphError(.attribute, "its lists of nodes are of different lengths, or empty")
    }
  }
}
