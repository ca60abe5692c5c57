/// Goes through statements again and again, each of which may make a tensor known when all else in
/// it is, until nothing new is found or 100 passes are over (`Paper/` sections 3.5 and 3.8).
///
/// What comes out is what going through all statements in each pass would find. It looks at a
/// statement once only, in the pass in which a single read of unknown tensors is left in it: what it
/// then finds, or does not, hangs on tensors of which all is known. So it takes as many steps as
/// there are reads, and s·log s for s statements.
package struct PassSchedule {
  /// The most passes.
  static let maximalPasses = 100

  /// For each statement the number of its reads of unknown tensors.
  private var unknownReads: [Int]
  /// For each tensor where its readers begin in `readers`; one more at the end.
  private var starts: [Int]
  /// The statements that read a tensor, once for each read.
  private var readers: [Int]

  /// - Parameter reads: calls its second argument with each tensor that a statement reads, once for
  ///   each read, of those only that are unknown at first.
  package init(statements: Int, tensors: Int, reads: (Int, (Int) -> Void) -> Void) {
    var unknown = [Int](repeating: 0, count: statements)
    var starts = [Int](repeating: 0, count: tensors + 1)
    for statement in 0..<statements {
      reads(statement) { tensor in
        unknown[statement] += 1
        starts[tensor + 1] += 1
      }
    }
    for tensor in 0..<tensors { starts[tensor + 1] += starts[tensor] }
    var next = starts
    var readers = [Int](repeating: 0, count: starts[tensors])
    for statement in 0..<statements {
      reads(statement) { tensor in
        readers[next[tensor]] = statement
        next[tensor] += 1
      }
    }
    unknownReads = unknown
    self.starts = starts
    self.readers = readers
  }

  /// - Parameter find: the tensor that a statement makes known, of which one read is unknown; nil if
  ///   it does not.
  package mutating func run(_ find: (Int) -> Int?) {
    run(from: unknownReads.indices.filter { unknownReads[$0] == 1 }, find)
  }

  /// Goes on when a tensor has become known in another way, in as many passes as before.
  package mutating func resume(_ tensor: Int, _ find: (Int) -> Int?) {
    var ready: [Int] = []
    tell(tensor) { ready.append($0) }
    run(from: ready.sorted(), find)
  }

  private mutating func run(from statements: [Int], _ find: (Int) -> Int?) {
    var ready = MinimumHeap(ascending: statements)
    for _ in 0..<Self.maximalPasses where !ready.isEmpty {
      var later: [Int] = []
      while let statement = ready.popMinimum() {
        guard unknownReads[statement] == 1, let tensor = find(statement) else { continue }
        tell(tensor) { reader in
          if reader > statement { ready.insert(reader) } else { later.append(reader) }
        }
      }
      ready = MinimumHeap(ascending: later.sorted())
    }
  }

  /// Notes that a tensor is known.
  /// - Parameter body: is called with the statements in which one unknown read is left.
  private mutating func tell(_ tensor: Int, _ body: (Int) -> Void) {
    for reader in readers[starts[tensor]..<starts[tensor + 1]] {
      unknownReads[reader] -= 1
      if unknownReads[reader] == 1 { body(reader) }
    }
  }
}

/// Numbers of which the least is taken out first.
private struct MinimumHeap {
  private var items: [Int]

  init(ascending items: [Int]) { self.items = items }

  var isEmpty: Bool { items.isEmpty }

  mutating func insert(_ item: Int) {
    items.append(item)
    var child = items.count - 1
    while child > 0, items[child] < items[(child - 1) / 2] {
      items.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popMinimum() -> Int? {
    guard let least = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return least }
    items[0] = last
    var parent = 0
    while 2 * parent + 1 < items.count {
      var child = 2 * parent + 1
      if child + 1 < items.count, items[child + 1] < items[child] { child += 1 }
      guard items[child] < items[parent] else { break }
      items.swapAt(child, parent)
      parent = child
    }
    return least
  }
}
