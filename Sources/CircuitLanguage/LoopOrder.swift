/// An order in which things that depend on each other are computed, where some are states that a loop
/// hands on, and so depend on what depends on them.
package struct LoopOrder {
  /// All things, each after what it depends on, but for the states of loops.
  package private(set) var order: [Int]
  /// For each loop, where its things are in the order: the states first, then all that depends on
  /// one of them and that one of them depends on.
  package private(set) var loops: [Range<Int>] = []

  /// - Parameters:
  ///   - sources: for each thing those that it depends on. All of them come before it, but for those
  ///     of states, which may be anywhere.
  ///   - states: for each loop its states. No loop depends on one after it.
  package init(sources: [[Int]], states: [[Int]]) {
    // States come before what depends on them; what they depend on follows below.
    let all = Set(states.joined())
    order = states.flatMap { $0 } + sources.indices.filter { !all.contains($0) }
    var users = [[Int]](repeating: [], count: sources.count)
    for (thing, own) in sources.enumerated() { for source in own { users[source].append(thing) } }
    var members: [Set<Int>] = []
    for loop in states {
      let after = Self.reached(from: loop, users)
      let before = Self.reached(from: loop, sources)
      members.append(after.intersection(before).union(loop))
      gather(members[members.count - 1], states: loop, after: after, loop.flatMap { sources[$0] })
    }
    for loop in members {
      let first = order.firstIndex(where: loop.contains) ?? 0
      loops.append(first..<first + loop.count)
    }
  }

  private static func reached(from start: [Int], _ next: [[Int]]) -> Set<Int> {
    var reached = Set(start)
    var pending = start
    while let thing = pending.popLast() {
      for other in next[thing] where reached.insert(other).inserted { pending.append(other) }
    }
    return reached
  }

  /// Brings the things of a loop together: what is between them comes before the loop unless it
  /// depends on it.
  ///
  /// - Parameter sources: those of the states.
  private mutating func gather(
    _ loop: Set<Int>, states: [Int], after: Set<Int>, _ sources: [Int]
  ) {
    let ends = loop.union(sources)
    guard let first = order.firstIndex(where: loop.contains),
      let last = order.lastIndex(where: ends.contains), first <= last
    else { return }
    let part = order[first...last]
    let ahead = part.filter { !loop.contains($0) && !after.contains($0) }
    let own = states + part.filter { loop.contains($0) && !states.contains($0) }
    let behind = part.filter { !loop.contains($0) && after.contains($0) }
    order.replaceSubrange(first...last, with: ahead + own + behind)
  }
}
