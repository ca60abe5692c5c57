import ConstraintSystem
import Equations
import TensorGraph

/// Powers.
extension EquationLowering {
  /// A constant of up to this many values is taken one value at a time.
  private static let maximumValues = 16

  mutating func power(
    _ base: RealExpression, _ exponent: RealExpression
  ) throws(GraphError) -> Polynomial {
    if case .constant(let value) = exponent { return try power(polynomial(base), value) }
    if case .constant = base {
      return try apply(.binary(.power, base, .argument), to: value(of: polynomial(exponent)))
    }
    let base = try value(of: polynomial(base))
    if isConstant(exponent), let values = try values(of: exponent) {
      return try chosen(exponent, values) { lowering, value throws(GraphError) in
        try lowering.power(Polynomial(base), value)
      }
    }
    guard maker.graph[base.value].kind == .real else {
      throw GraphError(.unsupported, "an integer to the power of what depends on an input")
    }
    let logarithm = try apply(.unary(.log, .argument), to: base)
    let product = try product(logarithm, polynomial(exponent))
    return try apply(.unary(.exp, .argument), to: value(of: product))
  }

  private mutating func power(
    _ base: Polynomial, _ exponent: Double
  ) throws(GraphError) -> Polynomial {
    switch exponent {
    case 0: return Polynomial(1)
    case 1: return base
    case 2: return try product(base, base)
    case 3...16 where exponent.rounded() == exponent && base.monomials.allSatisfy(isWhole):
      let element = element(try value(of: base))
      let half = try power(element, (exponent / 2).rounded(.down))
      let square = try product(half, half)
      return exponent.truncatingRemainder(dividingBy: 2) == 0
        ? square : try product(self.element(value(of: square)), element)
    default:
      return try apply(
        .binary(.power, .argument, .constant(exponent)), to: self.value(of: base))
    }
  }

  private func isWhole(_ monomial: Monomial) -> Bool {
    monomial.coefficient.rounded() == monomial.coefficient
      && (monomial.constants + monomial.factors).allSatisfy { maker.graph[$0.value].kind != .real }
  }

  /// The different values of a constant expression; nil where they are many.
  private mutating func values(of expression: RealExpression) throws(GraphError) -> [Double]? {
    let tensors = operands.map { maker.graph.constants[$0] }
    let block = try ConstantEvaluation(sizes: sizes, operands: tensors).block(expression)
    let values = Set(block.values)
    return values.count <= Self.maximumValues ? values.sorted() : nil
  }

  /// Σ over the values of a constant of what belongs to the value, where the constant is it.
  private mutating func chosen(
    _ constant: RealExpression, _ values: [Double],
    _ body: (inout Self, Double) throws(GraphError) -> Polynomial
  ) throws(GraphError) -> Polynomial {
    var total = Polynomial([])
    for value in values {
      let test = RealExpression.binary(.equal, constant, .constant(value))
      let isIt = try polynomial(self.constant(test))
      total = try total + product(isIt, body(&self, value))
    }
    return total
  }
}
