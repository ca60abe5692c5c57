import ConstraintSystem

/// How a product of two factors is reduced: which indices the sum-check runs over, and which are
/// summed out of one factor before (`Paper/` section 8).
public struct ProductPlan: Equatable, Sendable {
  public var equality: Int
  public var term: Int
  /// Positions, in the term's factors, of the two: the first takes the weights of the shared
  /// indices, the second is the model's factor if there is one.
  public var first: Int
  public var second: Int
  /// Indices that both factors read, ascending.
  public var shared: [Int]
  /// Indices that only the first, or only the second, reads.
  public var onlyFirst: [Int]
  public var onlySecond: [Int]
  /// Indices of the domain, or summed, that neither reads.
  public var unread: [Int]
  /// The number of bits of each shared index.
  public var sharedBits: [Int]

  /// The number of variables of the sum-check.
  public var variables: Int { sharedBits.reduce(0, +) }

  static func all(of system: ConstraintSystem) -> [ProductPlan] {
    var plans: [ProductPlan] = []
    for (e, equality) in system.equalities.enumerated() {
      for (t, term) in equality.terms.enumerated() where term.factors.count == 2 {
        plans.append(plan(e, t, equality, system))
      }
    }
    return plans
  }

  private static func plan(_ e: Int, _ t: Int, _ equality: Equality, _ system: ConstraintSystem)
    -> ProductPlan
  {
    let term = equality.terms[t]
    let firstIsModel = term.factors[0].terms.contains {
      system.tensors[$0.read.tensor].role == .model
    }
    let (first, second) = firstIsModel ? (1, 0) : (0, 1)
    let inFirst = indices(of: term.factors[first], count: equality.indices.count)
    let inSecond = indices(of: term.factors[second], count: equality.indices.count)
    let part = Array(0..<equality.domainRank) + term.summed.sorted()
    let shared = part.filter { inFirst[$0] && inSecond[$0] }
    return ProductPlan(
      equality: e, term: t, first: first, second: second, shared: shared,
      onlyFirst: part.filter { inFirst[$0] && !inSecond[$0] },
      onlySecond: part.filter { !inFirst[$0] && inSecond[$0] },
      unread: part.filter { !inFirst[$0] && !inSecond[$0] },
      sharedBits: shared.map { bitsNeeded(for: equality.indices[$0].size) })
  }

  /// For each index whether the factor reads it.
  private static func indices(of factor: LinearExpression, count: Int) -> [Bool] {
    var reads = [Bool](repeating: false, count: count)
    for part in factor.terms {
      for position in part.read.positions {
        for term in position.terms { reads[term.index] = true }
      }
    }
    return reads
  }
}
