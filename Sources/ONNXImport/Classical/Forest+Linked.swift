import TensorGraph

// Trees as TreeEnsemble lists them: branches and leaves by their places in the lists.
extension Forest {
  static let linkedAttributes: Set<String> = [
    "aggregate_function", "leaf_targetids", "leaf_weights", "membership_values", "n_targets",
    "nodes_falseleafs", "nodes_falsenodeids", "nodes_featureids", "nodes_hitrates",
    "nodes_missing_value_tracks_true", "nodes_modes", "nodes_splits", "nodes_trueleafs",
    "nodes_truenodeids", "post_transform", "tree_roots",
  ]

  init(linked node: NodeView, _ importer: GraphImporter) throws(GraphError) {
    targets = try Self.targetCount(try node.int("n_targets", default: 1))
    func tensor(_ name: String) throws(GraphError) -> [Double] {
      guard let tensor = try node.tensor(name) else { return [] }
      return try importer.decoder.decode(tensor, allowsNaN: true).exactDoubles()
    }
    let (splits, modes) = (try tensor("nodes_splits"), try tensor("nodes_modes"))
    let features = try node.ints("nodes_featureids") ?? []
    guard splits.count == features.count, modes.count == features.count else {
      throw GraphError(.attribute, "its lists of nodes are of different lengths")
    }
    let (leafTargets, weights) = (try node.ints("leaf_targetids") ?? [], try tensor("leaf_weights"))
    guard leafTargets.count == weights.count, leafTargets.allSatisfy((0..<targets).contains) else {
      throw GraphError(.attribute, "its leaves' weights are not of its \(targets) targets")
    }
    leaves = zip(leafTargets, weights).map { [$0: $1] }
    let yes = try children(node, "nodes_truenodeids", "nodes_trueleafs", features.count)
    let no = try children(node, "nodes_falsenodeids", "nodes_falseleafs", features.count)
    var sets = MemberSets(try tensor("membership_values"))
    for place in features.indices {
      guard let number = Int(exactly: modes[place]), let mode = Mode(rawValue: number) else {
        throw GraphError(.attribute, "a branch has the mode \(modes[place])")
      }
      let values = mode == .member ? try sets.next() : [splits[place]]
      branches.append(
        Self.branch(features[place], mode, values, yes: yes[place], no: no[place]))
    }
    for root in try node.ints("tree_roots") ?? [] {
      guard branches.indices.contains(root) else {
        throw GraphError(.attribute, "a tree begins at node \(root) of \(branches.count)")
      }
      // A tree that is a leaf alone has a root with twice the same leaf.
      roots.append(.branch(root))
    }
    try checkTrees()
  }

  private func children(
    _ node: NodeView, _ ids: String, _ flags: String, _ count: Int
  ) throws(GraphError) -> [Child] {
    let (ids, areLeaves) = (try node.ints(ids) ?? [], try node.ints(flags) ?? [])
    guard ids.count == count, areLeaves.count == count else {
      throw GraphError(.attribute, "its lists of nodes are of different lengths")
    }
    var result: [Child] = []
    for (id, isLeaf) in zip(ids, areLeaves) {
      guard id >= 0, id < (isLeaf == 0 ? count : leaves.count) else {
        throw GraphError(.attribute, "a branch goes on to \(isLeaf == 0 ? "node" : "leaf") \(id)")
      }
      result.append(isLeaf == 0 ? .branch(id) : .leaf(id))
    }
    return result
  }
}

/// Sets of values, each ended by what is not a number.
private struct MemberSets {
  private var rest: ArraySlice<Double>

  init(_ values: [Double]) { rest = values[...] }

  mutating func next() throws(GraphError) -> [Double] {
    guard let end = rest.firstIndex(where: \.isNaN) else {
      throw GraphError(.attribute, "its sets of members are fewer than the branches that ask them")
    }
    defer { rest = rest[(end + 1)...] }
    return Array(rest[..<end])
  }
}

extension Forest {
  /// Throws unless every tree ends and no weight or feature is out of place.
  func checkTrees() throws(GraphError) {
    guard !roots.isEmpty else { throw GraphError(.attribute, "it has no trees") }
    for branch in branches where branch.feature < 0 || branch.cuts.contains(where: \.value.isNaN) {
      throw GraphError(
        .attribute, "a branch asks feature \(branch.feature), or compares with no number")
    }
    guard leaves.allSatisfy({ $0.values.allSatisfy(\.isFinite) }) else {
      throw GraphError(.unsupported, "a leaf has an infinite weight")
    }
  }
}
