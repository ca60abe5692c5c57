/// What went wrong at a row-major position of a domain.
package struct ExpressionFailure: Error, Equatable {
  package enum Reason: Equatable, Sendable {
    /// An integer leaves 64 bits.
    case overflow
    case division(divisor: Int)
    case lookupMiss(table: Int, value: Int)
    /// A computed place where there is no element; nil is no place at all.
    case noElement(place: Int?, size: Int)
    /// A greatest or least of nothing.
    case noTerm
    /// A result that is not what its kind holds.
    case unfit(Double)
  }

  package var reason: Reason
  package var position: Int

  package init(reason: Reason, position: Int) {
    self.reason = reason
    self.position = position
  }
}
