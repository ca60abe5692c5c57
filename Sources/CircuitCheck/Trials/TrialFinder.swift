import CircuitLanguage
import ConstraintSystem

/// Finds sizes that a circuit takes.
struct TrialFinder {
  let signature: CircuitSignature
  let maker: TrialSizesMaker
  /// The most values that an instance has.
  let cells: Int
  /// An instance that could be put together but is no constraint system: where nothing bounds a value,
  /// or where no other instance is one either.
  private(set) var refusal: CircuitVerdict.Fault?
  private var failure: CircuitLanguageError?
  /// Instances that took more work than they may.
  private var exhausted = 0

  /// Whether more attempts would only take more time.
  private var isOutOfWork: Bool { exhausted >= 3 }

  init(signature: CircuitSignature, maker: TrialSizesMaker, cells: Int) {
    self.signature = signature
    self.maker = maker
    self.cells = cells
  }

  /// So many instances, or fewer; of different sizes, as far as there are.
  /// - Throws: why the last one was not possible, if none was.
  mutating func trials(
    of library: CircuitLibrary, count: Int, widest: Int = TrialCircuit.widestArgument
  ) throws(CircuitCheckError) -> [TrialCircuit] {
    (refusal, failure, exhausted) = (nil, nil, 0)
    var trials: [TrialCircuit] = []
    // One that takes none of the inputs, as where a quotient exceeds its width; to say so.
    var mute: TrialCircuit?
    let groups = maker.candidates()
    for (number, group) in groups.enumerated() {
      let isLast = number == groups.count - 1
      for (place, sizes) in group.enumerated() where trials.count < count && !isOutOfWork {
        let form = forms[(number + (isLast ? place : 0)) % forms.count]
        // Not every circuit takes a product.
        guard
          let trial = trial(library, sizes, form, widest)
            ?? (form == .tensor ? nil : trial(library, sizes, .tensor, widest))
        else { continue }
        guard trial.honestAssignment() != nil else {
          mute = mute ?? trial
          continue
        }
        // Where all sizes are given each list has the same ones.
        if !trials.contains(where: { $0.sizes == trial.sizes && $0.form == trial.form }) {
          trials.append(trial)
        }
        if !isLast { break }
      }
    }
    if trials.isEmpty, let mute { trials = [mute] }
    if !trials.isEmpty, let found = refusal, !found.isUnbounded { refusal = nil }
    guard trials.isEmpty, refusal == nil, let failure else { return trials }
    throw .circuit(failure)
  }

  private var forms: [TrialCircuit.Form] {
    // A product of private inputs is not what a circuit without outputs is to bound.
    TrialCircuit.takesAccumulators(signature) && !signature.outputs.isEmpty
      ? TrialCircuit.Form.allCases : [.tensor]
  }

  private mutating func trial(
    _ library: CircuitLibrary, _ sizes: TrialSizes, _ form: TrialCircuit.Form, _ widest: Int
  ) -> TrialCircuit? {
    do throws(TrialCircuit.Failure) {
      let trial = try TrialCircuit(
        signature.name, of: library, sizes, form: form, widest: widest, work: TrialCircuit.trialWork
      )
      let total = trial.circuit.system.tensors.reduce(0) { $0 + $1.count }
      guard total <= cells else { throw .instance(.tooLarge(sizes, cells)) }
      return trial
    } catch {
      failure = error.error
      if error.error.isOutOfWork { exhausted += 1 }
      guard case .system(let refused) = error else { return nil }
      let fault = CircuitVerdict.Fault.refusedSystem(sizes, refused)
      // That nothing bounds a value says more than that some sum is too large.
      if refusal == nil || (fault.isUnbounded && refusal?.isUnbounded == false) { refusal = fault }
      return nil
    }
  }
}

extension CircuitVerdict.Fault {
  /// Whether nothing bounds a value.
  fileprivate var isUnbounded: Bool {
    guard case .refusedSystem(_, let error) = self else { return false }
    return error.message.contains(ConstraintSystemError(.unboundedWitness).explanation)
  }
}

extension CircuitLanguageError {
  fileprivate static func tooLarge(_ sizes: TrialSizes, _ limit: Int) -> CircuitLanguageError {
    CircuitLanguageError("with \(sizes) the circuit has more than \(limit) values")
  }
}
