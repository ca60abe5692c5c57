import ConstraintSystem
import RealFunctions

/// How large the values that a layer adds up can become.
public struct IntervalReport: Equatable, Sendable {
  /// The layer and the assertion, or the accumulator.
  public var name: String
  /// The exact bounds, in decimal.
  public var low: String
  public var high: String
  /// Binary digits of the larger one's magnitude.
  public var magnitudeBits: Int
  /// Whether every value is less than 2^48 in magnitude.
  public var isSmall: Bool { magnitudeBits <= 48 }

  /// What to do about it, when it is not small.
  public var remedy: String? {
    isSmall
      ? nil
      : "'\(name)' may reach \(magnitudeBits) bits, between \(low) and \(high), and 48 are allowed: "
        + "use narrower weights or activations, or split the sum"
  }
}

/// The exact range of every accumulator of the circuit's program and of the sum in every equality,
/// given the declared ranges of what they read.
///
/// - Parameter weights: the values of a model tensor by its number, where they are known. Sums over
///   them are then bounded by what the weights are, not by what they might be.
public func analyseIntervals(
  _ circuit: Circuit, weights: (Int) -> [Int]? = { _ in nil }
) -> [IntervalReport] {
  let analysis = IntervalAnalysis(circuit)
  var reports: [IntervalReport] = []
  for step in circuit.program.steps where step.target >= circuit.system.tensors.count {
    guard case .sumOfProducts(let terms) = step.computation else { continue }
    reports.append(
      analysis.interval(terms, step.indices, weights).report(step.name))
  }
  for equality in circuit.system.equalities {
    reports.append(
      analysis.interval(equality.terms, equality.indices, weights).report(equality.name))
  }
  return reports
}

extension BigInterval {
  fileprivate func report(_ name: String) -> IntervalReport {
    IntervalReport(
      name: name, low: low.decimal, high: high.decimal,
      magnitudeBits: max(low.bits, high.bits))
  }
}

private struct IntervalAnalysis {
  let tensors: [TensorDeclaration]

  init(_ circuit: Circuit) { tensors = circuit.system.tensors + circuit.program.temporaries }

  func interval(
    _ terms: [Equality.Term], _ indices: [StatementIndex], _ weights: (Int) -> [Int]?
  ) -> BigInterval {
    terms.reduce(.zero) { sum, term in
      if let tight = weighted(term, indices, weights) { return sum + tight }
      var product = term.factors.reduce(
        BigInterval(low: BigInteger(term.coefficient), high: BigInteger(term.coefficient))
      ) { $0 * interval($1, indices) }
      for index in term.summed { product = product.times(indices[index].size) }
      return sum + product
    }
  }

  private func interval(
    _ expression: LinearExpression, _ indices: [StatementIndex]
  ) -> BigInterval {
    let known = expression.interval(
      indices: indices, shape: { tensors[$0].shape }, range: { IntegerInterval(tensors[$0].range) })
    if let known { return BigInterval(known) }
    let constant = BigInteger(expression.constant)
    return expression.terms.reduce(BigInterval(low: constant, high: constant)) { sum, term in
      let range = IntegerInterval(tensors[term.read.tensor].range).withZero
      return sum + BigInterval(range).times(term.coefficient)
    }
  }

  /// The range of a sum of products with known weights, if the term reads each weight of a slice
  /// along the first axis once at the most.
  private func weighted(
    _ term: Equality.Term, _ indices: [StatementIndex], _ weights: (Int) -> [Int]?
  ) -> BigInterval? {
    guard term.factors.count == 2,
      let place = term.factors.firstIndex(where: { isPlainWeight($0, term, indices) }),
      let values = weights(term.factors[place].terms[0].read.tensor)
    else { return nil }
    let tensor = tensors[term.factors[place].terms[0].read.tensor]
    guard values.count == tensor.count else { return nil }
    let other = interval(term.factors[1 - place], indices).union(.zero)
    let row = tensor.count / tensor.shape[0]
    var result = BigInterval.zero
    for start in stride(from: 0, to: values.count, by: row) {
      var (positive, negative) = (BigInteger(), BigInteger())
      for value in values[start..<start + row] {
        if value > 0 { positive = positive + BigInteger(value) }
        if value < 0 { negative = negative + BigInteger(value) }
      }
      let low = positive * other.low + negative * other.high
      let high = positive * other.high + negative * other.low
      result = result.union(BigInterval(low: low, high: high))
    }
    return result.times(term.coefficient)
  }

  /// Whether the factor is one read of a model tensor, at a plain index of the domain and then at
  /// positions that differ wherever the summed indices do.
  private func isPlainWeight(
    _ factor: LinearExpression, _ term: Equality.Term, _ indices: [StatementIndex]
  ) -> Bool {
    guard factor.constant == 0, factor.terms.count == 1, factor.terms[0].coefficient == 1 else {
      return false
    }
    let read = factor.terms[0].read
    guard tensors[read.tensor].role == .model, let first = read.positions.first?.plainIndex,
      !term.summed.contains(first)
    else { return false }
    var seen: Set<Int> = []
    for position in read.positions.dropFirst() {
      var place = 1
      for part in position.terms.sorted(by: { $0.coefficient < $1.coefficient }) {
        guard part.coefficient >= place else { return false }
        place = part.coefficient * indices[part.index].size
        seen.insert(part.index)
      }
    }
    return term.summed.allSatisfy { seen.contains($0) || indices[$0].size == 1 }
  }
}
