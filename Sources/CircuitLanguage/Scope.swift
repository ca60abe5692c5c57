import ConstraintSystem

/// What the names of a circuit mean while one instance of it is built.
struct Scope {
  let definition: CircuitDefinition
  /// The layer's name.
  let name: String
  /// Given to every tensor that the instance adds.
  let fractionalBits: Int
  /// Parameters, sizes and `let`s.
  var constants: [String: Int]
  /// The sizes of the axes that `...` stands for, once known.
  var rest: [Int]?
  var values: [String: TensorView] = [:]

  var evaluator: ConstantEvaluator { ConstantEvaluator(constants: constants, views: values) }

  /// The declared sizes of an output, or nil when there is no such output.
  func outputShape(_ name: String) throws(CircuitLanguageError) -> [Int]? {
    guard let declaration = definition.outputs.first(where: { $0.name == name }) else { return nil }
    var shape: [Int] = []
    for dimension in declaration.dimensions {
      switch dimension {
      case .rest: shape += rest ?? []
      case .size(let expression):
        let size = try evaluator.value(expression)
        guard size >= 1 else {
          throw CircuitLanguageError(
            "an axis of '\(name)' would have \(size) elements", at: expression.location)
        }
        shape.append(size)
      }
    }
    return shape
  }

  /// The declared type of an output.
  func outputType(_ name: String) -> ElementType? {
    definition.outputs.first { $0.name == name }?.type
  }
}

extension ClosedRange<Int> {
  func contains(_ other: ClosedRange<Int>) -> Bool {
    lowerBound <= other.lowerBound && other.upperBound <= upperBound
  }

  /// The difference of the bounds, which an `Int` may not hold.
  var span: UInt64 {
    UInt64(bitPattern: Int64(upperBound)) &- UInt64(bitPattern: Int64(lowerBound))
  }
}
