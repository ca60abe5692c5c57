/// What is known of the sign of all elements of a value.
enum Sign: Int, Comparable {
  case unknown, notNegative, positive

  static func < (a: Sign, b: Sign) -> Bool { a.rawValue < b.rawValue }

  /// Of a number.
  init(_ value: Double) { self = value > 0 ? .positive : value == 0 ? .notNegative : .unknown }

  /// Of a sum.
  static func + (a: Sign, b: Sign) -> Sign { min(a, b) == .unknown ? .unknown : max(a, b) }
}
