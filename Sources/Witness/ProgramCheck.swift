import ConstraintSystem

extension Circuit {
  /// Checks that the program names only tensors, tables and indices that there are, and that its
  /// sizes can be counted. Whether it computes anything sensible is for `Evaluator` to find out.
  ///
  /// The system's own rules are those of `ConstraintSystem.validate`.
  /// - Throws: `EvaluationError.malformed` with the first step or temporary that breaks a rule.
  public func checkProgram() throws(EvaluationError) {
    for temporary in program.temporaries {
      guard Self.canBeCounted(temporary.shape, limit: ConstraintSystemLimits.modelCells) else {
        throw .malformed(step: temporary.name, reason: "it has no values, or too many")
      }
    }
    for step in program.steps {
      guard
        Self.canBeCounted(
          step.indices.map { $0.size }, limit: ConstraintSystemLimits.statementSize)
      else { throw .malformed(step: step.name, reason: "an index has no values, or too many") }
      try StepCheck(circuit: self, step: step).run()
    }
    try checkLoops()
  }

  /// Loops come one after the other, and split what their steps compute.
  private func checkLoops() throws(EvaluationError) {
    var end = 0
    let declarations = system.tensors + program.temporaries
    for loop in program.loops {
      guard loop.steps.lowerBound >= end, loop.steps.upperBound <= program.steps.count,
        !loop.steps.isEmpty, loop.count >= 2
      else { throw .malformed(step: "loop", reason: "it has no steps, or those of another one") }
      end = loop.steps.upperBound
      for step in program.steps[loop.steps] {
        let count = declarations[step.target].shape.reduce(1, *)
        guard let first = step.indices.first?.size, first % loop.count == 0,
          count % loop.count == 0
        else {
          throw .malformed(
            step: step.name, reason: "it does not split into the \(loop.count) parts of its loop")
        }
      }
    }
  }

  private static func canBeCounted(_ sizes: [Int], limit: Integer) -> Bool {
    var product: Integer = 1
    for size in sizes {
      let (next, overflow) = product.multipliedReportingOverflow(by: Integer(size))
      guard size >= 1, !overflow, next <= limit else { return false }
      product = next
    }
    return true
  }
}

/// Checks what one step refers to.
private struct StepCheck {
  let circuit: Circuit
  let step: WitnessProgram.Step

  private var tensorCount: Int {
    circuit.system.tensors.count + circuit.program.temporaries.count
  }

  func run() throws(EvaluationError) {
    try require(step.target, below: tensorCount, "tensor")
    switch step.computation {
    case .sumOfProducts(let terms):
      for term in terms {
        try check(indices: term.summed)
        for factor in term.factors {
          for part in factor.terms { try check(part.read) }
        }
      }
    case .expression(let expression): try check(expression)
    }
  }

  private func require(
    _ number: Int, below count: Int, _ what: String
  ) throws(EvaluationError) {
    guard number >= 0, number < count else {
      throw .malformed(step: step.name, reason: "there is no \(what) \(number)")
    }
  }

  private func check(indices: [Int]) throws(EvaluationError) {
    for index in indices { try require(index, below: step.indices.count, "index") }
  }

  private func check(_ read: TensorRead) throws(EvaluationError) {
    try require(read.tensor, below: tensorCount, "tensor")
    for position in read.positions { try check(indices: position.terms.map { $0.index }) }
  }

  private func check(_ expression: HintExpression) throws(EvaluationError) {
    switch expression {
    case .constant: return
    case .read(let read): try check(read)
    case .element(let tensor, let positions):
      try require(tensor, below: tensorCount, "tensor")
      for position in positions { try check(position) }
    case .index(let position): try check(indices: position.terms.map { $0.index })
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .floorDivide(let a, let b), .remainder(let a, let b), .minimum(let a, let b),
      .maximum(let a, let b), .less(let a, let b), .equal(let a, let b):
      try check(a)
      try check(b)
    case .squareRoot(let a), .logarithm(let a): try check(a)
    case .select(let a, let b, let c):
      for part in [a, b, c] { try check(part) }
    case .sum(let indices, let body), .minimumOver(let indices, let body),
      .maximumOver(let indices, let body):
      try check(indices: indices)
      try check(body)
    case .table(let table, _, let body):
      try require(table, below: circuit.system.tables.count, "table")
      try check(body)
    }
  }
}
