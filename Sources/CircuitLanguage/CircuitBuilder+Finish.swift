import ConstraintSystem

extension CircuitBuilder {
  /// The finished circuit, settled if it was not.
  ///
  /// - Throws: when it breaks a rule of constraint systems, the bounds of its accumulators included.
  public consuming func finish() throws(CircuitLanguageError) -> Circuit {
    try settle()
    try orderLoops()
    system = numberedSystem
    let count = system.tensors.count
    func numbered(_ tensor: Int) -> Int {
      tensor < Self.temporaryBase ? tensor : count + tensor - Self.temporaryBase
    }
    for step in program.steps.indices {
      program.steps[step].target = numbered(program.steps[step].target)
      if case .expression(let expression) = program.steps[step].computation {
        program.steps[step].computation = .expression(expression.mapping(tensors: numbered))
      }
    }
    do {
      try system.validate()
    } catch {
      throw CircuitLanguageError(Self.message(for: error))
    }
    return Circuit(system: system, program: program)
  }

  private static func message(for error: ConstraintSystemError) -> String {
    let remedy =
      switch error.rule {
      case .unboundedWitness: "; look it up in a range, or round it with `round`"
      case .accumulatorTooLarge, .lookupTooLarge, .valueTooLarge:
        "; use narrower weights or activations, or round earlier"
      case .tooLarge, .tooMuchWork, .tooMuchMemory, .tooLong:
        "; take smaller inputs, or prove the network in parts"
      default: ""
      }
    return "'\(error.subject)': \(error.explanation)\(remedy)"
  }
}
