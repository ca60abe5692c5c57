import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  /// A function of one value: a polynomial of low degree, a root, a quotient, a comparison, or else a
  /// table.
  mutating func apply(
    _ function: RealExpression, to place: Place
  ) throws(GraphError) -> Polynomial {
    if let scalar = scalar(of: place) {
      return Polynomial(function.value(at: scalar))
    }
    if let coefficients = function.coefficients { return polynomial(coefficients, of: place) }
    if let mask = mask(function, of: place) { return mask }
    switch function {
    case .unary(.not, let inner) where inner.kind([maker.graph[place.value].kind]) == .boolean:
      return Polynomial(1) - (try apply(inner, to: place))
    case .binary(.lessOrEqual, let left, let right):
      return Polynomial(1) - (try apply(.binary(.less, right, left), to: place))
    case .binary(.less, let left, let right), .binary(.equal, let left, let right):
      if let a = left.affine, let b = right.affine {
        guard a.slope != b.slope else {
          return Polynomial(function.value(at: 0))
        }
        let edge = (b.offset - a.offset) / (a.slope - b.slope)
        return try compare(function, place, edge: edge, isBelow: a.slope > b.slope)
      }
    default: break
    }
    if let root = function.scaledRoot { return try self.root(root, of: place) }
    if let (numerator, denominator) = function.reciprocal {
      let divisor = try value(of: apply(denominator, to: place))
      return try Polynomial(quotient(maker.scalar(1), divisor)).scaled(numerator)
    }
    return try table(function, of: place)
  }

  /// Of a truth every function is what it is of 0, and so much more of 1; nil for a function of anything
  /// else, or of results that a table holds.
  private func mask(_ function: RealExpression, of place: Place) -> Polynomial? {
    guard maker.graph[place.value].kind == .boolean else { return nil }
    let (low, high) = (function.value(at: 0), function.value(at: 1))
    guard !low.isNaN, !high.isNaN, max(abs(low), abs(high)) >= Saturation.mask else { return nil }
    let offset = Saturation.finite(low)
    return Polynomial(place).scaled(Saturation.finite(high) - offset) + Polynomial(offset)
  }

  private func scalar(of place: Place) -> Double? {
    guard let tensor = maker.graph.constants[place.value], tensor.count == 1 else { return nil }
    return staysInside(place) ? Elements(tensor)[0] : nil
  }

  private func polynomial(_ coefficients: [Double], of place: Place) -> Polynomial {
    var result = Polynomial([])
    for (degree, coefficient) in coefficients.enumerated() where coefficient != 0 {
      let factors = [Place](repeating: place, count: degree)
      result.monomials.append(
        maker.isConstant(place.value)
          ? Monomial(coefficient: coefficient, constants: factors)
          : Monomial(coefficient: coefficient, factors: factors))
    }
    return result
  }

  private mutating func compare(
    _ function: RealExpression, _ place: Place, edge: Double, isBelow: Bool
  ) throws(GraphError) -> Polynomial {
    let edge = try maker.scalar(edge)
    if case .binary(.equal, _, _) = function {
      return Polynomial(try compared(place, edge, isEqual: true))
    }
    return Polynomial(
      try compared(isBelow ? place : edge, isBelow ? edge : place, isEqual: false))
  }

  private mutating func root(
    _ root: RealExpression.ScaledRoot, of place: Place
  ) throws(GraphError) -> Polynomial {
    let radicand = try value(of: apply(root.radicand, to: place))
    let inner = try inside(radicand)
    let value = elementwise([inner], .real, "root") { .root($0[0], isInverse: root.isInverse) }
    return Polynomial(value).scaled(root.scale)
  }

  mutating func quotient(_ numerator: Place, _ denominator: Place) throws(GraphError) -> Place {
    let parts = [try inside(numerator), try inside(denominator)]
    return elementwise(parts, .real, "quotient") {
      .quotient(numerator: $0[0], denominator: $0[1])
    }
  }

  mutating func compared(
    _ left: Place, _ right: Place, isEqual: Bool
  ) throws(GraphError) -> Place {
    let parts = [try inside(left), try inside(right)]
    return elementwise(parts, .boolean, isEqual ? "equal" : "less") {
      isEqual ? .equal($0[0], $0[1]) : .less($0[0], $0[1])
    }
  }

  /// A node over just the indices that its places use; over a value's own where that is no more.
  mutating func elementwise(
    _ places: [Place], _ kind: ElementKind, _ suffix: String, _ form: ([FormRead]) -> Form
  ) -> Place {
    let name = "\(maker.name)/\(suffix)"
    var list = OperandList()
    if let only = places.first, places.count == 1, isWithinOwnShape(only) {
      let shape = maker.graph[only.value].shape
      let read = list.read(only.value, .identity(shape))
      let value = maker.append(form([read]), list.operands, shape, kind, name: name)
      return Place(value: value, positions: only.positions)
    }
    let used = span(Set(places.flatMap(\.usedIndices)).sorted())
    let numbers = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    let reads = places.map { list.read($0.value, renumbered($0, numbers)) }
    let value = maker.append(form(reads), list.operands, used.map(size), kind, name: name)
    return place(value, over: used)
  }

  private func isWithinOwnShape(_ place: Place) -> Bool {
    maker.graph[place.value].count <= count(place.usedIndices)
  }

  /// A table of a function. Outside of its value a place reads 0, of which the function may be another
  /// number: that one is added to a table of the difference.
  private mutating func table(
    _ function: RealExpression, of place: Place
  ) throws(GraphError) -> Polynomial {
    if let infinite = function.infiniteConstant {
      throw GraphError(.unsupported, "it computes with \(infinite)")
    }
    let kind = tableKind(function, of: place)
    if staysInside(place) {
      let changesKind = kind == .real && maker.graph[place.value].kind != .real
      let value = elementwise([place], kind, "apply") {
        .apply(ApplyForm(argument: $0[0], function: function, changesKind: changesKind))
      }
      return Polynomial(value)
    }
    let atZero = function.value(at: 0)
    guard atZero.isFinite else {
      throw GraphError(.unsupported, "it gives \(atZero) of what is outside of a value")
    }
    let difference =
      atZero == 0 ? function : .binary(.subtract, function, .constant(atZero))
    let value = own(difference, of: place, difference.kind([maker.graph[place.value].kind]))
    return Polynomial(value) + Polynomial(atZero)
  }

  /// Results that are integers by their expression, but beyond what a table holds, have a scale.
  private func tableKind(_ function: RealExpression, of place: Place) -> ElementKind {
    let argument = maker.graph[place.value].kind
    let kind = function.kind([argument])
    let greatest = Double(CompileOptions.activationRange.upperBound)
    return kind == .integer && argument == .real && function.greatestConstant > greatest
      ? .real : kind
  }

  /// A table over all elements of the place's value.
  mutating func own(
    _ function: RealExpression, of place: Place, _ kind: ElementKind
  ) -> Place {
    let shape = maker.graph[place.value].shape
    let read = FormRead(operand: 0, positions: .identity(shape))
    let changesKind = kind == .real && maker.graph[place.value].kind != .real
    let value = maker.append(
      .apply(ApplyForm(argument: read, function: function, changesKind: changesKind)),
      [place.value], shape, kind, name: "\(maker.name)/apply")
    return Place(value: value, positions: place.positions)
  }
}
