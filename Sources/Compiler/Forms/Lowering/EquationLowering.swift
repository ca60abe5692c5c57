import ConstraintSystem
import Equations
import TensorGraph

/// Brings one equation into forms: polynomials over reads, and nodes for what is not polynomial.
struct EquationLowering {
  var maker: FormMaker
  /// The equation's, and those that forms need beside them.
  var indices: [Equation.Index]
  let domainRank: Int
  /// What the equation reads, by the numbers that it uses; the constants that are computed come
  /// behind.
  var operands: [ValueID]
  /// Of what is defined.
  let kind: ElementKind

  init(_ equation: Equation, _ operands: [ValueID], _ kind: ElementKind, maker: FormMaker) {
    indices = equation.indices
    domainRank = equation.domainRank
    self.operands = operands
    self.kind = kind
    self.maker = maker
  }

  var sizes: [Int] { indices.map(\.size) }

  /// Gives the value that the expression defines, of the shape of the domain.
  mutating func run(_ expression: RealExpression) throws(GraphError) -> ValueID {
    if let order = try order(expression) { return order }
    return try result(of: polynomial(folded(expression)))
  }

  /// Gives a value over the whole domain.
  mutating func result(of polynomial: Polynomial) throws(GraphError) -> ValueID {
    let shape = Array(sizes.prefix(domainRank))
    if let place = polynomial.place ?? polynomial.constantPlace,
      maker.graph[place.value].shape == shape,
      place.positions.withoutSingle(size) == .identity(shape),
      maker.graph[place.value].kind == kind
    {
      return place.value
    }
    return try sum(polynomial, over: Array(0..<domainRank), kind, name: maker.name)
  }

  func kind(_ expression: RealExpression) -> ElementKind {
    expression.kind(operands.map { maker.graph[$0].kind })
  }

  func size(_ index: Int) -> Int { indices[index].size }

  func count(_ used: [Int]) -> Int {
    used.reduce(1) { $0.multipliedReportingOverflow(by: size($1)).partialValue }
  }

  /// What a node is made over that depends on the given indices: these, or the whole domain where it
  /// has no other of more than one value.
  func span(_ used: [Int]) -> [Int] {
    let domain = Array(0..<domainRank)
    let wide = used.filter { size($0) > 1 }
    return wide == domain.filter { size($0) > 1 } ? domain : used
  }

  /// The element of a node's value that is made over the given indices.
  func place(_ value: ValueID, over indices: [Int]) -> Place {
    Place(
      value: value,
      positions: indices.map { size($0) == 1 ? AffineIndex() : AffineIndex(index: $0) })
  }

  func staysInside(_ place: Place) -> Bool {
    place.positions.stayInside(maker.graph[place.value].shape, size)
  }
}

extension EquationLowering {
  mutating func polynomial(_ expression: RealExpression) throws(GraphError) -> Polynomial {
    switch expression {
    case .constant(let value):
      guard !value.isNaN else { throw GraphError(.unsupported, "it computes with \(value)") }
      return Polynomial(Saturation.finite(value))
    case .index: throw GraphError(.structure, "an index outside of a constant")
    case .read(let read): return try self.read(read)
    default: break
    }
    if let step = try step(expression) { return step }
    if let (read, function) = functionOfOneRead(expression) {
      guard let place = try self.read(read).place else {
        throw GraphError(.structure, "a read that is no single value")
      }
      if function.isSuited(to: maker.graph[place.value].kind) {
        return try apply(function, to: place)
      }
    }
    return try structure(expression)
  }

  /// The one read of an expression with no other constants than numbers, and the function that the
  /// expression is of it.
  func functionOfOneRead(
    _ expression: RealExpression
  ) -> (OperandRead, RealExpression)? {
    var found: OperandRead?
    guard let function = function(expression, &found), let found,
      !maker.isConstant(operands[found.operand])
    else { return nil }
    return (found, function)
  }

  private func function(
    _ expression: RealExpression, _ found: inout OperandRead?
  ) -> RealExpression? {
    switch expression {
    case .constant: return expression
    case .index, .reduce: return nil
    case .read(let read):
      guard found == nil || found == read,
        read.positions.allSatisfy({ if case .affine = $0 { true } else { false } })
      else { return nil }
      found = read
      return .argument
    case .unary(let operation, let operand):
      return function(operand, &found).map { .unary(operation, $0) }
    case .binary(let operation, let left, let right):
      guard let left = function(left, &found), let right = function(right, &found) else {
        return nil
      }
      return .binary(operation, left, right)
    case .select(let condition, let first, let second):
      guard let condition = function(condition, &found), let first = function(first, &found),
        let second = function(second, &found)
      else { return nil }
      return .select(condition, first, second)
    }
  }

  private mutating func structure(_ expression: RealExpression) throws(GraphError) -> Polynomial {
    switch expression {
    case .unary(let function, let operand): return try unary(function, operand)
    case .binary(let operation, let left, let right):
      return try binary(operation, left, right)
    case .select(let condition, let first, let second):
      return try select(condition, first, second)
    case .reduce(let reduction, let over, let term): return try reduce(reduction, over, term)
    case .constant, .index, .read: throw GraphError(.structure, "an expression without parts")
    }
  }

  private mutating func unary(
    _ function: RealExpression.Unary, _ operand: RealExpression
  ) throws(GraphError) -> Polynomial {
    switch function {
    case .negate: return try polynomial(operand).scaled(-1)
    case .single: return try polynomial(operand)
    case .not: return Polynomial(1) - (try truth(operand))
    case .floor: return try rounded(.floor, operand)
    case .ceil: return try rounded(.ceiling, operand)
    case .truncate: return try rounded(.truncated, operand)
    case .sign:
      let zero = RealExpression.constant(0)
      return try compare(zero, operand, isEqual: false) - compare(operand, zero, isEqual: false)
    default: return try apply(.unary(function, .argument), to: value(of: polynomial(operand)))
    }
  }

  private mutating func binary(
    _ operation: RealExpression.Binary, _ left: RealExpression, _ right: RealExpression
  ) throws(GraphError) -> Polynomial {
    switch operation {
    case .add: return try polynomial(left) + polynomial(right)
    case .subtract:
      if let wrapped = try wrapped(.binary(operation, left, right)) { return wrapped }
      return try polynomial(left) - polynomial(right)
    case .multiply: return try product(polynomial(left), polynomial(right))
    case .divide: return try quotient(left, right)
    case .power: return try power(left, right)
    case .minimum, .maximum: return try extreme(operation, left, right)
    case .floorDivide, .modulo: return try division(operation, left, right)
    case .less: return try compare(left, right, isEqual: false)
    case .lessOrEqual: return Polynomial(1) - (try compare(right, left, isEqual: false))
    case .equal: return try equality(left, right)
    case .and: return try product(truth(left), truth(right))
    case .or:
      let (a, b) = (try value(of: truth(left)), try value(of: truth(right)))
      return try element(a) + element(b) - product(element(a), element(b))
    case .xor: return try exclusive(truth(left), truth(right))
    }
  }

  private mutating func quotient(
    _ left: RealExpression, _ right: RealExpression
  ) throws(GraphError) -> Polynomial {
    if case .unary(.sqrt, let radicand) = right {
      let inverse = RealExpression.binary(.power, radicand, .constant(-0.5))
      return try product(polynomial(left), polynomial(inverse))
    }
    let numerator = try polynomial(left)
    let denominator = try value(of: polynomial(right))
    if let scalar = numerator.scalar {
      return try apply(.binary(.divide, .constant(scalar), .argument), to: denominator)
    }
    guard numerator.monomials.count == 1, numerator.monomials[0].summed.isEmpty,
      let first = numerator.monomials[0].factors.first, numerator.monomials[0].factors.count == 1
    else { return try Polynomial(quotient(value(of: numerator), denominator)) }
    // Numbers and constants are multiplied afterwards, where they may meet others.
    var monomial = numerator.monomials[0]
    monomial.factors = [try quotient(first, denominator)]
    return Polynomial([monomial])
  }
}
