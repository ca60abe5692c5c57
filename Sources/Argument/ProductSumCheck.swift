import FieldArithmetic
import Transcript

/// Where the batched sum-check ends.
struct ProductClaim<Value> {
  /// The challenges, the first for the most significant variable. A product of fewer variables uses
  /// the last ones.
  var point: [Fp3]
  /// For each product the values of its two factors at the point.
  var factors: [(Value, Value)]
}

/// Checks that Σ_t weight_t·Σ_b A_t(b)·B_t(b) = sum, up to the factors' values at one point.
///
/// A product of fewer variables than the longest joins late: before, each round halves its sum
/// (`Paper/` section 8).
func reduceProducts<C: ReadingContext & ~Copyable>(
  _ context: inout C, sum: C.Value, weights: [Fp3], variables: [Int]
) throws(ProofError) -> ProductClaim<C.Value> {
  let rounds = variables.max() ?? 0
  var claim = sum
  var point: [Fp3] = []
  for _ in 0..<rounds {
    let message = try context.read(.productRound, count: 2)
    let (constant, leading) = (message[0], message[1])
    let linear = claim - constant - constant - leading
    let challenge = context.challenge(.productPoint)
    claim = constant + linear * challenge + leading * (challenge * challenge)
    point.append(challenge)
  }
  let values = try context.read(.productValues, count: 2 * weights.count)
  var total = C.Value(constant: .zero)
  var factors: [(C.Value, C.Value)] = []
  let half = Fp3(2).inverse
  for t in weights.indices {
    let (a, b) = (values[2 * t], values[2 * t + 1])
    let scale = weights[t] * half.power(UInt64(rounds - variables[t]))
    total += context.product(a, b) * scale
    factors.append((a, b))
  }
  try context.requireZero(total - claim, .productSumCheck)
  return ProductClaim(point: point, factors: factors)
}
