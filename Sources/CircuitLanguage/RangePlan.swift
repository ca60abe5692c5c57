import ConstraintSystem

/// What is asked of a value: that it lies in 0..<size.
struct RangeKind: Hashable {
  /// At least 2.
  var size: Int
  /// Whether any larger power of two may be shown instead: what is asked is that the value is not
  /// negative, and something else bounds it from above.
  var isLoose: Bool
  /// By how many bits the value may grow without leaving what the field holds. Where the value is an
  /// integer, v in 0..<n is the same as v·2^k in 0..<n·2^k, for which there may be a table.
  var spareBits: Int

  /// How many bits the values take.
  var bits: Int { Int.bitWidth - (size - 1).leadingZeroBitCount }

  /// By how many bits a value in the interval may grow and stay below 2^48, which leaves room for the
  /// rows of any table.
  static func spareBits(_ interval: IntegerInterval) -> Int {
    let used = Int.bitWidth - Int(clamping: interval.magnitude).leadingZeroBitCount
    return min(max(48 - used, 0), RangeCost.maximalBits)
  }
}

/// How a value is shown to lie in a range.
///
/// The value times 2^shift is written in limbs: v = l₀ + l₁·2^b₀ + l₂·2^(b₀+b₁) + …. All but l₀, which
/// is what the others leave, are committed. Each is looked up in the table of its bits, but for the last
/// one, of which there may be no table: it lies in 0..<top if both it and top − 1 less it are in a table
/// of at least so many rows.
struct RangePlan: Equatable {
  var shift = 0
  /// Bits of the limbs below the last one, the least significant first.
  var limbs: [Int] = []
  /// How many values the last limb has.
  var top: Int
  /// The rows of the table for it, at least `top`.
  var rows: Int
  /// Whether the plan shows no more than that a value is not negative, and is applied to the value
  /// and to what it leaves of the greatest one.
  var isDouble = false

  /// How many values the plan leaves, as far as a verifier sees who looks at one lookup at a time.
  /// - Parameter isSingle: whether the value is an element of a tensor, up to its sign: of several
  ///   lookups of nothing else a verifier takes all into account.
  func boundedSize(_ kind: RangeKind, isSingle: Bool) -> Int {
    if limbs.isEmpty {
      if isSingle { return isDouble || !kind.isLoose ? kind.size : top }
      return rows
    }
    return isDouble || kind.isLoose ? top << limbs.reduce(0, +) : kind.size
  }

  /// Tuples that are looked up for each value.
  var lookups: Int { (limbs.count + (rows == top ? 1 : 2)) * (isDouble ? 2 : 1) }
  /// Cells that are committed for each value.
  var cells: Int { limbs.count * (isDouble ? 2 : 1) }
}

/// What tables, limbs and lookups cost together: the builder takes what costs the least.
///
/// Each row of a table is committed, as its multiplicity, and is a leaf of the fraction tree: it counts
/// 2. A tuple that is looked up is a leaf: 1. A limb is a committed cell: 1. So is each value of an
/// equality's domain in which there is a product: 1. Besides, each lookup and each tensor of limbs takes
/// a verifier some time, however small it is: 16. All of it is for a single inference, and counts the
/// tables that are there anyway for nothing.
///
/// Limbs are cut by tables of at most two powers of two, which all ranges share; a range of at most 2^16
/// values has a table of its own instead where the ranges of that size together are worth it.
enum RangeCost {
  static let row = 2
  static let statement = 16
  /// The most rows of a table, as bits.
  static let maximalBits = 16

  /// What is asked, and how often.
  struct Demand: Equatable {
    var tuples = 0
    var statements = 0

    mutating func add(tuples: Int) {
      self.tuples = min(self.tuples + tuples, 1 << 40)
      statements += 1
    }
  }

  /// The tables that are used, and how each kind is shown.
  struct Choice {
    var cost: Int
    var plans: [RangeKind: RangePlan]
  }

  /// - Parameter planners: which keep what they find out.
  /// - Returns: nil when there is a range that no table helps to show.
  static func cheapest(_ demands: [RangeKind: Demand], _ planners: inout RangePlanners) -> Choice? {
    let kinds = demands.sorted { ($0.key.size, $0.key.spareBits) < ($1.key.size, $1.key.spareBits) }
    var best: Choice?
    for number in planners.all.indices {
      let limit = best?.cost ?? .max
      best = choice(kinds, &planners.all[number], below: limit) ?? best
    }
    return best
  }

  /// - Returns: nil also when the cost does not stay below the limit.
  private static func choice(
    _ kinds: [(key: RangeKind, value: Demand)], _ planner: inout RangePlanner, below limit: Int
  ) -> Choice? {
    let tables = planner.tables
    var result = Choice(cost: tables.reduce(0) { $0 + row << $1 }, plans: [:])
    var next = 0
    while next < kinds.count {
      guard result.cost < limit else { return nil }
      let size = kinds[next].key.size
      let end = kinds[next...].firstIndex { $0.key.size != size } ?? kinds.count
      let group = kinds[next..<end]
      next = end
      let direct = RangePlan(top: size, rows: size)
      var own: Int? = size <= 1 << maximalBits ? row * size : nil
      if tables.contains(where: { 1 << $0 == size }) { own = 0 }
      var shared: Int? = 0
      var plans: [(RangeKind, RangePlan)] = []
      for (kind, demand) in group {
        own = own.map { $0 + cost(direct, demand) }
        let plan = planner.plan(for: kind)
        shared = shared.flatMap { sum in plan.map { sum + cost($0, demand) } }
        if let plan { plans.append((kind, plan)) }
      }
      if let own, own <= shared ?? .max {
        result.cost += own
        for (kind, _) in group { result.plans[kind] = direct }
      } else if let shared {
        result.cost += shared
        for (kind, plan) in plans { result.plans[kind] = plan }
      } else {
        return nil
      }
    }
    return result.cost < limit ? result : nil
  }

  static func cost(_ plan: RangePlan, _ demand: Demand) -> Int {
    (plan.lookups + plan.cells) * (demand.tuples + statement * demand.statements)
  }
}

/// A planner for each choice of at most two tables.
struct RangePlanners {
  var all: [RangePlanner] = choices.map { RangePlanner(tables: $0) }

  private static let choices: [[Int]] = (0...RangeCost.maximalBits).flatMap { high in
    (0...max(high - 1, 0)).map { low in low == 0 ? (high == 0 ? [] : [high]) : [low, high] }
  }
}

/// Finds the plans that given tables allow.
struct RangePlanner {
  /// Bits of the tables, ascending.
  let tables: [Int]
  /// What was found of each kind; nil where there is none.
  private var plans: [RangeKind: RangePlan?] = [:]
  /// The best plans for ranges of given sizes; nil where there is none.
  private var known: [Int: RangePlan?] = [:]
  /// No range that is shown has more values.
  private static let maximalBits = 47

  init(tables: [Int]) { self.tables = tables }

  mutating func plan(for kind: RangeKind) -> RangePlan? {
    if let plan = plans[kind] { return plan }
    let plan = search(kind)
    plans[kind] = .some(plan)
    return plan
  }

  private mutating func search(_ kind: RangeKind) -> RangePlan? {
    var best: RangePlan?
    func consider(_ plan: RangePlan?) {
      guard let plan else { return }
      let isBetter = best.map {
        (plan.lookups + plan.cells, plan.shift) < ($0.lookups + $0.cells, $0.shift)
      }
      if isBetter ?? true { best = plan }
    }
    let widest = max(kind.bits, min(kind.bits + RangeCost.maximalBits, Self.maximalBits))
    if kind.isLoose {
      for bits in kind.bits...widest { consider(chain(1 << bits)) }
      return best
    }
    for shift in 0...max(kind.spareBits, 0) where kind.bits + shift <= Self.maximalBits {
      var plan = chain(kind.size << shift)
      plan?.shift = shift
      consider(plan)
    }
    for bits in kind.bits...widest {
      var plan = chain(1 << bits)
      plan?.isDouble = true
      consider(plan)
    }
    return best
  }

  /// The best way to show that a value lies in 0..<size.
  private mutating func chain(_ size: Int) -> RangePlan? {
    if let plan = known[size] { return plan }
    var best: RangePlan?
    for bits in tables {
      var plan: RangePlan?
      if size <= 1 << bits {
        plan = RangePlan(top: size, rows: 1 << bits)
      } else if size % (1 << bits) == 0, let rest = chain(size >> bits) {
        plan = rest
        plan?.limbs.insert(bits, at: 0)
      }
      guard let plan else { continue }
      let isBetter = best.map { plan.lookups + plan.cells < $0.lookups + $0.cells }
      if isBetter ?? true { best = plan }
    }
    known[size] = .some(best)
    return best
  }
}
