import ConstraintSystem
import Evaluation

/// Where a step, or one side of a statement, has values.
struct StepDomain: Sendable {
  let indices: [StatementIndex]
  /// How many of the indices, the first ones, span the domain.
  let rank: Int
  /// Who computes, for errors.
  let step: String
  /// Of what is computed, for positions in errors.
  let shape: [Int]
  /// The index that counts the parts of the step's loop, each of which has a value of it.
  var fixed: Int?

  /// The number of values of the domain, which are one part of a loop's.
  var count: Int { indices.prefix(rank).reduce(1) { $0 * $1.size } }

  /// What is fixed for one part of the step's loop, where it is in one.
  func place(ofPart part: Int) -> FixedIndex? {
    fixed.map { FixedIndex(index: $0, value: part) }
  }
}

extension WitnessProgram.Step {
  /// The step with one more index, the last, that counts the parts of a loop; its first index runs over
  /// one part only.
  ///
  /// The first index must split into so many parts, as `Circuit.checkProgram` sees to.
  func split(into parts: Int) -> WitnessProgram.Step {
    var step = self
    let size = indices[0].size / parts
    step.indices[0].size = size
    step.indices.append(StatementIndex(name: "part", size: parts))
    let last = indices.count
    func split(_ position: AffineIndex) -> AffineIndex {
      guard let term = position.terms.first(where: { $0.index == 0 }) else { return position }
      let jump = AffineIndex.Term(index: last, coefficient: term.coefficient &* size)
      return AffineIndex(constant: position.constant, terms: position.terms + [jump])
    }
    switch computation {
    case .sumOfProducts(let terms):
      step.computation = .sumOfProducts(terms.map { $0.mappingPositions(split) })
    case .expression(let expression):
      step.computation = .expression(expression.mapping(positions: split))
    }
    return step
  }
}

extension Equality.Term {
  /// The term with other positions in place of those that it reads at.
  fileprivate func mappingPositions(_ change: (AffineIndex) -> AffineIndex) -> Equality.Term {
    var term = self
    for factor in term.factors.indices {
      for place in term.factors[factor].terms.indices {
        let positions = term.factors[factor].terms[place].read.positions
        term.factors[factor].terms[place].read.positions = positions.map(change)
      }
    }
    return term
  }
}
