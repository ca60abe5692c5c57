import ConstraintSystem
import Foundation

extension Double: LaneElement {
  @inline(__always)
  package init<Stored: StoredElement>(stored: Stored) { self = stored.asDouble }

  package var position: Int? { Int(exactly: self) }
  package static var least: Double { -.infinity }
  package static var greatest: Double { .infinity }

  package static func apply(_ operation: LaneOperation, _ lanes: LaneOperands<Double>) -> Bool {
    switch operation {
    case .add: lanes.combine { $0 + $1 }
    case .subtract: lanes.combine { $0 - $1 }
    case .multiply: lanes.combine { $0 * $1 }
    case .floorDivide, .signedFloorDivide: lanes.combine { ($0 / $1).rounded(.down) }
    case .remainder, .signedRemainder: lanes.combine { $0 - ($0 / $1).rounded(.down) * $1 }
    case .signedCeilDivide: lanes.combine { ($0 / $1).rounded(.up) }
    case .truncatedDivide: lanes.combine { ($0 / $1).rounded(.towardZero) }
    case .power: raise(lanes)
    case .minimum: lanes.combine { lesser($0, $1) }
    case .maximum: lanes.combine { greater($0, $1) }
    case .less: lanes.combine { $0 < $1 ? 1 : 0 }
    case .lessOrEqual: lanes.combine { $0 <= $1 ? 1 : 0 }
    case .equal: lanes.combine { $0 == $1 ? 1 : 0 }
    case .and: lanes.combine { $0 != 0 && $1 != 0 ? 1 : 0 }
    case .or: lanes.combine { $0 != 0 || $1 != 0 ? 1 : 0 }
    case .xor: lanes.combine { ($0 != 0) != ($1 != 0) ? 1 : 0 }
    case .not: lanes.map { $0 == 0 ? 1 : 0 }
    case .negate: lanes.map { -$0 }
    case .magnitude: lanes.map { $0.magnitude }
    case .sign: lanes.map { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }
    case .squareRoot, .logarithm: preconditionFailure("an operation on integers")
    case .real(let operation): apply(operation, lanes)
    }
    return false
  }

  private static func apply(_ operation: RealOperation, _ lanes: LaneOperands<Double>) {
    switch operation {
    case .divide: lanes.combine { $0 / $1 }
    case .floor: lanes.map { $0.rounded(.down) }
    case .ceil: lanes.map { $0.rounded(.up) }
    case .round: lanes.map { $0.rounded(.toNearestOrEven) }
    case .truncate: lanes.map { $0.rounded(.towardZero) }
    case .single: lanes.map { Double(Float($0)) }
    case .order: lanes.map { SingleOrder.place(of: Float($0)).map(Double.init) ?? .nan }
    case .sqrt: lanes.map { $0.squareRoot() }
    case .exp: lanes.map { Foundation.exp($0) }
    case .log: lanes.map { Foundation.log($0) }
    case .erf: lanes.map { Foundation.erf($0) }
    case .sin: lanes.map { Foundation.sin($0) }
    case .cos: lanes.map { Foundation.cos($0) }
    case .tan: lanes.map { Foundation.tan($0) }
    case .asin: lanes.map { Foundation.asin($0) }
    case .acos: lanes.map { Foundation.acos($0) }
    case .atan: lanes.map { Foundation.atan($0) }
    case .sinh: lanes.map { Foundation.sinh($0) }
    case .cosh: lanes.map { Foundation.cosh($0) }
    case .tanh: lanes.map { Foundation.tanh($0) }
    case .asinh: lanes.map { Foundation.asinh($0) }
    case .acosh: lanes.map { Foundation.acosh($0) }
    case .atanh: lanes.map { Foundation.atanh($0) }
    }
  }

  private static func raise(_ lanes: LaneOperands<Double>) {
    // Squares are by far the most frequent powers.
    if (0..<lanes.count).allSatisfy({ lanes.second[$0] == 2 }) {
      lanes.map { $0 * $0 }
    } else {
      lanes.combine { pow($0, $1) }
    }
  }

  /// Not a number where either is none.
  @inline(__always)
  private static func lesser(_ a: Double, _ b: Double) -> Double { a < b || a != a ? a : b }

  @inline(__always)
  private static func greater(_ a: Double, _ b: Double) -> Double { a > b || a != a ? a : b }

  package static func choose(_ lanes: LaneOperands<Double>, mask: UnsafeMutablePointer<Double>) {
    for lane in 0..<lanes.count {
      let (a, b) = (lanes.first[lane], lanes.second[lane])
      lanes.result[lane] = mask[lane] == 0 ? a : b
    }
  }

  @inline(__always)
  package static func combine(
    _ reduction: LaneReduction, _ total: Double, _ term: Double
  ) -> Double? {
    switch reduction {
    case .sum: total + term
    case .product: total * term
    case .minimum: lesser(total, term)
    case .maximum: greater(total, term)
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: nil
    }
  }

  package static func combine(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Double>,
    _ terms: UnsafeMutablePointer<Double>, _ count: Int
  ) -> Bool {
    combineWrapping(reduction, totals, terms, count)
    return false
  }

  package static func combineWrapping(
    _ reduction: LaneReduction, _ totals: UnsafeMutablePointer<Double>,
    _ terms: UnsafeMutablePointer<Double>, _ count: Int
  ) {
    switch reduction {
    case .sum: for lane in 0..<count { totals[lane] += terms[lane] }
    case .product: for lane in 0..<count { totals[lane] *= terms[lane] }
    case .minimum: for lane in 0..<count { totals[lane] = lesser(totals[lane], terms[lane]) }
    case .maximum: for lane in 0..<count { totals[lane] = greater(totals[lane], terms[lane]) }
    case .firstMaximum, .lastMaximum, .firstMinimum, .lastMinimum: break
    }
  }

  @inline(__always)
  package static func add(_ sum: Double, times coefficient: Double, to target: inout Double) {
    target += sum * coefficient
  }
}
