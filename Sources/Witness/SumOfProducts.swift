import ConstraintSystem
import Evaluation

/// A sum of products over a domain: matrix products where a sum runs over indices of both factors,
/// and an expression for all the rest.
struct SumOfProducts {
  private let domain: StepDomain
  private var rest: ExpressionEvaluation?
  private var contractions: [Contraction<Int64>] = []

  init(
    _ terms: [Equality.Term], over domain: StepDomain, tensors: TensorElements,
    tables: TableColumns
  ) throws(EvaluationError) {
    try Self.check(terms, over: domain, tensors: tensors)
    self.domain = domain
    let bound = terms.reduce(0.0) {
      $0 + Magnitude.bound($1, indices: domain.indices, tensors: tensors, actual: false)
    }
    var others: [Equality.Term] = []
    for term in terms {
      do throws(MalformedRead) {
        if bound < Magnitude.exactInInteger,
          let contraction = try Self.contraction(term, over: domain, tensors: tensors)
        {
          contractions.append(contraction)
        } else {
          others.append(term)
        }
      } catch {
        throw .malformed(step: domain.step, reason: error.reason)
      }
    }
    if !others.isEmpty || contractions.isEmpty {
      rest = try ExpressionEvaluation(
        HintExpression(sumOf: others), over: domain, tensors: tensors, tables: tables)
    }
  }

  /// The values over the whole domain, within a loop those of one part. `target` has room for them.
  func write(to target: UnsafeMutablePointer<Int64>, part: Int = 0) throws(EvaluationError) {
    if let rest {
      try rest.write(to: target, part: part)
    } else {
      target.update(repeating: 0, count: domain.count)
    }
    let fixed = domain.place(ofPart: part)
    for contraction in contractions { contraction.accumulate(into: target, fixed: fixed) }
  }

  /// Nil where a matrix product can't compute the term exactly, or has no advantage.
  private static func contraction(
    _ term: Equality.Term, over domain: StepDomain, tensors: TensorElements
  ) throws(MalformedRead) -> Contraction<Int64>? {
    let indices = domain.indices
    guard term.factors.count == 2, term.factors.contains(where: { !$0.terms.isEmpty }) else {
      return nil
    }
    let factors = (ContractionFactor(term.factors[0]), ContractionFactor(term.factors[1]))
    let roles = ContractionRoles(
      factors.0.indices, factors.1.indices, summed: term.summed, domain: Array(0..<domain.rank))
    guard roles.areWorthwhile(indices), isExact(term, indices: indices, tensors: tensors) else {
      return nil
    }
    return try Contraction(
      .init(coefficient: Int64(term.coefficient), summed: term.summed, factors: factors),
      indices: indices, domain: Array(0..<domain.rank), tensors: tensors.sources)
  }

  /// Whether double precision holds every sum of products, by the declared ranges or the values.
  private static func isExact(
    _ term: Equality.Term, indices: [StatementIndex], tensors: TensorElements
  ) -> Bool {
    var unscaled = term
    unscaled.coefficient = 1
    return [false, true].contains { actual in
      Magnitude.bound(unscaled, indices: indices, tensors: tensors, actual: actual)
        < Magnitude.exactInDouble
    }
  }

  private static func check(
    _ terms: [Equality.Term], over domain: StepDomain, tensors: TensorElements
  ) throws(EvaluationError) {
    let step = domain.step
    let indices = domain.indices
    for term in terms {
      let summed = Set(term.summed)
      guard term.factors.count == 1 || term.factors.count == 2 else {
        throw .malformed(step: step, reason: "a term has \(term.factors.count) factors")
      }
      guard summed.count == term.summed.count,
        summed.allSatisfy({ (domain.rank..<indices.count).contains($0) })
      else {
        throw .malformed(step: step, reason: "a term is not summed over indices of its own")
      }
      for read in term.factors.flatMap(\.terms).map(\.read) {
        guard tensors.shape(of: read.tensor) != nil else {
          throw .malformed(
            step: step, reason: "tensor \(read.tensor) is read before it has values")
        }
        for index in read.positions.flatMap(\.terms).map(\.index) {
          guard
            (0..<domain.rank).contains(index) || summed.contains(index) || index == domain.fixed
              || indices.indices.contains(index) && indices[index].size == 1
          else {
            throw .malformed(step: step, reason: "index \(index) has no value where it is read")
          }
        }
      }
    }
  }
}

extension ContractionFactor {
  fileprivate init(_ expression: LinearExpression) {
    self.init(
      constant: Double(expression.constant),
      terms: expression.terms.map {
        Term(coefficient: Double($0.coefficient), read: $0.read)
      })
  }
}

extension HintExpression {
  /// The expression that says the same as a sum of products.
  init(sumOf terms: [Equality.Term]) {
    self = Self.sum(of: terms.map { Self($0) })
  }

  private init(_ term: Equality.Term) {
    var product = Self(term.factors[0])
    for factor in term.factors.dropFirst() { product = .multiply(product, Self(factor)) }
    if !term.summed.isEmpty { product = .sum(over: term.summed, product) }
    self = term.coefficient == 1 ? product : .multiply(.constant(term.coefficient), product)
  }

  /// The expression that says the same as a linear one.
  init(_ linear: LinearExpression) {
    var terms: [Self] = linear.terms.map { term in
      let read = Self.read(term.read)
      return term.coefficient == 1 ? read : .multiply(.constant(term.coefficient), read)
    }
    if linear.constant != 0 { terms.append(.constant(linear.constant)) }
    self = Self.sum(of: terms)
  }

  private static func sum(of expressions: [Self]) -> Self {
    guard let first = expressions.first else { return .constant(0) }
    return expressions.dropFirst().reduce(first) { .add($0, $1) }
  }
}
