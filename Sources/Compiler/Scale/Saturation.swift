import Equations

/// Values that nobody can tell from greater ones once they are below zero, such as a mask of −10⁹ before
/// max(x, 0).
///
/// Such a value keeps the bits of what is above zero, in 32 bits of width, and constants that are added to
/// it are held to −2^30 of its units. Whatever is added to them is less.
enum Saturation {
  static let width = 32
  /// The least constant, in units of the sum.
  static let least = -(1 << 30)
}

extension FormGraph {
  /// The sums with constants that only functions read which give zero for all that is below zero.
  var saturating: Set<ValueID> {
    var readers: [ValueID: [Node]] = [:]
    for node in nodes {
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
    let results = Set(outputs.map(\.value))
    let found = nodes.filter { node in
      guard case .sum(let sum) = node.form, self[node.output].isCommitted,
        self[node.output].kind == .real, !results.contains(node.output),
        SumFacts(sum, node, self).hasConstants, let users = readers[node.output]
      else { return false }
      return users.allSatisfy(\.ignoresNegatives)
    }
    return Set(found.map(\.output))
  }
}

extension FormGraph.Node {
  /// Whether the result is zero wherever what it reads is below zero.
  fileprivate var ignoresNegatives: Bool {
    guard case .apply(let apply) = form else { return false }
    return apply.slopes?.below == 0 || apply.bounds?.lowerBound == 0
  }
}
