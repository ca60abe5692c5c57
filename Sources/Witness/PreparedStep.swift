import ConstraintSystem
import Evaluation

/// A step with all it reads, to be computed as a whole or part by part.
struct PreparedStep {
  enum Values {
    case sum(SumOfProducts)
    case expression(ExpressionEvaluation)

    /// Writes the values of a part; a step outside of loops has one part.
    func write(to target: UnsafeMutablePointer<Int64>, part: Int) throws(EvaluationError) {
      switch self {
      case .sum(let sum): try sum.write(to: target, part: part)
      case .expression(let expression): try expression.write(to: target, part: part)
      }
    }
  }

  let name: String
  let target: TensorDeclaration
  /// The number of values of a part.
  let count: Int
  let values: Values

  /// Writes the values of a part, and checks that they are in the target's range.
  func write(part: Int, to target: UnsafeMutablePointer<Int64>) throws(EvaluationError) {
    try values.write(to: target, part: part)
    for place in 0..<count where !self.target.range.contains(Int(target[place])) {
      throw .outOfRange(
        step: name, tensor: self.target.name,
        position: coordinates(of: part * count + place, shape: self.target.shape),
        value: Int(target[place]), range: self.target.range)
    }
  }
}
