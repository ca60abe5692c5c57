import FieldArithmetic

/// What the positions along one axis of a tensor count: written out, or as products over the bits of
/// an index.
public enum AxisWeights: Equatable, Sendable {
  case values(AxisVector)
  case factored(FactoredVector)

  /// The position of the first value.
  public var start: Int {
    switch self {
    case .values(let vector): vector.start
    case .factored(let vector): vector.start
    }
  }

  /// The position behind the last value.
  public var end: Int {
    switch self {
    case .values(let vector): vector.end
    case .factored(let vector): vector.end
    }
  }

  public var isEmpty: Bool { start >= end }

  /// The values, written out.
  public var vector: AxisVector {
    switch self {
    case .values(let vector): vector
    case .factored(let vector): vector.vector
    }
  }

  /// The value at a position.
  public subscript(_ position: Int) -> Fp3 {
    switch self {
    case .values(let vector): vector[position]
    case .factored(let vector):
      position >= start && position < end ? vector.value(position - vector.origin) : .zero
    }
  }

  var sum: Fp3 {
    switch self {
    case .values(let vector): vector.sum
    case .factored(let vector): vector.sum
    }
  }

  /// The values within `0..<count`.
  func clamped(to count: Int) -> AxisWeights {
    switch self {
    case .values(let vector): .values(vector.clamped(to: count))
    case .factored(let vector): .factored(vector.clamped(to: count))
    }
  }
}
