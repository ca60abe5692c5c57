import CommandSupport
import Foundation
import Prover

/// What a proof's time went into, for people and for programs.
///
/// Costs are the time of all threads, in nanoseconds, and in cycles where the system tells the
/// processors' clock: cycles that are computed from the time, not counted.
struct ProfileReport {
  private let steps: [(step: ProofStep, cost: ProofProfile.Cost)]
  private let whole: ProofProfile.Cost
  private let work: ProofWork
  private let gigahertz: Double?

  init(_ profile: ProofProfile, gigahertz: Double? = Self.systemGigahertz) {
    steps = profile.steps
    whole = profile.whole
    work = profile.work
    self.gigahertz = gigahertz
  }

  var text: String {
    let notes = gigahertz.map { clock in
      "cycles are the time of all threads at the \(Quantity.text(clock)) GHz that the system names; "
        + "budgets are those of an Ice Lake core"
    }
    return [phaseTable, costTable, notes ?? "the system does not name the processors' clock"]
      .joined(separator: "\n\n")
  }

  /// By phase, and within each by step.
  private var phaseTable: String {
    var table = TextTable([
      ("phase", .left), ("step", .left), ("ms", .right), ("all threads", .right),
      ("share", .right),
    ])
    func row(_ phase: String, _ step: String, _ cost: ProofProfile.Cost) {
      let share = cost.duration.inSeconds / max(whole.duration.inSeconds, 1e-9)
      table.append([
        phase, step, Self.milliseconds(cost.duration), Self.milliseconds(cost.processorTime),
        String(format: "%.1f %%", 100 * share),
      ])
    }
    for phase in ProofPhase.allCases {
      row(phase.rawValue, "", Self.sum(steps.filter { $0.step.phase == phase }.map(\.cost)))
      for (step, cost) in steps where step.phase == phase && cost.duration > .zero {
        row("", step.rawValue, cost)
      }
    }
    row("whole", "", whole)
    return table.text
  }

  private var costTable: String {
    var table = TextTable([
      ("cost", .left), ("of", .right), ("each", .left), ("ns", .right), ("cycles", .right),
      ("budget", .right),
    ])
    for budget in CostBudget.all {
      let (count, nanoseconds) = cost(budget)
      table.append([
        budget.name, String(count), budget.unit,
        nanoseconds.map { String(format: "%.2f", $0) } ?? "",
        cycles(nanoseconds).map { String(format: "%.1f", $0) } ?? "", Quantity.text(budget.cycles),
      ])
    }
    return table.text
  }

  var json: JSONValue {
    .object([
      "gigahertz": gigahertz.map(JSONValue.number) ?? .null,
      "whole": Self.json(whole),
      "phases": .object(
        ProofPhase.allCases.map { phase in
          .init(
            phase.rawValue, Self.json(Self.sum(steps.filter { $0.step.phase == phase }.map(\.cost)))
          )
        }),
      "steps": .object(steps.map { .init($0.step.rawValue, Self.json($0.cost)) }),
      "costs": .array(
        CostBudget.all.map { budget in
          let (count, nanoseconds) = cost(budget)
          return .object([
            "name": .string(budget.name), "unit": .string(budget.unit), "count": .integer(count),
            "nanoseconds": nanoseconds.map(JSONValue.number) ?? .null,
            "cycles": cycles(nanoseconds).map(JSONValue.number) ?? .null,
            "budget_cycles": .number(budget.cycles),
          ])
        }),
    ])
  }

  /// How many units there are, and what each takes of all threads; nil where there are none.
  private func cost(_ budget: CostBudget) -> (count: Int, nanoseconds: Double?) {
    let count = budget.count(work)
    let paid = Self.sum(steps.filter { budget.steps.contains($0.step) }.map(\.cost))
    return (count, count > 0 ? paid.processorTime.inSeconds * 1e9 / Double(count) : nil)
  }

  private func cycles(_ nanoseconds: Double?) -> Double? {
    guard let gigahertz, let nanoseconds else { return nil }
    return nanoseconds * gigahertz
  }

  private static func sum(_ costs: [ProofProfile.Cost]) -> ProofProfile.Cost {
    costs.reduce(into: ProofProfile.Cost()) { $0 += $1 }
  }

  private static func json(_ cost: ProofProfile.Cost) -> JSONValue {
    .object([
      "seconds": .number(cost.duration.inSeconds),
      "processor_seconds": .number(cost.processorTime.inSeconds),
    ])
  }

  private static func milliseconds(_ duration: Duration) -> String {
    String(format: "%.2f", duration.inSeconds * 1e3)
  }

  /// What Linux says of the first processor; nil where it says nothing.
  static var systemGigahertz: Double? {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu MHz") }),
      let number = line.split(separator: ":").last
    else { return nil }
    return Double(number.trimmingCharacters(in: .whitespaces)).map { $0 / 1000 }
  }
}
