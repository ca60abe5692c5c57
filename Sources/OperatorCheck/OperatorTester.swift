import CircuitCheck
import CircuitLanguage
import Compiler
import Equations

/// Tries an operator at several sizes: whether its circuit computes what its equations say, and
/// whether its statements accept anything else.
public struct OperatorTester {
  let operators: OperatorLibrary
  let circuits: CircuitLibrary
  let tolerance: Double
  let effort: CircuitTester.Effort

  /// After so many sizes that do not compile no others are tried.
  private static let failures = 6

  /// - Parameters:
  ///   - operators: with the operator.
  ///   - circuits: those that equations become.
  ///   - tolerance: the greatest error that is accepted, as a fraction of an output's range.
  ///   - effort: how much each trial's circuit is attacked.
  public init(
    _ operators: OperatorLibrary, _ circuits: CircuitLibrary, tolerance: Double,
    effort: CircuitTester.Effort = CircuitTester.Effort()
  ) {
    self.operators = operators
    self.circuits = circuits
    self.tolerance = tolerance
    self.effort = effort
  }

  /// Tries an operator.
  /// - Parameter fixed: sizes and attributes that are given; the others are chosen.
  /// - Throws: when there is no such operator, or no sizes are found that it takes.
  public func verdict(
    on name: String, fixed: OperatorSample = OperatorSample()
  ) throws(OperatorCheckError) -> OperatorVerdict {
    var verdict = OperatorVerdict(name: name)
    for trial in try trials(of: name, fixed) where verdict.isAccepted {
      try run(trial, &verdict)
    }
    return verdict
  }

  /// One of each list of candidates, and one of some sizes where they are all given.
  /// - Throws: where none of any list is possible.
  public func trials(
    of name: String, _ fixed: OperatorSample
  ) throws(OperatorCheckError) -> [OperatorTrial] {
    guard let description = operators.description(of: name) else {
      throw .noSizes("there is no operator '\(name)'")
    }
    var result: [OperatorTrial] = []
    var seen: Set<String> = []
    var refusal: OperatorCheckError?
    var failures = 0
    for list in OperatorSizes(description: description, fixed: fixed).candidates() {
      do throws(OperatorCheckError) {
        guard let trial = try first(of: list, name, &seen, &failures) else { continue }
        result.append(trial)
      } catch {
        refusal = preferred(refusal, error)
      }
    }
    guard result.isEmpty, let refusal else { return result }
    if case .node(let error) = refusal { throw .noSizes(error.reason) }
    throw refusal
  }

  /// A node of small sizes: 3 where the operator takes them, each pack being two axes.
  /// - Throws: as `trials(of:_:)`.
  public func example(
    of name: String, _ fixed: OperatorSample = OperatorSample()
  ) throws(OperatorCheckError) -> OperatorTrial {
    guard let description = operators.description(of: name) else {
      throw .noSizes("there is no operator '\(name)'")
    }
    let sizes = OperatorSizes(description: description, fixed: fixed)
    var seen: Set<String> = []
    var failures = 0
    do throws(OperatorCheckError) {
      if let trial = try first(of: sizes.examples(), name, &seen, &failures) { return trial }
    } catch .compile(let sizes, let error) {
      throw .compile(sizes, error)
    } catch {}
    let others = try trials(of: name, fixed)
    return others[others.count - 1]
  }

  /// The first of a list that is possible and was not taken before.
  private func first(
    of list: [OperatorSample], _ name: String, _ seen: inout Set<String>,
    _ failures: inout Int
  ) throws(OperatorCheckError) -> OperatorTrial? {
    var refusal: OperatorCheckError?
    for sample in list where !seen.contains(sample.description) && failures < Self.failures {
      do throws(OperatorCheckError) {
        let trial = try OperatorTrial(name, of: operators, circuits, sample)
        seen.insert(sample.description)
        return trial
      } catch {
        if case .compile(_, let reason) = error { failures += reason.weight }
        refusal = preferred(refusal, error)
      }
    }
    if let refusal { throw refusal }
    return nil
  }

  /// What is wrong with a circuit says more than what is wrong with sizes that nobody gave.
  private func preferred(
    _ first: OperatorCheckError?, _ second: OperatorCheckError
  ) -> OperatorCheckError {
    guard let first else { return second }
    if case .node = first { return second }
    if case .nothing = first, case .compile = second { return second }
    return first
  }

  private func run(
    _ trial: OperatorTrial, _ verdict: inout OperatorVerdict
  ) throws(OperatorCheckError) {
    let accuracy: Accuracy
    let circuit: TrialCircuit
    do throws(CompileError) {
      accuracy = try trial.accuracy()
      circuit = try trial.trialCircuit()
    } catch { throw .compile(trial.sample.description, error) }
    let found: CircuitVerdict
    do throws(CircuitCheckError) {
      found = try CircuitTester(circuits, effort: effort).verdict(on: trial.name, trials: [circuit])
    } catch { throw .circuit(error) }
    verdict.trials.append(.init(trial: trial, accuracy: accuracy, verdict: found))
    verdict.faults += found.faults.map { .circuit(trial.sample, $0) }
    if let output = accuracy.worst, output.errorOfRange > tolerance {
      verdict.faults.append(.inaccurate(trial.sample, output))
    }
  }
}

extension CompileError {
  /// How much it speaks against other sizes: what is not supported seldom is at others.
  fileprivate var weight: Int {
    if case .unsupported = self { 3 } else { 1 }
  }
}
