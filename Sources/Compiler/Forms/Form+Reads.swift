import ConstraintSystem

extension Form {
  /// What it reads of its operands, in order; nothing for a view, which takes them whole.
  var reads: [FormRead] {
    switch self {
    case .view: []
    case .sum(let sum): sum.terms.flatMap(\.factors)
    case .apply(let apply): [apply.argument]
    case .quotient(let a, let b), .less(let a, let b), .equal(let a, let b): [a, b]
    case .division(let division): division.reads
    case .step(let step): step.reads
    case .root(let a, _): [a]
    case .extreme(let extreme): extreme.candidates
    case .place(let place): [place.candidate]
    case .pick(let pick): [pick.source, pick.place]
    }
  }

  /// The same form with every read replaced.
  func mapReads(_ transform: (FormRead) -> FormRead) -> Form {
    switch self {
    case .view: return self
    case .sum(var sum):
      for term in sum.terms.indices {
        sum.terms[term].factors = sum.terms[term].factors.map(transform)
      }
      return .sum(sum)
    case .apply(var apply):
      apply.argument = transform(apply.argument)
      return .apply(apply)
    case .quotient(let a, let b):
      return .quotient(numerator: transform(a), denominator: transform(b))
    case .division(var division):
      division.argument = transform(division.argument)
      division.divisor = division.divisor.map(transform)
      return .division(division)
    case .step(var step):
      step.arguments = step.arguments.map(transform)
      step.constants = step.constants.map(transform)
      return .step(step)
    case .less(let a, let b): return .less(transform(a), transform(b))
    case .equal(let a, let b): return .equal(transform(a), transform(b))
    case .root(let a, let isInverse): return .root(transform(a), isInverse: isInverse)
    case .extreme(var extreme):
      extreme.candidates = extreme.candidates.map(transform)
      return .extreme(extreme)
    case .place(var place):
      place.candidate = transform(place.candidate)
      return .place(place)
    case .pick(var pick):
      pick.source = transform(pick.source)
      pick.place = transform(pick.place)
      return .pick(pick)
    }
  }

  /// The sizes of the indices behind the result's axes.
  var innerSizes: [Int] {
    switch self {
    case .sum(let sum): sum.indices.dropFirst(sum.domainRank).map(\.size)
    case .extreme(let extreme): extreme.indices.dropFirst(extreme.domainRank).map(\.size)
    case .place(let place): place.indices.suffix(1).map(\.size)
    case .pick(let pick): pick.indices.suffix(1).map(\.size)
    default: []
    }
  }

  var article: String { "aeiou".contains(name.prefix(1)) ? "an" : "a" }

  /// For messages.
  var name: String {
    switch self {
    case .view: "view"
    case .sum: "sum"
    case .apply: "apply"
    case .quotient: "quotient"
    case .division: "division"
    case .step: "step"
    case .root: "root"
    case .extreme: "extreme"
    case .less: "less"
    case .equal: "equal"
    case .place: "place"
    case .pick: "pick"
    }
  }
}

extension FormGraph.Node {
  /// The sizes of all indices of the node: its result's axes, then those of its form.
  func sizes(_ shape: [Int]) -> [Int] { shape + form.innerSizes }
}
