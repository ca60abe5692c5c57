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
    case .sum(let sum, let fractionalBits):
      return [try self.sum(sum, operands, name: name, fractionalBits: fractionalBits)]
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
    case .table(let request, let fractionalBits):
      return [try apply(request, view, name: name, fractionalBits: fractionalBits)]
    case .output(let isPublic):
      _ = try markOutput(view, name: name, isPublic: isPublic)
      return []
    case .tensor, .instance, .concat, .sum: return []
    }
  }
}

/// A system that came of a derivation, and what each step has added to it.
public struct DerivedSystem: Sendable {
  /// What a step gave.
  public struct View: Sendable {
    /// That of the step.
    public let name: String
    public let shape: [Int]
    public let fractionalBits: Int
  }

  /// What a step has added.
  public struct Addition: Sendable {
    public let step: Derivation.Step
    /// Places in the system's lists; those of ranges and choices come after everything else.
    public fileprivate(set) var tensors: [Int]
    public fileprivate(set) var equalities: [Int]
    public fileprivate(set) var lookups: [Int]
    /// Places in `views`.
    public let results: Range<Int>
  }

  /// Its rules are not checked yet.
  public fileprivate(set) var system = ConstraintSystem()
  public fileprivate(set) var views: [View] = []
  /// In the order of the steps.
  public fileprivate(set) var additions: [Addition] = []
  /// The numbers of the tables whose values came of the source of real functions.
  public fileprivate(set) var realTables: [Int] = []
}

extension Derivation {
  /// What each layer, step and operand takes besides what it does.
  static let unitsOfPart = 16

  /// Takes the steps again.
  /// - Parameters:
  ///   - library: Assay's own circuits and those of `sources`.
  ///   - work: what it may cost at the most, about one unit for each read in a statement, and 16 for
  ///     each layer, step and operand.
  ///   - realTables: what knows the values of tables of real functions.
  public func derive(
    library: CircuitLibrary, work: Int, realTables: any RealTableSource = NoRealTables()
  ) throws(CircuitLanguageError) -> DerivedSystem {
    var builder = CircuitBuilder(library: library, realTables: realTables)
    builder.workLeft = work
    try builder.charge(Self.unitsOfPart * (sources.count + layers.count))
    var views: [TensorView] = []
    var result = DerivedSystem()
    for (number, step) in steps.enumerated() {
      builder.step = number
      try builder.charge(Self.unitsOfPart * (1 + step.operands.count))
      let tensors = builder.system.tensors.count
      let equalities = builder.system.equalities.count
      let lookups = builder.system.lookups.count
      let first = views.count
      views += try builder.apply(step.action, try operands(of: step, views), name: step.name)
      result.views += views[first...].map {
        .init(name: step.name, shape: $0.shape, fractionalBits: $0.fractionalBits)
      }
      result.additions.append(
        .init(
          step: step, tensors: Array(tensors..<builder.system.tensors.count),
          equalities: Array(equalities..<builder.system.equalities.count),
          lookups: Array(lookups..<builder.system.lookups.count),
          results: first..<views.count))
    }
    try builder.settle()
    for late in builder.lateAdditions {
      result.additions[late.origin.step].tensors += late.tensors
      result.additions[late.origin.step].equalities += late.equalities
      result.additions[late.origin.step].lookups += late.lookups
    }
    result.system = builder.numberedSystem
    result.realTables = builder.realTableNumbers.sorted()
    return result
  }

  private func operands(
    of step: Step, _ views: [TensorView]
  ) throws(CircuitLanguageError) -> [TensorView] {
    var operands: [TensorView] = []
    for number in step.operands {
      guard views.indices.contains(number) else {
        throw CircuitLanguageError("a step uses what comes later", instance: step.name)
      }
      operands.append(views[number])
    }
    return operands
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
