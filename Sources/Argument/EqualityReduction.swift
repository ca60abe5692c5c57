import ConstraintSystem
import FieldArithmetic
import Transcript

/// Checks all equalities at once, up to linear claims: at random weights their sum is zero; the
/// products in it end in two claims each, the rest is a linear form itself (`Paper/` section 8).
func reduceEqualities<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, _ point: CheckPoint
) throws(ProofError) -> [LinearClaim<C.Value>] {
  let layout = statement.layout
  let check = ZeroCheck(point, combiner: context.challenge(.equalityCombiner))
  var claims: [LinearClaim<C.Value>] = []
  var productSum = C.Value(constant: .zero)
  if !layout.products.isEmpty {
    productSum = try context.read(.productSum, count: 1)[0]
    let claim = try reduceProducts(
      &context, sum: productSum, weights: check.productScales(),
      variables: layout.products.map { $0.variables })
    var weights = CurrentWeights(check)
    for (plan, values) in zip(layout.products, claim.factors) {
      let (first, second) = check.finalWeights(
        plan, weights.of(plan.equality), at: claim.point)
      claims.append(factorClaim(statement, plan, plan.first, first, values.0))
      claims.append(factorClaim(statement, plan, plan.second, second, values.1))
    }
  }
  claims.append(linearClaim(statement, check, productSum))
  return claims
}

/// A factor of a product has the value at the sum-check's point.
private func factorClaim<Value: AffineValue>(
  _ statement: Statement, _ plan: ProductPlan, _ factor: Int, _ weights: IndexWeights,
  _ value: Value
) -> LinearClaim<Value> {
  let term = statement.system.equalities[plan.equality].terms[plan.term]
  var form = FormBuilder(statement)
  form.add(term.factors[factor], weights: weights, scale: .one)
  return LinearClaim(terms: form.terms, value: value - Value(constant: form.known))
}

/// Runs the part of the protocol in which `reduceEqualities` reads messages, for their number.
func countEqualityMessages<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ layout: Layout
) throws(ProofError) {
  guard !layout.products.isEmpty else { return }
  let sum = try context.read(.productSum, count: 1)[0]
  _ = try reduceProducts(
    &context, sum: sum, weights: layout.products.map { _ in .one },
    variables: layout.products.map { $0.variables })
}

/// All terms of one factor, weighted and summed, cancel the products.
private func linearClaim<Value: AffineValue>(
  _ statement: Statement, _ check: ZeroCheck, _ productSum: Value
) -> LinearClaim<Value> {
  var form = FormBuilder(statement)
  for (e, equality) in statement.system.equalities.enumerated() {
    let all = check.weights(of: e)
    for term in equality.terms where term.factors.count == 1 {
      let weights =
        equality.indices.count == equality.domainRank
        ? all : all.restricted { $0 < equality.domainRank || term.summed.contains($0) }
      form.add(
        term.factors[0], weights: weights, scale: check.scale(of: e) * Fp3(term.coefficient))
    }
  }
  let value = Value(constant: .zero - form.known) - productSum
  return LinearClaim(terms: form.terms, value: value)
}
