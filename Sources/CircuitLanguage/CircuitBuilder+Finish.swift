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
        program.steps[step].computation = .expression(expression.mappingTensors(numbered))
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

extension HintExpression {
  /// The expression with other tensors in place of those that it reads.
  func mappingTensors(_ change: (Int) -> Int) -> HintExpression {
    func map(_ inner: HintExpression) -> HintExpression { inner.mappingTensors(change) }
    return switch self {
    case .constant, .index: self
    case .read(let read):
      .read(TensorRead(tensor: change(read.tensor), positions: read.positions))
    case .element(let tensor, let positions): .element(tensor: change(tensor), positions.map(map))
    case .add(let a, let b): .add(map(a), map(b))
    case .subtract(let a, let b): .subtract(map(a), map(b))
    case .multiply(let a, let b): .multiply(map(a), map(b))
    case .floorDivide(let a, let b): .floorDivide(map(a), map(b))
    case .remainder(let a, let b): .remainder(map(a), map(b))
    case .minimum(let a, let b): .minimum(map(a), map(b))
    case .maximum(let a, let b): .maximum(map(a), map(b))
    case .less(let a, let b): .less(map(a), map(b))
    case .equal(let a, let b): .equal(map(a), map(b))
    case .squareRoot(let a): .squareRoot(map(a))
    case .logarithm(let a): .logarithm(map(a))
    case .select(let a, let b, let c): .select(map(a), map(b), map(c))
    case .sum(let indices, let body): .sum(over: indices, map(body))
    case .minimumOver(let indices, let body): .minimumOver(indices, map(body))
    case .maximumOver(let indices, let body): .maximumOver(indices, map(body))
    case .table(let table, let column, let value): .table(table, column: column, map(value))
    }
  }
}
