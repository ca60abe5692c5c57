import CircuitLanguage
import CircuitTestSupport
import ConstraintSystem
import Testing
import Witness

@testable import CircuitCheck

@Suite("Assay's own circuits, and those of examples, pin their outputs")
struct StandardCircuitTests {
  /// Parts of other circuits, whose callers bound what they give.
  static let parts: Set<String> = ["carried", "rescale_into_pool", "round_shift"]
  static let names: [String] = {
    let names = (try? CircuitLibrary.withExamples().circuitNames) ?? []
    return names.filter { !parts.contains($0) }
  }()

  @Test("at sizes 1, 2, 3, 5 and mixed ones nothing is found", arguments: names)
  func isPinned(name: String) throws {
    let verdict = try CircuitTester(.withExamples()).verdict(on: name)
    #expect(verdict.isAccepted, "\(verdict.faults)")
    #expect(verdict.trials.count { $0.bits == nil } >= 3)
    #expect(verdict.trials.contains { $0.report.attempts > 20 })
    // Nothing is left to luck where values are narrow: these searches come to their end.
    let narrow = verdict.trials.filter { $0.bits != nil }
    let seen = narrow.reduce(0) { $0 + $1.report.provenUnique }
    #expect(narrow.isEmpty || seen > 0)
  }

  @Test("circuits that leave a bound to their callers are no circuits by themselves")
  func parts() throws {
    for name in Self.parts {
      let verdict = try CircuitTester(.withExamples()).verdict(on: name)
      guard case .refusedSystem? = verdict.faults.first else {
        Issue.record("\(name): \(verdict.faults)")
        continue
      }
    }
  }

  @Test("sizes are 1, 2, 3 and 5 first")
  func sizes() throws {
    let verdict = try CircuitTester(.withExamples()).verdict(on: "gemm")
    let sizes = verdict.trials.filter { $0.bits == nil }.map { $0.sizes.sizes["inputs"] }
    #expect(sizes.prefix(4) == [2, 1, 3, 5])
  }

  @Test("only hints may be chosen where the greatest element stands twice")
  func harmlessChoice() throws {
    let sizes = TrialSizes(
      sizes: ["batch": 1, "channels": 1, "length": 1, "kernel": 5], parameters: ["low": 0])
    let report = try Trials.report("max_last", sizes, values: [[3, 7, 7, 1, 7]])
    #expect(report.isPinned)
    #expect(report.undetected.contains { $0.meaning == .hint })
  }
}

/// Single instances of Assay's own circuits.
enum Trials {
  /// - Parameter values: those of each argument.
  static func report(
    _ circuit: String, _ sizes: TrialSizes, values: [[Int]], form: TrialCircuit.Form = .tensor,
    effort: WrongHintEffort = WrongHintEffort(), without statement: Int? = nil,
    library: CircuitLibrary? = nil
  ) throws -> WrongHintReport {
    let trial = try TrialCircuit(circuit, of: library ?? .withExamples(), sizes, form: form)
    let inputs = Dictionary(
      uniqueKeysWithValues: zip(trial.inputs, values).map { ($0, IntegerBuffer($1)) })
    var finder = try WrongHintFinder(
      statement.map { trial.circuit.without($0) } ?? trial.circuit, inputs: inputs, effort: effort)
    try #require(finder.refusals.isEmpty, "\(finder.refusals)")
    return finder.run()
  }
}

extension Circuit {
  /// The circuit without one of its statements: equalities, then lookups.
  func without(_ statement: Int) -> Circuit {
    var result = self
    let equalities = system.equalities.count
    if statement < equalities {
      result.system.equalities.remove(at: statement)
    } else {
      result.system.lookups.remove(at: statement - equalities)
    }
    return result
  }

  var statementNames: [String] { system.equalities.map(\.name) + system.lookups.map(\.name) }
}
