import ConstraintSystem

extension CircuitBuilder {
  /// Does one thing; gives the views that come of it.
  /// - Throws: where sizes, ranges or parameters do not fit.
  mutating func apply(
    _ action: Derivation.Action, _ operands: [TensorView], name: String
  ) throws(CircuitLanguageError) -> [TensorView] {
    for operand in operands { try charge(operand) }
    let results = try unchecked(action, operands, name: name)
    for view in results {
      try checkSizes(view.shape)
      try checkSizes(view.digits)
      try checkPositions(view.terms)
    }
    return results
  }

  private mutating func unchecked(
    _ action: Derivation.Action, _ operands: [TensorView], name: String
  ) throws(CircuitLanguageError) -> [TensorView] {
    switch action {
    case .tensor(let declaration):
      try checkSizes(declaration.shape)
      return [addTensor(declaration)]
    case .instance(let instance):
      return try instantiate(
        instance.circuit, operands, parameters: instance.parameters, name: name,
        fractionalBits: instance.fractionalBits)
    case .concat(let axis): return [try concat(operands, axis: axis, name: name)]
    default:
      guard let view = operands.first, operands.count == 1 else {
        throw CircuitLanguageError("a step takes one view", instance: name)
      }
      return try apply(action, to: view, name: name)
    }
  }

  /// What has one operand.
  private mutating func apply(
    _ action: Derivation.Action, to view: TensorView, name: String
  ) throws(CircuitLanguageError) -> [TensorView] {
    switch action {
    case .broadcast(let shape):
      try checkSizes(shape)
      return [try broadcast(view, to: shape, name: name)]
    case .reshape(let shape):
      try checkSizes(shape)
      return [try reshape(view, to: shape, name: name)]
    case .transpose(let order): return [try transpose(view, order, name: name)]
    case .slice(let axis, let start, let count, let step):
      try checkSizes([count])
      return [
        try slice(
          view, axis: axis, start: start, count: count, step: count == 1 ? 1 : step, name: name)
      ]
    case .pad(let before, let after):
      try checkSizes((before + after).map { $0 + 1 })
      return [try pad(view, before: before, after: after, name: name)]
    case .copy: return [try copy(view, name: name)]
    case .output(let isPublic):
      _ = try markOutput(view, name: name, isPublic: isPublic)
      return []
    case .tensor, .instance, .concat: return []
    }
  }
}

extension Derivation {
  /// The constraint system that comes of these steps, whose rules are not checked yet.
  /// - Parameters:
  ///   - library: Assay's own circuits and those of `sources`.
  ///   - work: what it may cost at the most, about one unit for each read in a statement.
  public func system(
    library: CircuitLibrary, work: Int
  ) throws(CircuitLanguageError) -> ConstraintSystem {
    var builder = CircuitBuilder(library: library)
    builder.workLeft = work
    var views: [TensorView] = []
    for step in steps {
      var operands: [TensorView] = []
      for number in step.operands {
        guard views.indices.contains(number) else {
          throw CircuitLanguageError("a step uses what comes later", instance: step.name)
        }
        operands.append(views[number])
      }
      views += try builder.apply(step.action, operands, name: step.name)
    }
    return builder.system
  }

  /// Assay's own circuits and those of `sources`.
  public func library() throws(CircuitLanguageError) -> CircuitLibrary {
    var library = try CircuitLibrary.standard()
    if !sources.isEmpty {
      try library.add(files: sources.map { SourceFile(name: $0.name, text: $0.text) })
    }
    return library
  }
}
