import CircuitLanguage

/// How large expressions become when functions are put in, whose arguments may stand there several
/// times. Sizes saturate.
struct ExpandedSize {
  /// What one expression may become.
  static let greatest = 1 << 13

  private let functions: [String: FunctionDefinition]
  /// Of a function: its own parts, and how often each argument stands among them.
  private var known: [String: Cost] = [:]

  private struct Cost {
    var parts: Int
    var uses: [Int]
  }

  init(functions: [String: FunctionDefinition]) { self.functions = functions }

  /// Throws where the expression becomes too large.
  /// - Precondition: no function calls itself.
  mutating func check(_ expression: OperatorExpression) throws(CircuitLanguageError) {
    guard parts(expression, [:]).parts <= Self.greatest else {
      throw CircuitLanguageError(
        "the expression becomes larger than \(Self.greatest) parts", at: expression.location)
    }
  }

  private mutating func cost(of function: FunctionDefinition) -> Cost {
    if let cost = known[function.name] { return cost }
    var places: [String: Int] = [:]
    for (place, parameter) in function.parameters.enumerated() { places[parameter] = place }
    let counted = parts(function.value, places)
    known[function.name] = counted
    return counted
  }

  /// The parts of an expression that are no parameters, and the uses of these.
  private mutating func parts(
    _ expression: OperatorExpression, _ parameters: [String: Int]
  ) -> Cost {
    var result = Cost(parts: 1, uses: [Int](repeating: 0, count: parameters.count))
    if case .name(let name) = expression.kind, let place = parameters[name] {
      result.uses[place] = 1
      return result
    }
    var weights: [Int]?
    if case .call(let name, _) = expression.kind, let function = functions[name] {
      let inner = cost(of: function)
      result.parts = inner.parts
      weights = inner.uses
    }
    for (place, part) in expression.kind.parts.enumerated() {
      let cost = parts(part, parameters)
      let weight = weights?[place] ?? 1
      result.parts = result.parts.adding(cost.parts, weight)
      for use in result.uses.indices {
        result.uses[use] = result.uses[use].adding(cost.uses[use], weight)
      }
    }
    return result
  }
}

extension Int {
  /// The sum with a multiple, or the greatest number where it is larger. None is negative.
  fileprivate func adding(_ other: Int, _ factor: Int) -> Int {
    let (product, overflow) = other.multipliedReportingOverflow(by: factor)
    let (sum, isTooLarge) = addingReportingOverflow(product)
    return overflow || isTooLarge ? .max : sum
  }
}
