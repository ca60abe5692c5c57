import ConstraintSystem

extension WitnessProgram {
  /// What is run one after the other: single steps, and loops.
  var runs: [ProgramRun] {
    var runs: [ProgramRun] = []
    var next = 0
    for loop in loops {
      runs += (next..<loop.steps.lowerBound).map(ProgramRun.step)
      runs.append(.loop(loop))
      next = loop.steps.upperBound
    }
    return runs + (next..<steps.count).map(ProgramRun.step)
  }
}

/// A part of a program that is run as one.
enum ProgramRun {
  case step(Int)
  case loop(WitnessProgram.Loop)
}

extension WitnessProgram.Step {
  /// The step for one part of its target: its first index runs over that part only.
  ///
  /// The first index must split into so many parts, as `Circuit.checkProgram` sees to.
  func part(_ number: Int, of count: Int) -> WitnessProgram.Step {
    let size = indices[0].size / count
    let start = size * number
    var step = self
    step.indices[0].size = size
    switch computation {
    case .sumOfProducts(let terms):
      step.computation = .sumOfProducts(terms.map { $0.startingAt(start) })
    case .expression(let expression):
      step.computation = .expression(expression.mappingPositions { $0.startingAt(start) })
    }
    return step
  }
}

extension AffineIndex {
  /// The same, where the first index counts from `start` on.
  fileprivate func startingAt(_ start: Int) -> AffineIndex {
    guard let term = terms.first(where: { $0.index == 0 }) else { return self }
    return AffineIndex(constant: constant &+ term.coefficient &* start, terms: terms)
  }
}

extension Equality.Term {
  fileprivate func startingAt(_ start: Int) -> Equality.Term {
    var term = self
    for factor in term.factors.indices {
      for place in term.factors[factor].terms.indices {
        let positions = term.factors[factor].terms[place].read.positions
        term.factors[factor].terms[place].read.positions = positions.map { $0.startingAt(start) }
      }
    }
    return term
  }
}

extension HintExpression {
  /// The expression with other positions in place of those that it reads at, and of its indices.
  fileprivate func mappingPositions(_ change: (AffineIndex) -> AffineIndex) -> HintExpression {
    func map(_ inner: HintExpression) -> HintExpression { inner.mappingPositions(change) }
    return switch self {
    case .constant: self
    case .index(let index): .index(change(index))
    case .read(let read):
      .read(TensorRead(tensor: read.tensor, positions: read.positions.map(change)))
    case .element(let tensor, let positions): .element(tensor: tensor, positions.map(map))
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
