import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  /// The product; what is a sum, and cannot be multiplied out for nothing, becomes a value first.
  mutating func product(_ a: Polynomial, _ b: Polynomial) throws(GraphError) -> Polynomial {
    if a.monomials.isEmpty || b.monomials.isEmpty { return Polynomial([]) }
    if let constant = constantMonomial(a) { return multiplied(b, constant) }
    if let constant = constantMonomial(b) { return multiplied(a, constant) }
    let (left, right) = (try factor(a, beside: b), try factor(b, beside: a))
    return Polynomial(
      left.monomials.flatMap { x in
        right.monomials.map { y in
          Monomial(
            coefficient: x.coefficient * y.coefficient, constants: x.constants + y.constants,
            factors: x.factors + y.factors)
        }
      })
  }

  private func constantMonomial(_ polynomial: Polynomial) -> Monomial? {
    guard polynomial.monomials.count == 1, polynomial.monomials[0].isConstant else { return nil }
    return polynomial.monomials[0]
  }

  private func multiplied(_ polynomial: Polynomial, _ constant: Monomial) -> Polynomial {
    var result = polynomial
    for place in result.monomials.indices {
      result.monomials[place].coefficient *= constant.coefficient
      result.monomials[place].constants += constant.constants
    }
    return result
  }

  /// A factor without sums over indices: as it is where it is one product, or one value and a number
  /// beside one value; otherwise a value.
  private mutating func factor(
    _ polynomial: Polynomial, beside other: Polynomial
  ) throws(GraphError) -> Polynomial {
    let monomials = polynomial.monomials
    if monomials.allSatisfy(\.summed.isEmpty) {
      if monomials.count == 1 { return polynomial }
      let isShort = monomials.count == 2 && monomials.contains(where: \.isScalar)
      let isSingle =
        other.monomials.count == 1 && other.monomials[0].factors.count == 1
        && other.monomials[0].summed.isEmpty
      if isShort, isSingle, monomials.allSatisfy({ $0.factors.count < 2 && $0.constants.isEmpty }) {
        return polynomial
      }
    }
    let place = try value(of: polynomial)
    return element(place)
  }

  func element(_ place: Place) -> Polynomial {
    maker.isConstant(place.value) ? Polynomial(constant: place) : Polynomial(place)
  }

  /// The polynomial as an element of one value.
  mutating func value(of polynomial: Polynomial) throws(GraphError) -> Place {
    if let place = polynomial.place ?? polynomial.constantPlace { return place }
    if let scalar = polynomial.scalar { return try maker.scalar(scalar) }
    let used = span(polynomial.freeIndices)
    let kind = sumKind(polynomial)
    let value = try sum(polynomial, over: used, kind, name: "\(maker.name)/sum")
    return self.place(value, over: used)
  }

  /// A place that reads no element outside of its value.
  mutating func inside(_ place: Place) throws(GraphError) -> Place {
    if staysInside(place) { return place }
    let used = span(place.usedIndices)
    let value = try sum(
      element(place), over: used, maker.graph[place.value].kind, name: "\(maker.name)/padded")
    return self.place(value, over: used)
  }

  private func sumKind(_ polynomial: Polynomial) -> ElementKind {
    let isWhole = polynomial.monomials.allSatisfy { monomial in
      monomial.coefficient.rounded() == monomial.coefficient
        && (monomial.constants + monomial.factors).allSatisfy {
          maker.graph[$0.value].kind != .real
        }
    }
    return isWhole ? .integer : .real
  }

  /// Appends the polynomial as a sum over the given indices as its domain.
  mutating func sum(
    _ polynomial: Polynomial, over domain: [Int], _ kind: ElementKind, name: String
  ) throws(GraphError) -> ValueID {
    var monomials: [Monomial] = []
    for monomial in polynomial.monomials { monomials += try reduced(monomial).monomials }
    let summed = Set(monomials.flatMap(\.summed)).sorted()
    let order = domain + summed
    let numbers = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
    var list = OperandList()
    let terms = monomials.map { monomial in
      SumForm.Term(
        coefficient: monomial.coefficient, summed: monomial.summed.compactMap { numbers[$0] },
        factors: (monomial.factors + monomial.constants).map { place in
          list.read(place.value, renumbered(place, numbers))
        })
    }
    guard terms.allSatisfy({ term in count(term.summed.map { order[$0] }) <= 1 << 24 }) else {
      throw GraphError(.unsupported, "a sum of more than \(1 << 24) products")
    }
    let form = SumForm(
      indices: order.map { indices[$0] }, domainRank: domain.count, terms: terms)
    return maker.append(.sum(form), list.operands, domain.map(size), kind, name: name)
  }

  func renumbered(_ place: Place, _ numbers: [Int: Int]) -> [AffineIndex] {
    place.positions.substituting { AffineIndex(index: numbers[$0] ?? 0) }
  }

  /// A product of two reads at the most, of which one at the most is a constant's; others become
  /// values, those of fewest elements first.
  private mutating func reduced(_ monomial: Monomial) throws(GraphError) -> Polynomial {
    var monomial = monomial
    let constants = try product(monomial.constants)
    monomial.constants = constants.scalar == nil ? constants.monomials.flatMap(\.constants) : []
    monomial.coefficient *= constants.scalar ?? 1
    if monomial.coefficient == 0 { return Polynomial([]) }
    while monomial.factors.count + monomial.constants.count > 2 {
      let items = monomial.factors + monomial.constants
      guard let pair = cheapestPair(items, monomial) else { break }
      let rest = items.indices.filter { $0 != pair.first && $0 != pair.second }
      let parts = [items[pair.first], items[pair.second]]
      let product = Monomial(
        coefficient: 1, constants: parts.filter { maker.isConstant($0.value) },
        factors: parts.filter { !maker.isConstant($0.value) }, summed: pair.summed)
      let value = try sum(
        Polynomial([product]), over: pair.domain, sumKind(Polynomial([product])),
        name: "\(maker.name)/product")
      let place = self.place(value, over: pair.domain)
      let others = rest.map { items[$0] }
      monomial.constants = others.filter { maker.isConstant($0.value) }
      monomial.factors = [place] + others.filter { !maker.isConstant($0.value) }
      monomial.summed.removeAll { pair.summed.contains($0) }
    }
    return Polynomial([monomial])
  }

  private struct Pair {
    var first: Int
    var second: Int
    var summed: [Int]
    var domain: [Int]
  }

  /// The two items whose product, summed over what no other item reads, has fewest elements.
  private func cheapestPair(_ items: [Place], _ monomial: Monomial) -> Pair? {
    var best: (pair: Pair, count: Int)?
    for first in items.indices {
      for second in items.indices where second > first {
        let others = items.indices.filter { $0 != first && $0 != second }
        let read = Set(others.flatMap { items[$0].usedIndices })
        let own = Set(items[first].usedIndices + items[second].usedIndices)
        let summed = monomial.summed.filter { own.contains($0) && !read.contains($0) }
        let pair = Pair(
          first: first, second: second, summed: summed,
          domain: span(own.subtracting(summed).sorted()))
        let count = count(pair.domain)
        if count < best?.count ?? Int.max { best = (pair, count) }
      }
    }
    return best?.pair
  }
}
