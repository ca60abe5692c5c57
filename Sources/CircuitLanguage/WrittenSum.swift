import ConstraintSystem

// Sums in which an index is a coefficient, such as sum(j) 4^j * x[j]: they are written out.
extension StatementFrame {
  /// The most terms of such a sum.
  private static let maximalTerms = 64

  mutating func writtenOut(
    _ body: ResolvedExpression, over entries: [Int], in scope: Scope, _ builder: CircuitBuilder
  ) throws(CircuitLanguageError) -> Polynomial {
    let count = entries.map { space.size($0) }.saturatingProduct
    guard count <= Self.maximalTerms else {
      throw CircuitLanguageError(
        "a sum of \(count) terms, in which an index is a coefficient, is too long; at most "
          + "\(Self.maximalTerms) are written out",
        at: entries.first.map { space.entries[$0].location })
    }
    var linear = LinearSum()
    var terms: [Equality.Term] = []
    for number in 0..<count {
      var values: [Int: Int] = [:]
      var rest = number
      for entry in entries.reversed() {
        values[entry] = rest % space.size(entry) + space.entries[entry].lower
        rest /= space.size(entry)
      }
      let term = try polynomial(body.with(values), in: scope, builder)
      let substitution = substitution(values)
      guard linear.add(substitution.apply(term.linear), times: 1) else {
        throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
      }
      terms += term.terms.map(substitution.apply)
    }
    return Polynomial(linear: linear.expression, terms: terms)
  }

  /// Puts numbers in the place of the digits of entries.
  private func substitution(_ values: [Int: Int]) -> IndexSubstitution {
    var digits = indices.indices.map { AffineIndex(index: $0) }
    for (entry, value) in values {
      for part in space.entries[entry].parts {
        let digit = (value - space.entries[entry].lower) / part.place % part.size
        digits[part.index] = AffineIndex(constant: digit)
      }
    }
    return IndexSubstitution(values: digits)
  }
}

extension ResolvedExpression {
  /// Whether the value of one of the indices occurs, other than in positions.
  func usesValue(of entries: [Int]) -> Bool {
    switch self {
    case .constant, .read: false
    case .index(let index): index.terms.contains { entries.contains($0.index) }
    case .negate(let operand), .table(_, let operand), .reduction(_, _, let operand):
      operand.usesValue(of: entries)
    case .binary(_, let left, let right, _):
      left.usesValue(of: entries) || right.usesValue(of: entries)
    case .function(_, let arguments), .element(_, let arguments, _):
      arguments.contains { $0.usesValue(of: entries) }
    }
  }

  /// The expression with numbers in the place of indices' values.
  func with(_ values: [Int: Int]) -> ResolvedExpression {
    switch self {
    case .constant, .read: return self
    case .index(let index):
      var result = AffineIndex(constant: index.constant)
      for term in index.terms {
        if let value = values[term.index] {
          result.constant += term.coefficient * value
        } else {
          result.terms.append(term)
        }
      }
      return result.terms.isEmpty ? .constant(result.constant) : .index(result)
    case .negate(let operand): return .negate(operand.with(values))
    case .binary(let operation, let left, let right, let location):
      return .binary(operation, left.with(values), right.with(values), location)
    case .function(let name, let arguments):
      return .function(name, arguments.map { $0.with(values) })
    case .reduction(let reduction, let entries, let body):
      return .reduction(reduction, entries, body.with(values))
    case .table(let table, let argument): return .table(table, argument.with(values))
    case .element(let name, let positions, let location):
      return .element(name, positions.map { $0.with(values) }, location)
    }
  }
}

extension Polynomial {
  /// The constant base^exponent; nil where it leaves 64 bits or the exponent is negative.
  static func power(_ base: Int, _ exponent: Int) -> Polynomial? {
    guard (0...62).contains(exponent) else { return nil }
    var result = 1
    for _ in 0..<exponent {
      let (next, overflow) = result.multipliedReportingOverflow(by: base)
      if overflow { return nil }
      result = next
    }
    return Polynomial(linear: LinearExpression(constant: result))
  }
}
