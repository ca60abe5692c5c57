import ConstraintSystem
import Equations

/// The numbers between two, both included; they may be infinite.
struct Interval: Equatable {
  var low: Double
  var high: Double

  static let all = Interval(low: -.infinity, high: .infinity)
  static let truth = Interval(low: 0, high: 1)

  init(low: Double, high: Double) {
    self.low = low
    self.high = high
  }

  init(_ range: ClosedRange<Double>) { self.init(low: range.lowerBound, high: range.upperBound) }

  /// The least that has all of the numbers; everything where one of them is none.
  init(of numbers: [Double]) {
    guard let low = numbers.min(), let high = numbers.max(), !numbers.contains(where: \.isNaN)
    else {
      self = .all
      return
    }
    self.init(low: low, high: high)
  }

  var magnitude: Double { max(abs(low), abs(high)) }
  var leastMagnitude: Double { low <= 0 && high >= 0 ? 0 : min(abs(low), abs(high)) }

  func hull(_ other: Interval) -> Interval {
    Interval(low: min(low, other.low), high: max(high, other.high))
  }

  func isWithin(_ range: ClosedRange<Double>) -> Bool {
    low >= range.lowerBound && high <= range.upperBound
  }

  /// What all pairs of ends come to: enough for what is monotone in each of two operands.
  func corners(_ other: Interval, _ operation: (Double, Double) -> Double) -> Interval {
    Interval(
      of: [low, high].flatMap { a in
        [other.low, other.high].map { b in
          let result = operation(a, b)
          return a == 0 || b == 0 ? result.orZero : result
        }
      })
  }

  func mapped(_ function: (Double) -> Double) -> Interval {
    Interval(of: [function(low), function(high)])
  }
}

extension Double {
  /// Zero times an infinity that stands for large numbers is zero.
  fileprivate var orZero: Double { isNaN ? 0 : self }
}

extension RealExpression {
  /// What the expression can be, where its reads are what they are said to be.
  ///
  /// - Parameters:
  ///   - indices: those of the equation.
  ///   - read: what a read can be.
  func interval(_ indices: [Equation.Index], _ read: (OperandRead) -> Interval) -> Interval {
    func part(_ expression: RealExpression) -> Interval { expression.interval(indices, read) }
    switch self {
    case .constant(let value): return Interval(of: [value])
    case .index(let position): return position.interval(indices)
    case .read(let operand): return read(operand)
    case .unary(let function, let operand): return function.interval(part(operand))
    case .binary(let operation, let left, let right):
      return operation.interval(part(left), part(right))
    case .select(_, let first, let second): return part(first).hull(part(second))
    case .reduce(let reduction, let bound, let term):
      let count = bound.reduce(1.0) { $0 * Double(indices[$1].size) }
      return reduction.interval(part(term), count)
    }
  }
}

extension RealExpression.Unary {
  fileprivate func interval(_ x: Interval) -> Interval {
    switch self {
    case .negate: Interval(low: -x.high, high: -x.low)
    case .not: .truth
    case .abs: Interval(low: x.leastMagnitude, high: x.magnitude)
    case .sign: Interval(low: -1, high: 1)
    case .floor, .ceil, .round, .truncate, .single: x.mapped(value)
    default: .all
    }
  }
}

extension RealExpression.Binary {
  fileprivate func interval(_ a: Interval, _ b: Interval) -> Interval {
    switch self {
    case .add: Interval(low: a.low + b.low, high: a.high + b.high)
    case .subtract: Interval(low: a.low - b.high, high: a.high - b.low)
    case .multiply: a.corners(b, *)
    case .divide: Self.quotient(a, b)
    case .floorDivide: Self.quotient(a, b).mapped { $0.rounded(.down) }
    case .modulo:
      Interval(low: b.low < 0 ? -b.magnitude : 0, high: b.high > 0 ? b.magnitude : 0)
    case .power: Self.power(a, b)
    case .minimum: Interval(low: min(a.low, b.low), high: min(a.high, b.high))
    case .maximum: Interval(low: max(a.low, b.low), high: max(a.high, b.high))
    case .equal, .less, .lessOrEqual, .and, .or, .xor: .truth
    }
  }

  /// Of a divisor that is less than one in magnitude nothing is said.
  private static func quotient(_ a: Interval, _ b: Interval) -> Interval {
    if b.low >= 1 || b.high <= -1 { return a.corners(b, /) }
    guard [b.low, b.high].allSatisfy({ !$0.isFinite || $0 == $0.rounded() }) else { return .all }
    // Integers by integers: no quotient is greater than the dividend.
    return Interval(low: -a.magnitude, high: a.magnitude)
  }

  private static func power(_ a: Interval, _ b: Interval) -> Interval {
    guard b.low >= 0 else { return .all }
    let most = Interval(of: [a.magnitude]).corners(b) { base, exponent in
      RealExpression.Binary.greatestPower(base, exponent)
    }.high
    return Interval(low: a.low < 0 ? -most : 0, high: most)
  }

  private static func greatestPower(_ base: Double, _ exponent: Double) -> Double {
    guard exponent < 64 else { return base <= 1 ? 1 : .infinity }
    return (0..<Int(exponent.rounded(.up))).reduce(1.0) { power, _ in power * max(base, 1) }
  }
}

extension RealExpression.Reduction {
  fileprivate func interval(_ term: Interval, _ count: Double) -> Interval {
    switch self {
    case .sum:
      return Interval(low: min(term.low * count, term.low), high: max(term.high * count, term.high))
    case .product:
      let most = RealExpression.Reduction.power(max(term.magnitude, 1), count)
      return Interval(low: term.low < 0 ? -most : 0, high: most)
    case .maximum, .minimum: return term
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum:
      return Interval(low: 0, high: count)
    }
  }

  private static func power(_ base: Double, _ count: Double) -> Double {
    guard base > 1 else { return 1 }
    guard count < 1024 else { return .infinity }
    return (0..<Int(count)).reduce(1.0) { power, _ in power * base }
  }
}

extension AffineIndex {
  /// What a position can be, for all values of the indices.
  func interval(_ indices: [Equation.Index]) -> Interval {
    terms.reduce(Interval(of: [Double(constant)])) { sum, term in
      let reach = Double(term.coefficient) * Double(max(indices[term.index].size - 1, 0))
      return Interval(low: sum.low + min(reach, 0), high: sum.high + max(reach, 0))
    }
  }
}
