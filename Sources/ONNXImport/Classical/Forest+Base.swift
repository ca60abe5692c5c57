extension Forest {
  /// The forest with base values in its leaves, in equal parts: a base value alone would be a single number
  /// of the network, and these are its structure, which everybody sees.
  ///
  /// - Parameter base: one for each target, or none.
  func adding(_ base: [Double], _ total: ForestTotal) -> Forest {
    guard base.contains(where: { $0 != 0 }) else { return self }
    let trees = Double(roots.count)
    switch total {
    case .least, .greatest: return addingEverywhere(base)
    case .average:
      return addingByTarget(base.map { $0 * trees }) ?? addingEverywhere(base)
    case .sum: return addingByTarget(base) ?? addingEverywhere(base.map { $0 / trees })
    }
  }

  private func addingEverywhere(_ base: [Double]) -> Forest {
    var result = self
    for leaf in leaves.indices {
      for (target, value) in base.enumerated() { result.leaves[leaf][target, default: 0] += value }
    }
    return result
  }

  /// Where each tree is of one target, that of the tree; nil elsewhere, or where a target has no tree.
  private func addingByTarget(_ base: [Double]) -> Forest? {
    guard targets > 1, let own = singleTargets else { return nil }
    var shares = base
    for target in base.indices where base[target] != 0 {
      let count = own.count { $0 == target }
      guard count > 0 else { return nil }
      shares[target] /= Double(count)
    }
    var known: [Int: Int] = [:]
    for (root, target) in zip(roots, own) {
      for leaf in leaves(under: root) {
        guard known.updateValue(target, forKey: leaf) ?? target == target else { return nil }
      }
    }
    var result = self
    for (leaf, target) in known { result.leaves[leaf][target, default: 0] += shares[target] }
    return result
  }
}
