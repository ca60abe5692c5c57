extension ConstraintSystem {
  /// Checks that verifying a proof about the system takes a bounded number of steps, and of numbers
  /// at a time (`Paper/` section 3.4).
  ///
  /// The statements' structure must be sound, and the product of boxes and reads of the lookups
  /// bounded.
  func checkWork(_ limits: WorkLimits) throws(ConstraintSystemError) {
    var work = VerificationWork(limits)
    for equality in equalities {
      let segments = equality.indices.map { [$0.size] }
      for term in equality.terms {
        if term.factors.count == 2 { try work.addProduct(equality.name) }
        for factor in term.factors {
          for part in factor.terms {
            try work.add(part.read, of: tensors[part.read.tensor], segments, equality.name)
          }
        }
      }
    }
    for lookup in lookups {
      try addLeaves(
        lookup.columns, lookup.indices, rank: tupleRank(of: lookup), lookup.name, to: &work)
      if let table = rowTable(lookup.table) {
        let tuples = Self.segments(lookup.indices, rank: tupleRank(of: lookup))
        try work.addSource(boxes: tuples, reads: table.source.terms.count, lookup.name)
      }
    }
    for table in rowTables {
      try addLeaves([table.source], table.indices, rank: table.rowRank, table.name, to: &work)
      guard !table.isPermutation else { continue }
      try work.addCounts(boxes: Self.segments(table.indices, rank: table.rowRank), table.name)
    }
  }

  /// - Parameter rank: how many of the indices are cut into segments; of the others each place has all
  ///   values.
  private func addLeaves(
    _ columns: [LinearExpression], _ indices: [StatementIndex], rank: Int, _ name: String,
    to work: inout VerificationWork
  ) throws(ConstraintSystemError) {
    let segments = Self.segments(indices, rank: rank)
    try work.addBoxes(segments, name)
    for column in columns {
      for part in column.terms {
        try work.add(part.read, of: tensors[part.read.tensor], segments, name)
      }
    }
  }
}

extension ConstraintSystem {
  /// The parts that the values of each index are cut into, for the first ones.
  private static func segments(_ indices: [StatementIndex], rank: Int) -> [[Int]] {
    indices.prefix(rank).map { binaryDigits($0.size) } + indices.dropFirst(rank).map { [$0.size] }
  }
}

/// How much verification may take.
public struct WorkLimits: Sendable {
  /// Steps, each about as long as a multiplication.
  public var steps: Integer
  /// Weights that are kept.
  public var weights: Integer

  public init(steps: Integer, weights: Integer) {
    self.steps = steps
    self.weights = weights
  }

  /// What `ConstraintSystem.validate` allows.
  public static let standard = WorkLimits(
    steps: ConstraintSystemLimits.steps, weights: ConstraintSystemLimits.weights)
}

/// The powers of two that add up to a size: the lengths of an axis's segments.
private func binaryDigits(_ size: Int) -> [Int] {
  (0..<Int.bitWidth).filter { size >> $0 & 1 == 1 }.map { 1 << $0 }
}

/// Adds up what the reads of a system cost.
private struct VerificationWork {
  private var steps: BoundedTotal
  private var weights: BoundedTotal

  /// What a product of two factors counts for, with the messages and pads that it takes.
  private static let product: Integer = 1 << 9
  /// What a box counts for.
  private static let box: Integer = 1 << 6
  /// What a read of a table's source counts for, for each box of each lookup in the table.
  private static let sourceRead: Integer = 1 << 4
  /// What two boxes of one table's counts count for, which are all compared with each other.
  private static let countPair: Integer = 1 << 3

  init(_ limits: WorkLimits) {
    steps = BoundedTotal(limit: limits.steps)
    weights = BoundedTotal(limit: limits.weights)
  }

  mutating func addProduct(_ subject: String) throws(ConstraintSystemError) {
    try add(steps: Self.product, subject)
  }

  /// Adds a lookup's own boxes.
  /// - Parameter segments: for each index the parts that its values are cut into.
  mutating func addBoxes(_ segments: [[Int]], _ subject: String) throws(ConstraintSystemError) {
    try add(steps: segments.reduce(Self.box) { capped($0, times: $1.count) }, subject)
  }

  /// Adds the reads of what a lookup's table is of, which are gone through for each box of the lookup.
  mutating func addSource(
    boxes segments: [[Int]], reads: Int, _ subject: String
  ) throws(ConstraintSystemError) {
    let boxes = segments.reduce(Self.sourceRead) { capped($0, times: $1.count) }
    try add(steps: capped(boxes, times: reads), subject)
  }

  /// Adds the counts of a table's rows.
  mutating func addCounts(
    boxes segments: [[Int]], _ subject: String
  ) throws(ConstraintSystemError) {
    let boxes = segments.reduce(Integer(1)) { capped($0, times: $1.count) }
    try add(steps: capped(capped(Self.countPair, times: boxes), times: boxes), subject)
  }

  /// Adds a read, once for each choice of a segment of each index.
  mutating func add(
    _ read: TensorRead, of tensor: TensorDeclaration, _ segments: [[Int]], _ subject: String
  ) throws(ConstraintSystemError) {
    let boxes = segments.reduce(Integer(1)) { capped($0, times: $1.count) }
    let parts = tensor.shape.reduce(Integer(1)) { capped($0, times: $1.nonzeroBitCount) }
    var cells: Integer = 1
    // The boxes that differ in indices which no position so far has read.
    var rest = boxes
    for (position, size) in zip(read.positions, tensor.shape) {
      let cost = PositionCost(position, segments, size: size)
      let others = boxes / cost.choices
      rest /= cost.choices
      cells = capped(cells, times: cost.reach)
      try add(steps: capped(cost.steps, times: others), subject)
      try add(weights: capped(cost.weights, times: others), subject)
      if !tensor.role.isPublic, !cost.isPlain {
        let sections = parts / Integer(size.nonzeroBitCount)
        try add(steps: capped(capped(cost.reach, times: others), times: sections), subject)
      }
    }
    let whole =
      tensor.role.isPublic
      ? capped(cells, times: rest) : capped(capped(boxes, times: parts), times: Self.box)
    try add(steps: whole, subject)
  }

  private mutating func add(
    steps number: Integer, _ subject: String
  ) throws(ConstraintSystemError) {
    do { try steps.add(number, subject) } catch {
      throw ConstraintSystemError(.tooMuchWork, subject, detail: steps.limit)
    }
  }

  private mutating func add(
    weights number: Integer, _ subject: String
  ) throws(ConstraintSystemError) {
    do { try weights.add(number, subject) } catch {
      throw ConstraintSystemError(.tooMuchMemory, subject, detail: weights.limit)
    }
  }
}

/// What the weights of a position's values cost, over all choices of the segments of its indices.
private struct PositionCost {
  /// Whether it is one index and nothing else: its weights are those of the index.
  let isPlain: Bool
  /// The number of choices.
  private(set) var choices: Integer = 1
  /// Steps to make the weights.
  private(set) var steps: Integer = 0
  /// Weights that are kept.
  private(set) var weights: Integer = 0
  /// Weights of positions within the axis.
  private(set) var reach: Integer = 0

  /// - Parameter size: that of the axis.
  init(_ position: AffineIndex, _ segments: [[Int]], size: Int) {
    let isShift = position.terms.count == 1 && position.terms[0].coefficient == 1
    isPlain = isShift && position.constant == 0
    let terms = position.termsByMagnitude
    for term in terms { choices = capped(choices, times: segments[term.index].count) }
    var chosen = [Int](repeating: 0, count: terms.count)
    repeat {
      var length: Integer = 1
      for (term, choice) in zip(terms, chosen) {
        let count = segments[term.index][choice]
        let longer = length + Integer(term.coefficient.magnitude) * Integer(count - 1)
        // A multiple of one index at the first, sums of rows then.
        if !isShift { steps = capped(steps, plus: capped(length, times: count) + longer) }
        length = longer
      }
      if !isShift { weights = capped(weights, plus: length) }
      reach = capped(reach, plus: min(length, Integer(size)))
    } while Self.advance(&chosen) { segments[terms[$0].index].count }
  }

  /// Goes on to the next choice; false behind the last.
  private static func advance(_ chosen: inout [Int], _ count: (Int) -> Int) -> Bool {
    for place in chosen.indices {
      chosen[place] += 1
      if chosen[place] < count(place) { return true }
      chosen[place] = 0
    }
    return false
  }
}

/// More than any limit, and so little that products of two such numbers do not overflow.
private let ceiling: Integer = 1 << 31

private func capped(_ a: Integer, times b: some FixedWidthInteger) -> Integer {
  min(a * min(Integer(clamping: b), ceiling), ceiling)
}

private func capped(_ a: Integer, plus b: Integer) -> Integer { min(a + b, ceiling) }
