import TensorGraph

/// The axes that a reduction goes over, and those that it keeps.
struct ReducedAxes: Equatable {
  /// In ascending order.
  var kept: [Int]
  var gone: [Int]

  /// The flag that says that no axes are none; otherwise they are all.
  static let emptyFlag = "noop_with_empty_axes"

  /// - Parameters:
  ///   - axes: counted from the front; nil where the node says nothing.
  ///   - emptyIsNone: whether no axes are none.
  init(rank: Int, axes: [Int]?, emptyIsNone: Bool) throws(GraphError) {
    let listed = Set(axes ?? [])
    guard listed.count == axes?.count ?? 0 else {
      throw GraphError(.attribute, "an axis stands twice in \(axes ?? [])")
    }
    let isAll = listed.isEmpty && !emptyIsNone
    gone = (0..<rank).filter { isAll || listed.contains($0) }
    kept = (0..<rank).filter { !isAll && !listed.contains($0) }
  }

  /// Where each axis of the operand is among those that are kept and then those that are gone.
  var order: [Int] {
    let places = kept + gone
    return places.indices.map { axis in places.firstIndex(of: axis) ?? axis }
  }
}
