/// The functions that every operator knows.
enum BuiltinFunction: Hashable {
  /// A real function of one number.
  case unary(RealExpression.Unary)
  case binary(RealExpression.Binary)
  /// The least or the greatest of two or more numbers.
  case least, greatest
  /// `select(condition, a, b)`: a where the condition holds, otherwise b.
  case select
  /// `all(condition ...)`: whether it holds for every component.
  case all
  /// `count(i, rest...)`: the product of sizes.
  case count
  /// `inside(x[i])`: whether the place exists.
  case inside
  /// `value(x)`: what an operand of one element is, which must be a constant; in sizes.
  case value
  /// `cast(x, to)`: as that kind of element.
  case cast
  /// `given(x)`: whether the node has the operand.
  case given
  /// `boolean(x)`: whether the node has the operand, and its elements are truth values.
  case boolean
  /// `constant(x)`: whether the operand is a constant.
  case constant
  /// `item(list, k)`: of an attribute that is a list of integers the one at that position.
  case item

  private static let named: [String: BuiltinFunction] = {
    var functions: [String: BuiltinFunction] = [
      "min": .least, "max": .greatest, "select": .select, "all": .all, "count": .count,
      "inside": .inside, "cast": .cast, "value": .value, "given": .given,
      "boolean": .boolean, "constant": .constant, "item": .item,
      "floor_divide": .binary(.floorDivide),
    ]
    let hidden: Set<RealExpression.Unary> = [.negate, .not, .order]
    for function in RealExpression.Unary.allCases where !hidden.contains(function) {
      functions[function.rawValue] = .unary(function)
    }
    return functions
  }()

  init?(named name: String) {
    guard let function = Self.named[name] else { return nil }
    self = function
  }

  /// How many arguments it takes.
  var arity: ClosedRange<Int> {
    switch self {
    case .unary, .all, .inside, .value, .given, .boolean, .constant: 1...1
    case .binary, .cast, .item: 2...2
    case .select: 3...3
    case .least, .greatest: 2...64
    case .count: 1...64
    }
  }

  /// Numbers that have a name.
  static let constants: [String: Double] = ["pi": .pi, "infinity": .infinity]
}
