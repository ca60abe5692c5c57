import ConstraintSystem
import Equations

/// An element of a value, at positions in the indices of an equation.
struct Place: Hashable {
  var value: ValueID
  var positions: [AffineIndex]

  var usedIndices: [Int] { positions.usedIndices }
}

/// coefficient · Σ over the summed indices of the product of constants and of other values.
struct Monomial {
  var coefficient: Double
  var constants: [Place] = []
  var factors: [Place] = []
  var summed: [Int] = []

  var isConstant: Bool { factors.isEmpty && summed.isEmpty }

  /// Whether it is a number.
  var isScalar: Bool { isConstant && constants.isEmpty }

  /// The indices that it depends on.
  var freeIndices: [Int] {
    Set((constants + factors).flatMap(\.usedIndices)).subtracting(summed).sorted()
  }
}

/// A sum of monomials.
struct Polynomial {
  var monomials: [Monomial]

  init(_ monomials: [Monomial]) { self.monomials = monomials }

  init(_ value: Double) { monomials = value == 0 ? [] : [Monomial(coefficient: value)] }

  init(_ place: Place) { monomials = [Monomial(coefficient: 1, factors: [place])] }

  init(constant place: Place) { monomials = [Monomial(coefficient: 1, constants: [place])] }

  /// The number that it is; nil where it is none.
  var scalar: Double? {
    if monomials.isEmpty { return 0 }
    return monomials.count == 1 && monomials[0].isScalar ? monomials[0].coefficient : nil
  }

  /// The one value that it is; nil where it is none.
  var place: Place? {
    guard monomials.count == 1, monomials[0].coefficient == 1, monomials[0].constants.isEmpty,
      monomials[0].summed.isEmpty, monomials[0].factors.count == 1
    else { return nil }
    return monomials[0].factors[0]
  }

  /// The one value that it is 1 without; nil where it is anything else.
  var complement: Place? { (Polynomial(1) - self).place }

  /// Whether it depends on no value.
  var isConstant: Bool { monomials.allSatisfy(\.isConstant) }

  /// The constant tensor that it is; nil where it is none.
  var constantPlace: Place? {
    guard monomials.count == 1, monomials[0].coefficient == 1, monomials[0].isConstant,
      monomials[0].constants.count == 1
    else { return nil }
    return monomials[0].constants[0]
  }

  var freeIndices: [Int] { Set(monomials.flatMap(\.freeIndices)).sorted() }

  func scaled(_ factor: Double) -> Polynomial {
    if factor == 0 { return Polynomial([]) }
    var result = self
    for place in result.monomials.indices { result.monomials[place].coefficient *= factor }
    return result
  }

  static func + (left: Polynomial, right: Polynomial) -> Polynomial {
    Polynomial(left.monomials + right.monomials).joined
  }

  static func - (left: Polynomial, right: Polynomial) -> Polynomial { left + right.scaled(-1) }

  /// With equal monomials made one.
  private var joined: Polynomial {
    var result: [Monomial] = []
    var places: [[Set<Place>]: Int] = [:]
    for monomial in monomials {
      // A factor that occurs twice would be lost in a set, and one sum is not another's.
      let isPlain =
        monomial.summed.isEmpty && Set(monomial.factors).count == monomial.factors.count
        && Set(monomial.constants).count == monomial.constants.count
      let key = [Set(monomial.factors), Set(monomial.constants)]
      if isPlain, let place = places[key] {
        result[place].coefficient += monomial.coefficient
      } else {
        if isPlain { places[key] = result.count }
        result.append(monomial)
      }
    }
    return Polynomial(result.filter { $0.coefficient != 0 })
  }
}
