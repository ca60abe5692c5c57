import CircuitLanguage

/// What trials of a circuit have shown.
public struct CircuitVerdict: Sendable {
  /// One instance.
  public struct Trial: Sendable {
    public let sizes: TrialSizes
    public let form: TrialCircuit.Form
    /// How many bits of values stand for 16; nil where nothing was narrowed.
    public let bits: Int?
    /// Inputs whose honest values were attacked.
    public internal(set) var inputs = 0
    /// Inputs that the circuit does not take: its program fails, or its own statements refuse what it
    /// computes.
    public internal(set) var refusedInputs = 0
    public internal(set) var report = WrongHintReport()

    init(_ sizes: TrialSizes, _ form: TrialCircuit.Form, bits: Int?) {
      self.sizes = sizes
      self.form = form
      self.bits = bits
    }
  }

  /// Why a circuit is not accepted.
  public enum Fault: Sendable {
    /// Nothing bounds a value, or a sum may wrap around: the instance is no constraint system.
    case refusedSystem(TrialSizes, CircuitLanguageError)
    /// Its statements refuse what its hints compute, for every input that was tried.
    case refusesItself(TrialSizes, statement: String)
    /// A prover may choose what is not his to choose.
    case wrongHint(TrialSizes, bits: Int?, WrongHint)
  }

  public let circuit: String
  public internal(set) var trials: [Trial] = []
  public internal(set) var faults: [Fault] = []

  /// Whether nothing speaks against the circuit.
  public var isAccepted: Bool { faults.isEmpty }

  /// All trials' reports together.
  public var report: WrongHintReport {
    trials.reduce(into: WrongHintReport()) { $0.add($1.report) }
  }
}
