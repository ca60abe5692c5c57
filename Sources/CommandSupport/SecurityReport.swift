import Argument
import Foundation

/// The error terms of a proof, for people and for programs (`Paper/` section 10).
public struct SecurityReport: Sendable {
  private let terms: [ArgumentSecurity.Entry]

  public init(_ security: ArgumentSecurity) { terms = security.entries }

  /// −log2 of the worst term: what a forger faces in each of its attempts.
  public var totalBits: Double { Double(terms.map(\.hundredths).min() ?? 0) / 100 }

  /// −log2 of the sum of the terms, rounded down to hundredths.
  public var sumBits: Double {
    let least = totalBits
    let sum = terms.reduce(0) { $0 + exp2(least - Double($1.hundredths) / 100) }
    return sum > 0 ? ((least - log2(sum)) * 100).rounded(.down) / 100 : 0
  }

  /// `terms` with `name`, `bits` and, of these, bits of proof of `work`; `total_bits`; `sum_bits`.
  public var json: JSONValue {
    .object([
      "terms": .array(
        terms.map {
          .object([
            "name": .string($0.name), "bits": .number(Double($0.hundredths) / 100),
            "work": .integer($0.work),
          ])
        }),
      "total_bits": .number(totalBits),
      "sum_bits": .number(sumBits),
    ])
  }

  public var text: String {
    var table = TextTable([("error term", .left), ("bits", .right), ("of them work", .right)])
    for term in terms {
      table.append([
        term.name, Quantity.fixed(Double(term.hundredths) / 100, 2), "\(term.work)",
      ])
    }
    table.append(["total (the worst term)", Quantity.fixed(totalBits, 2)])
    return table.text
  }
}
