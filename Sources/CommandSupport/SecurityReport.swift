import Verifier

/// The error terms of a proof, for people and for programs (`Paper/` section 10).
public struct SecurityReport: Sendable {
  private let budget: SecurityBudget

  public init(_ budget: SecurityBudget) { self.budget = budget }

  private var worst: Double { Double(budget.worstHundredths) / 100 }
  private var total: Double { Double(budget.totalHundredths) / 100 }

  /// What holds of the whole, and of the challenge that errs most, in one line. Rounded against whoever
  /// relies on it.
  public var headline: String {
    "at most \(Self.power(budget.totalHundredths)) in total, "
      + "\(Self.power(budget.worstHundredths)) for each challenge"
  }

  private static func power(_ hundredths: Int) -> String {
    "2^-\(Quantity.fixed(Double(hundredths / 10) / 10, 1))"
  }

  /// `terms` with `name`, `bits`, of these bits of proof of `work`, and `count`, how many challenges
  /// err so; `worst_bits`, −log2 of the greatest term, which a forger faces in each attempt;
  /// `total_bits`, −log2 of the sum over all challenges.
  public var json: JSONValue {
    .object([
      "terms": .array(
        budget.entries.map {
          .object([
            "name": .string($0.name), "bits": .number(Double($0.hundredths) / 100),
            "work": .integer($0.work), "count": .integer($0.count),
          ])
        }),
      "worst_bits": .number(worst),
      "total_bits": .number(total),
    ])
  }

  public var text: String {
    var table = TextTable([
      ("error term", .left), ("bits", .right), ("of them work", .right), ("times", .right),
    ])
    for term in budget.entries {
      table.append([
        term.name, Quantity.fixed(Double(term.hundredths) / 100, 2), "\(term.work)",
        "\(term.count)",
      ])
    }
    table.append(["the worst of them", Quantity.fixed(worst, 2), "", ""])
    table.append(["all together", Quantity.fixed(total, 2), "", ""])
    return table.text
  }
}
