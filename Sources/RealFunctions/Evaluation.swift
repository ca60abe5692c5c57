/// A function that is evaluated at many arguments, by one thread.
final class Evaluation {
  private let function: RealFunction
  private let parts: [Evaluation]
  private let hasArgument: Bool
  /// Without an argument: the value, if it is rational, or by the number of places.
  private var known: Value?
  private var knownByPlaces: [Int: Value] = [:]

  init(_ function: RealFunction) {
    self.function = function
    parts = function.parts.map { Evaluation($0) }
    hasArgument = function == .argument || parts.contains { $0.hasArgument }
  }

  /// How many parts there are in all.
  var nodeCount: Int { parts.reduce(1) { $0 + $1.nodeCount } }

  /// The value at an argument.
  /// - Parameter limits: whether parts have limits at the edges of their domains.
  func value(
    at argument: Rational, _ arithmetic: Arithmetic, limits: Bool = false
  ) throws(NoValue) -> Value {
    guard !hasArgument else { return try compute(argument, arithmetic, limits) }
    if let value = known ?? knownByPlaces[arithmetic.places] { return value }
    let value = try compute(argument, arithmetic, limits)
    if value.rational != nil { known = value } else { knownByPlaces[arithmetic.places] = value }
    return value
  }

  private func compute(
    _ argument: Rational, _ arithmetic: Arithmetic, _ limits: Bool
  ) throws(NoValue) -> Value {
    func part(_ number: Int) throws(NoValue) -> Value {
      try parts[number].value(at: argument, arithmetic, limits: limits)
    }
    switch function {
    case .argument: return .exact(argument)
    case .constant(let top, let bottom):
      guard bottom > 0 else { throw .undefined }
      return .exact(Rational(BigInteger(top), BigInteger(bottom)))
    case .negate: return arithmetic.negated(try part(0))
    case .add: return try arithmetic.sum(try part(0), try part(1))
    case .subtract: return try arithmetic.difference(try part(0), try part(1))
    case .multiply: return try arithmetic.product(try part(0), try part(1))
    case .divide: return try arithmetic.quotient(try part(0), try part(1), limits: limits)
    case .power(_, let numerator, let denominator):
      guard denominator > 0, numerator > .min else { throw .undefined }
      return try arithmetic.power(try part(0), numerator, denominator, limits: limits)
    case .minimum: return try arithmetic.minimum(try part(0), try part(1))
    case .maximum: return try arithmetic.maximum(try part(0), try part(1))
    case .select:
      let gap = try arithmetic.difference(try part(0), try part(1))
      return try part(try arithmetic.sign(gap) < 0 ? 2 : 3)
    case .apply(let name, _): return try arithmetic.apply(name, try part(0), limits: limits)
    case .limit: return try parts[0].value(at: argument, arithmetic, limits: true)
    }
  }
}

extension RealFunction {
  fileprivate var parts: [RealFunction] {
    switch self {
    case .argument, .constant: []
    case .negate(let a), .power(let a, _, _), .apply(_, let a), .limit(let a): [a]
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .divide(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
      [a, b]
    case .select(let a, let b, let c, let d): [a, b, c, d]
    }
  }
}

extension Arithmetic {
  fileprivate func apply(
    _ name: RealFunction.Name, _ value: Value, limits: Bool
  ) throws(NoValue) -> Value {
    switch name {
    case .exp: return try exp(value)
    case .expm1: return try difference(try exp(value), .one)
    case .log: return try log(value, limits: limits)
    case .log1p: return try log(try sum(.one, value), limits: limits)
    case .sqrt: return try squareRoot(value, limits: limits)
    case .cbrt: return try cubeRoot(value)
    case .erf: return try errorFunction(value)
    case .sin: return try sine(value)
    case .cos: return try cosine(value)
    case .tan: return try tangent(value)
    case .asin: return try arcSine(value, limits: limits)
    case .acos: return try arcCosine(value, limits: limits)
    case .atan: return try arcTangent(value)
    case .sinh, .cosh, .tanh, .asinh, .acosh, .atanh:
      return try hyperbolic(name, value, limits: limits)
    case .abs: return try magnitude(value)
    case .sign: return try signValue(value)
    case .floor: return try step(Self.floor, value)
    case .ceil: return try step(Self.ceil, value)
    case .trunc: return try step(Self.trunc, value)
    case .roundeven: return try step(Self.roundEven, value)
    }
  }

  private func errorFunction(_ value: Value) throws(NoValue) -> Value {
    switch value {
    case .exact(let rational) where rational.sign == 0: return .zero
    case .huge(let isNegative, _):
      let one = BigInteger(1) << places
      return try self.value(Ball(isNegative ? -one : one, radius: 1))
    default: break
    }
    let argument = try ball(value)
    let (result, error) = constants.errorFunction(places: places).value(argument.middle)
    // 2 / √π is less than 1.2.
    return try self.value(Ball(result, radius: argument.radius * 1.2 * Ball.slack + error))
  }
}
