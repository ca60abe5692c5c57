/// Numbers that depend on a seed alone, so that a mutation can be made again.
struct Random: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 to `count` − 1; `count` is at least 1.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// True once in so many times.
  mutating func once(in count: Int) -> Bool { below(count) == 0 }

  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }

  /// A range of at most `limit` positions of a list that is not empty.
  mutating func range(in count: Int, limit: Int) -> Range<Int> {
    let start = below(count)
    return start..<start + 1 + below(min(limit, count - start))
  }

  /// A number that could take the place of another one: a neighbour, or one at the edge of what
  /// readers allow or of what words hold.
  mutating func integer(near value: Int) -> Int {
    switch below(8) {
    case 0: value &+ 1
    case 1: value &- 1
    case 2: 0 &- value
    case 3: value &* 2
    case 4: value / 2
    case 5: below(17) - 8
    case 6: pick(Self.edges) &+ (below(3) - 1)
    default: Int(truncatingIfNeeded: next() >> UInt64(below(64)))
    }
  }

  private static let edges: [Int] =
    [0, 1, .max, .min] + [7, 8, 15, 16, 20, 22, 24, 28, 31, 32, 47, 48, 50, 62].map { 1 << $0 }
    + [7, 15, 31, 48, 50].map { -1 << $0 }
}

extension Array {
  /// Doubles, drops, moves or exchanges elements.
  mutating func rearrange(_ random: inout Random) {
    guard !isEmpty else { return }
    let (from, to) = (random.below(count), random.below(count))
    switch random.below(5) {
    case 0: remove(at: from)
    case 1: insert(self[from], at: to)
    case 2: swapAt(from, to)
    case 3: self[to] = self[from]
    default: removeSubrange(random.range(in: count, limit: 8))
    }
  }

  /// Changes one element.
  mutating func change(_ random: inout Random, _ body: (inout Element, inout Random) -> Void) {
    guard !isEmpty else { return }
    body(&self[random.below(count)], &random)
  }
}
