import ConstraintSystem
import Evaluation
import TensorGraph

/// Why an equation has no value, in terms of its own indices.
enum EquationFailure: Error {
  /// At some values of some indices.
  case place(ExpressionFailure, domain: [Int])
  /// It can't be evaluated anywhere.
  case malformed(String)

  /// The error for people: `name` is what is computed, of the given kind.
  func error(
    _ name: String, _ equation: Equation, kind: ElementKind
  ) -> GraphError {
    switch self {
    case .malformed(let reason): return GraphError(.value, "\(name) can't be computed: \(reason)")
    case .place(let failure, let domain):
      let sizes = domain.map { equation.indices[$0].size }
      let place = coordinates(of: failure.position, shape: sizes)
      var text = "\(name)\(place)"
      if domain != Array(0..<equation.domainRank) {
        let values = zip(domain, place).map { "\(equation.indices[$0].name) is \($1)" }
        text = name + (values.isEmpty ? "" : ", where \(values.joined(separator: " and ")),")
      }
      return GraphError(.value, "\(text) \(failure.reason.text(kind))")
    }
  }
}

extension ExpressionFailure.Reason {
  /// What follows the name of a value.
  fileprivate func text(_ kind: ElementKind) -> String {
    switch self {
    case .overflow: "needs an integer beyond 64 bits"
    case .division(let divisor): "divides an integer by \(divisor)"
    case .noElement(let place, let size):
      "reads the element \(place.map(String.init) ?? "at no integer") of an axis of \(size)"
    case .noTerm: "is a greatest or least of nothing, because every term is outside"
    case .lookupMiss(_, let value): "looks up \(value), which is in no table"
    case .unfit(let value) where kind == .real:
      "is \(value), which is not finite in single precision: check the inputs, and write large "
        + "finite numbers for infinite constants"
    case .unfit(let value) where kind == .boolean: "is \(value), which is neither 0 nor 1"
    case .unfit(let value): "is \(value), which is no integer of 64 bits"
    }
  }
}
