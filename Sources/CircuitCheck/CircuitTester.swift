import CircuitLanguage
import ConstraintSystem
import Witness

/// Tries a circuit at several sizes: whether its statements accept what its hints compute, and
/// whether they accept anything else.
public struct CircuitTester {
  /// How much is tried.
  public struct Effort: Sendable {
    /// Instances with values as they are.
    public var trials = 5
    /// Inputs of each.
    public var inputs = 4
    /// Instances with narrow values.
    public var narrowTrials = 3
    /// Inputs of each, if there are not more of them at all.
    public var narrowInputs = 512
    /// The most values that an instance has.
    public var cells = 1 << 14
    public var hints = WrongHintEffort()

    public init() {}

    /// For a quick look: one instance of each kind, a few inputs.
    public static var brief: Effort {
      var effort = Effort()
      effort.trials = 2
      effort.inputs = 2
      effort.narrowTrials = 1
      effort.narrowInputs = 64
      effort.hints.nodes = 4_000
      return effort
    }
  }

  let library: CircuitLibrary
  let effort: Effort
  /// Bits of narrow values: few rows in each table, and enough of them for a bias and a sign.
  public static let narrowBits = 3

  /// - Parameter library: with the circuits and all that they call.
  public init(_ library: CircuitLibrary, effort: Effort = Effort()) {
    self.library = library
    self.effort = effort
  }

  /// Tries a circuit.
  /// - Parameters:
  ///   - fixed: sizes and parameters that are given; the others are chosen.
  ///   - isRestFixed: whether `fixed.rest` is given.
  /// - Throws: when there is no such circuit, or no sizes are found that it takes.
  public func verdict(
    on circuit: String, fixed: TrialSizes = TrialSizes(), isRestFixed: Bool = false
  ) throws(CircuitCheckError) -> CircuitVerdict {
    guard let signature = library.signature(of: circuit) else {
      throw .unusable("there is no circuit '\(circuit)'")
    }
    let maker = TrialSizesMaker(signature: signature, fixed: fixed, isRestFixed: isRestFixed)
    var verdict = CircuitVerdict(circuit: circuit)
    var finder = TrialFinder(signature: signature, maker: maker, cells: effort.cells)
    let wide = try finder.trials(of: library, count: effort.trials)
    if let refusal = finder.refusal { verdict.faults.append(refusal) }
    try run(wide, &verdict)
    // Not every circuit can be had with narrow values.
    guard verdict.isAccepted, let narrow = try? library.narrowed(toBits: Self.narrowBits),
      let small = try? finder.trials(
        of: narrow, count: effort.narrowTrials, widest: 4 << Self.narrowBits)
    else { return verdict }
    for trial in small where verdict.isAccepted {
      _ = try run(trial, bits: Self.narrowBits, &verdict)
    }
    return verdict
  }

  /// Tries instances that were put together elsewhere.
  /// - Parameter name: what the verdict is about.
  /// - Throws: when all of them fail for all inputs, or one is too large.
  public func verdict(
    on name: String, trials: [TrialCircuit]
  ) throws(CircuitCheckError) -> CircuitVerdict {
    var verdict = CircuitVerdict(circuit: name)
    try run(trials, &verdict)
    return verdict
  }

  private func run(
    _ trials: [TrialCircuit], _ verdict: inout CircuitVerdict
  ) throws(CircuitCheckError) {
    var silence: Silence?
    for trial in trials where verdict.isAccepted {
      silence = try run(trial, bits: nil, &verdict) ?? silence
    }
    if verdict.trials.isEmpty, verdict.isAccepted, let silence {
      switch silence {
      case .fails(let error): throw .evaluation(error)
      case .refuses(let sizes, let statement):
        verdict.faults.append(.refusesItself(sizes, statement: statement))
      }
    }
  }

  /// Why an instance says nothing: it takes none of the inputs.
  private enum Silence {
    case fails(EvaluationError)
    case refuses(TrialSizes, statement: String)
  }

  private func run(
    _ trial: TrialCircuit, bits: Int?, _ verdict: inout CircuitVerdict
  ) throws(CircuitCheckError) -> Silence? {
    var result = CircuitVerdict.Trial(trial.sizes, trial.form, bits: bits)
    var silence: Silence?
    for inputs in inputs(of: trial, isNarrow: bits != nil) {
      if bits == nil && result.inputs >= effort.inputs { break }
      var finder: WrongHintFinder
      do throws(CircuitCheckError) {
        finder = try WrongHintFinder(trial.circuit, inputs: inputs, effort: hintEffort(bits))
      } catch {
        guard case .evaluation(let error) = error else { throw error }
        silence = silence ?? .fails(error)
        result.refusedInputs += 1
        continue
      }
      if let statement = finder.refusals.first {
        silence = .refuses(trial.sizes, statement: statement)
        result.refusedInputs += 1
        continue
      }
      result.inputs += 1
      result.report.add(finder.run())
      if !result.report.isPinned { break }
    }
    guard result.inputs > 0 else { return silence }
    verdict.trials.append(result)
    // One says all; the others are in the trial's report.
    if let hint = result.report.undetected.first(where: { $0.meaning != .hint }) {
      verdict.faults.append(.wrongHint(trial.sizes, bits: bits, hint))
    }
    return nil
  }

  private func inputs(of trial: TrialCircuit, isNarrow: Bool) -> [[Int: IntegerBuffer]] {
    let inputs = TrialInputs(trial)
    guard isNarrow else { return trial.candidates + inputs.candidates() }
    return inputs.all(limit: effort.narrowInputs)
      ?? Array(inputs.candidates().prefix(effort.narrowInputs)) + inputs.random(count: 40)
  }

  /// Of narrow values the search through all assignments sees more than attacks of single cells.
  private func hintEffort(_ bits: Int?) -> WrongHintEffort {
    guard bits != nil else { return effort.hints }
    var effort = effort.hints
    effort.nodes = min(effort.nodes, 200)
    return effort
  }
}
