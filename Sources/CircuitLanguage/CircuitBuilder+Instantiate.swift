import ConstraintSystem

extension CircuitBuilder {
  /// Adds an instance of a circuit.
  ///
  /// - Parameters:
  ///   - arguments: one view for each argument; their shapes determine the circuit's sizes.
  ///   - parameters: a number for each of the circuit's parameters.
  ///   - name: the layer; new tensors are called `name.tensor`.
  ///   - fractionalBits: of every tensor and view that the instance makes.
  /// - Returns: the outputs in the order of their declaration.
  /// - Throws: when shapes, ranges or parameters do not fit the circuit.
  public mutating func instantiate(
    _ circuit: String, _ arguments: [TensorView], parameters: [String: Int] = [:], name: String,
    fractionalBits: Int
  ) throws(CircuitLanguageError) -> [TensorView] {
    do {
      return try accounting(name: name, circuit: circuit) {
        (builder: inout CircuitBuilder) throws(CircuitLanguageError) in
        try builder.nested(
          circuit, arguments, parameters: parameters, name: name, fractionalBits: fractionalBits)
      }
    } catch {
      throw error.inInstance(name)
    }
  }

  func nestedScope(
    _ definition: CircuitDefinition, _ arguments: [TensorView], _ parameters: [String: Int],
    _ name: String, _ fractionalBits: Int
  ) throws(CircuitLanguageError) -> Scope {
    var scope = Scope(
      definition: definition, name: name, fractionalBits: fractionalBits, constants: [:])
    try bindParameters(parameters, in: &scope)
    guard arguments.count == definition.arguments.count else {
      throw CircuitLanguageError(
        "circuit '\(definition.name)' takes \(definition.arguments.count) tensors, "
          + "not \(arguments.count)", at: definition.location)
    }
    for (declaration, view) in zip(definition.arguments, arguments) {
      try bindShape(declaration, view, in: &scope)
      scope.values[declaration.name] = view
    }
    for (declaration, view) in zip(definition.arguments, arguments) {
      try checkRange(declaration, view.range, in: scope)
    }
    return scope
  }

  mutating func nested(
    _ circuit: String, _ arguments: [TensorView], parameters: [String: Int], name: String,
    fractionalBits: Int
  ) throws(CircuitLanguageError) -> [TensorView] {
    guard let definition = library.circuits[circuit] else {
      throw CircuitLanguageError("there is no circuit '\(circuit)'")
    }
    try charge(1 + name.utf8.count / 16)
    var scope = try nestedScope(definition, arguments, parameters, name, fractionalBits)
    try run(definition.body, in: &scope)
    var outputs: [TensorView] = []
    for declaration in definition.outputs {
      guard let view = scope.values[declaration.name] else {
        throw CircuitLanguageError(
          "output '\(declaration.name)' is not defined for these parameters",
          at: declaration.location)
      }
      if let shape = try scope.outputShape(declaration.name), shape != view.shape {
        throw CircuitLanguageError(
          "output '\(declaration.name)' is declared as \(shape) and defined as \(view.shape)",
          at: declaration.location)
      }
      try checkRange(declaration, view.range, in: scope)
      outputs.append(view)
    }
    return outputs
  }

  private func bindParameters(
    _ given: [String: Int], in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let definition = scope.definition
    for parameter in definition.parameters {
      guard let value = given[parameter.name] else {
        throw CircuitLanguageError(
          "parameter '\(parameter.name)' of circuit '\(definition.name)' is not given",
          at: parameter.location)
      }
      let least = parameter.kind == .natural ? 0 : parameter.kind == .positive ? 1 : Int.min
      guard value >= least else {
        throw CircuitLanguageError(
          "parameter '\(parameter.name)' is \(value); it must be at least \(least)",
          at: parameter.location)
      }
      scope.constants[parameter.name] = value
    }
    for name in given.keys.sorted()
    where !definition.parameters.contains(where: { $0.name == name }) {
      throw CircuitLanguageError(
        "circuit '\(definition.name)' has no parameter '\(name)'", at: definition.location)
    }
  }

  private func bindShape(
    _ declaration: Declaration, _ view: TensorView, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    let fixed = declaration.dimensions.count { if case .size = $0 { true } else { false } }
    let hasRest = fixed < declaration.dimensions.count
    guard hasRest ? view.shape.count >= fixed : view.shape.count == fixed else {
      throw CircuitLanguageError(
        "'\(declaration.name)' has the shape \(view.shape), which does not have "
          + "\(hasRest ? "at least " : "")\(fixed) axes", at: declaration.location)
    }
    var axis = 0
    for dimension in declaration.dimensions {
      switch dimension {
      case .rest:
        let sizes = Array(view.shape[axis..<axis + view.shape.count - fixed])
        if let known = scope.rest, known != sizes {
          throw CircuitLanguageError(
            "'...' stands for the axes \(known), and for \(sizes) in '\(declaration.name)'",
            at: declaration.location)
        }
        scope.rest = sizes
        axis += sizes.count
      case .size(let expression):
        try bindSize(expression, view.shape[axis], declaration, in: &scope)
        axis += 1
      }
    }
  }

  private func bindSize(
    _ expression: Expression, _ size: Int, _ declaration: Declaration, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    if case .name(let name) = expression.kind, scope.constants[name] == nil {
      scope.constants[name] = size
      return
    }
    let wanted = try scope.evaluator.value(expression)
    guard wanted == size else {
      throw CircuitLanguageError(
        "an axis of '\(declaration.name)' has \(size) elements where \(wanted) are needed",
        at: expression.location)
    }
  }

  private func checkRange(
    _ declaration: Declaration, _ range: ClosedRange<Int>, in scope: Scope
  ) throws(CircuitLanguageError) {
    guard let allowed = try declaration.type.range(scope.evaluator, likes: scope.values),
      !allowed.contains(range)
    else { return }
    throw CircuitLanguageError(
      "'\(declaration.name)' may lie anywhere in \(range.lowerBound)...\(range.upperBound), which "
        + "does not fit \(declaration.type.name) (\(allowed.lowerBound)...\(allowed.upperBound)); "
        + "rescale what it is made of, or use narrower weights or activations",
      at: declaration.location)
  }
}
