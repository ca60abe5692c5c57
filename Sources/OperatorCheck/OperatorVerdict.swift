import CircuitCheck
import Compiler
import Equations

/// What trials of an operator have shown.
public struct OperatorVerdict: Sendable {
  /// A node of some sizes.
  public struct Trial: Sendable {
    public let trial: OperatorTrial
    public let accuracy: Accuracy
    /// What the attacks on the circuit found.
    public let verdict: CircuitVerdict
  }

  /// Why an operator is not accepted.
  public enum Fault: Sendable {
    /// At some sizes its circuit is further from its equations than is tolerated.
    case inaccurate(OperatorSample, Accuracy.Output)
    /// At some sizes its circuit is not in order.
    case circuit(OperatorSample, CircuitVerdict.Fault)
  }

  public let name: String
  public internal(set) var trials: [Trial] = []
  public internal(set) var faults: [Fault] = []

  /// Whether nothing speaks against the operator.
  public var isAccepted: Bool { faults.isEmpty }

  /// The greatest error of all trials, as a fraction of an output's range.
  public var greatestError: Double { trials.reduce(0) { max($0, $1.accuracy.errorOfRange) } }

  /// All trials' reports together.
  public var report: WrongHintReport {
    trials.reduce(into: WrongHintReport()) { $0.add($1.verdict.report) }
  }
}
