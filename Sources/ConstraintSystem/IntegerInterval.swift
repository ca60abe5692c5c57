/// All integers from `low` to `high`, with arithmetic that says nil instead of leaving 64 bits.
public struct IntegerInterval: Equatable, Sendable {
  public var low: Integer
  /// At least `low`.
  public var high: Integer

  public init(low: Integer, high: Integer) {
    self.low = low
    self.high = high
  }

  public init(_ range: ClosedRange<Integer>) {
    self.init(low: range.lowerBound, high: range.upperBound)
  }

  public static let zero = IntegerInterval(low: 0, high: 0)

  /// The larger of both ends' magnitudes.
  public var magnitude: Integer.Magnitude { max(low.magnitude, high.magnitude) }

  /// The least interval with this one and zero: what a read may give that may leave its tensor.
  public var withZero: IntegerInterval { .init(low: min(low, 0), high: max(high, 0)) }

  /// The least interval with both in it.
  func joined(with other: IntegerInterval) -> IntegerInterval {
    .init(low: min(low, other.low), high: max(high, other.high))
  }

  /// Holds x + y for all x and y of the two.
  public func adding(_ other: IntegerInterval) -> IntegerInterval? {
    let (low, lowOverflows) = self.low.addingReportingOverflow(other.low)
    let (high, highOverflows) = self.high.addingReportingOverflow(other.high)
    return lowOverflows || highOverflows ? nil : .init(low: low, high: high)
  }

  /// Holds factor · x for all x.
  public func multiplied(by factor: Integer) -> IntegerInterval? {
    multiplied(by: .init(low: factor, high: factor))
  }

  /// Holds x·y for all x and y of the two.
  public func multiplied(by other: IntegerInterval) -> IntegerInterval? {
    let products = [
      low.multipliedReportingOverflow(by: other.low),
      low.multipliedReportingOverflow(by: other.high),
      high.multipliedReportingOverflow(by: other.low),
      high.multipliedReportingOverflow(by: other.high),
    ]
    var result = IntegerInterval(low: products[0].partialValue, high: products[0].partialValue)
    for product in products {
      if product.overflow { return nil }
      result.low = min(result.low, product.partialValue)
      result.high = max(result.high, product.partialValue)
    }
    return result
  }
}
