import ConstraintSystem

/// An expression whose names have been looked up: parameters are numbers, and indices are positions
/// in the statement's `IndexSpace`.
indirect enum ResolvedExpression {
  case constant(Int)
  case index(AffineIndex)
  case read(ReadUse)
  case negate(ResolvedExpression)
  case binary(Expression.Operator, ResolvedExpression, ResolvedExpression, SourceLocation)
  case function(String, [ResolvedExpression])
  case reduction(Expression.Reduction, [Int], ResolvedExpression)
  case table(ResolvedTable, ResolvedExpression)
  /// A read at positions of which some are computed.
  case element(String, [ResolvedExpression], SourceLocation)
}

/// A read of a value of the circuit, at positions that are affine in the statement's indices.
struct ReadUse {
  var name: String
  var positions: [AffineIndex]
  /// Which of the positions are nothing but an index in the text, and so tell its size.
  var tellsSize: [Bool]
  var location: SourceLocation
}

/// The indices of a statement, before they are split into digits.
struct IndexSpace {
  struct Entry {
    var name: String
    var size: Int?
    /// The first value.
    var lower = 0
    var isDomain: Bool
    var location: SourceLocation
    /// Place values at which the index is split.
    var cuts: Set<Int> = []
    /// The digits that it is split into, the most significant first: index of the statement, size,
    /// place value.
    var parts: [(index: Int, size: Int, place: Int)] = []
  }

  var entries: [Entry] = []
  /// What a name means now; sums shadow.
  var scope: [String: Int] = [:]

  mutating func add(_ entry: Entry) -> Int {
    entries.append(entry)
    scope[entry.name] = entries.count - 1
    return entries.count - 1
  }

  func size(_ entry: Int) -> Int { entries[entry].size ?? 1 }

  /// The entries of which the position is the mixed-radix number, the most significant first, if it
  /// is one and runs through 0..<size.
  func chain(_ position: AffineIndex, size: Int) -> [Int]? {
    guard position.constant == 0 else { return nil }
    var terms = position.terms
    if terms.contains(where: { entries[$0.index].lower != 0 }) { return nil }
    if terms.count > 1 {
      // Indices of one value say nothing; but an axis of size 1 keeps one to be bound by.
      let significant = terms.filter { self.size($0.index) > 1 }
      terms = significant.isEmpty ? terms.suffix(1) : significant
    }
    terms.sort { $0.coefficient > $1.coefficient }
    var place = 1
    for term in terms.reversed() {
      guard term.coefficient == place || self.size(term.index) == 1 else { return nil }
      place *= self.size(term.index)
    }
    return place == size ? terms.map(\.index) : nil
  }
}
