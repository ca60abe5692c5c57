import ConstraintSystem

// `assert any(i) g[i] == 0`: one of these is zero.
extension CircuitBuilder {
  /// Of two values the product is zero. Of three or four, where products of two fit, these are
  /// committed, and then it is so of them. Of more, one is chosen: of numbers that are 0 or 1 exactly
  /// one is 1, and the sum of their products with the values is zero.
  mutating func anyZero(
    _ over: [Binder], _ value: Expression, _ binders: [Binder], at location: SourceLocation,
    in scope: inout Scope
  ) throws(CircuitLanguageError) {
    var frame = try frame(nil, nil, "", [value], over + binders, in: &scope)
    let polynomial = try frame.polynomial(frame.expressions[0], in: scope, self)
    guard polynomial.terms.isEmpty else {
      throw CircuitLanguageError(
        "only of linear expressions it can be said that one is zero; commit the values with a hint "
          + "first", at: location)
    }
    let origin = origin(name(at: location, in: scope), layer: scope.name)
    let candidates = Candidates(polynomial.linear, frame, over: Set(over.map(\.name)))
    try charge(polynomial.linear.terms.count * min(candidates.count, 4))
    guard let interval = interval(of: polynomial.linear, frame.indices) else {
      throw CircuitLanguageError("the values may leave the 64-bit integers", at: location)
    }
    let bits = Int.bitWidth - Int(clamping: interval.magnitude).leadingZeroBitCount
    if candidates.count <= 2 || candidates.count <= 4 && 2 * (bits + 2) <= 48 {
      try multiply(candidates, bits, origin)
    } else {
      try chooseOne(candidates, origin)
    }
  }

  private mutating func multiply(
    _ candidates: Candidates, _ bits: Int, _ origin: Origin
  ) throws(CircuitLanguageError) {
    let values = (0..<candidates.count).map { candidates.value($0) }
    var factors: [LinearExpression] = []
    for first in stride(from: 0, to: values.count, by: 2) {
      if values.count <= 2 {
        factors = values
      } else if first + 1 < values.count {
        let product = [Equality.Term(coefficient: 1, factors: [values[first], values[first + 1]])]
        factors.append(
          try committed(
            product, candidates.domain, "product", -(1 << (2 * bits))...1 << (2 * bits), origin))
      } else {
        factors.append(values[first])
      }
    }
    try addEquality(
      Equality(
        name: origin.name, indices: candidates.domain, domainRank: candidates.domain.count,
        terms: [.init(coefficient: 1, factors: factors)]))
  }

  /// A tensor that holds a sum of products.
  private mutating func committed(
    _ terms: [Equality.Term], _ domain: [StatementIndex], _ suffix: String,
    _ range: ClosedRange<Int>, _ origin: Origin
  ) throws(CircuitLanguageError) -> LinearExpression {
    try checkSizes(domain.map(\.size))
    let tensor = addWitness(
      name: "\(origin.layer).\(suffix)", shape: domain.map(\.size), range: range, fractionalBits: 0)
    addStep(
      .init(
        name: origin.name, target: tensor, indices: domain, computation: .sumOfProducts(terms)))
    let read = LinearExpression(
      TensorRead(tensor: tensor, positions: domain.indices.map { AffineIndex(index: $0) }))
    try addEquality(
      Equality(
        name: origin.name, indices: domain, domainRank: domain.count,
        terms: terms + [.init(coefficient: -1, factors: [read])]))
    return read
  }

  private mutating func chooseOne(
    _ candidates: Candidates, _ origin: Origin
  ) throws(CircuitLanguageError) {
    let (domain, indices) = (candidates.domain, candidates.domain + candidates.over)
    let domainPositions = domain.indices.map { AffineIndex(index: $0) }
    try checkSizes(indices.map(\.size))
    // The first that is zero, in a temporary, so that it is not looked for once for each of them.
    let first = Self.temporaryBase + program.temporaries.count
    program.temporaries.append(
      TensorDeclaration(
        name: "\(origin.layer).first", shape: domain.map(\.size), role: .witness,
        range: 0...candidates.count))
    let number = candidates.number
    addStep(
      .init(
        name: origin.name, target: first, indices: indices,
        computation: .expression(
          .minimumOver(
            Array(domain.count..<indices.count),
            .select(
              .equal(HintExpression(candidates.expression), .constant(0)), .index(number),
              .constant(candidates.count))))))
    let chosen = addWitness(
      name: "\(origin.layer).chosen", shape: indices.map(\.size), range: 0...1, fractionalBits: 0)
    addStep(
      .init(
        name: origin.name, target: chosen, indices: indices,
        computation: .expression(
          .equal(.index(number), .read(TensorRead(tensor: first, positions: domainPositions))))))
    let read = LinearExpression(
      TensorRead(tensor: chosen, positions: indices.indices.map { AffineIndex(index: $0) }))
    deferred.ranges.append(
      RangeRequest(
        origin: origin, indices: indices, value: read,
        kind: RangeKind(size: 2, isLoose: false, spareBits: 0)))
    let summed = Array(domain.count..<indices.count)
    for (factors, constant) in [([read], -1), ([read, candidates.expression], 0)] {
      let sum = Equality.Term(coefficient: 1, summed: summed, factors: factors)
      let one = Equality.Term(coefficient: constant, factors: [LinearExpression(constant: 1)])
      try addEquality(
        Equality(
          name: origin.name, indices: indices, domainRank: domain.count,
          terms: constant == 0 ? [sum] : [sum, one]))
    }
  }
}

/// Values of which one is zero, at each value of the domain's indices.
private struct Candidates {
  /// Over the domain's indices, followed by those that the candidates differ in.
  let expression: LinearExpression
  let domain: [StatementIndex]
  let over: [StatementIndex]

  /// - Parameter over: names of the indices that the candidates differ in.
  init(_ value: LinearExpression, _ frame: StatementFrame, over names: Set<String>) {
    let differing = frame.space.entries.filter { $0.isDomain && names.contains($0.name) }
      .flatMap { $0.parts.map(\.index) }
    let others = (0..<frame.domainRank).filter { !differing.contains($0) }
    var values = frame.indices.indices.map { _ in AffineIndex() }
    for (place, index) in (others + differing).enumerated() {
      values[index] = AffineIndex(index: place)
    }
    expression = IndexSubstitution(values: values).apply(value)
    domain = others.map { frame.indices[$0] }
    over = differing.map { frame.indices[$0] }
  }

  var count: Int { over.map(\.size).saturatingProduct }

  /// The number of a candidate, from 0, as a function of the indices.
  var number: AffineIndex {
    var result = AffineIndex()
    var place = 1
    for (offset, index) in over.enumerated().reversed() {
      result = result.adding(AffineIndex(index: domain.count + offset), times: place)
      place *= index.size
    }
    return result
  }

  /// A candidate, over the domain's indices.
  func value(_ number: Int) -> LinearExpression {
    var values = domain.indices.map { AffineIndex(index: $0) }
    var rest = number
    var digits: [AffineIndex] = []
    for index in over.reversed() {
      digits.insert(AffineIndex(constant: rest % index.size), at: 0)
      rest /= index.size
    }
    values += digits
    return IndexSubstitution(values: values).apply(expression)
  }
}
