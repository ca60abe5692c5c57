import ConstraintSystem

/// Puts a circuit together, and writes down how.
public struct DerivationBuilder {
  private var builder: CircuitBuilder
  private let library: CircuitLibrary
  private var recorded: Derivation
  /// The number of a view, by its identity.
  private var numbers: [Int: Int] = [:]
  private var viewCount = 0
  private var place = Place.inputs

  private enum Place { case inputs, layers, outputs }

  /// - Parameter realTables: what knows the values of tables of real functions.
  public init(library: CircuitLibrary, realTables: any RealTableSource = NoRealTables()) {
    self.library = library
    builder = CircuitBuilder(library: library, realTables: realTables)
    recorded = Derivation(ownCircuits: CircuitLibrary.ownDigest)
  }

  /// What has been done so far, with the files of all circuits that are not Assay's own.
  public var derivation: Derivation {
    var result = recorded
    let circuits = recorded.steps.compactMap { step in
      if case .instance(let instance) = step.action { instance.circuit } else { nil }
    }
    result.sources = library.foreignFiles(of: circuits).map { file in
      let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
      return .init(name: name, text: file.text)
    }
    return result
  }

  /// What each layer has cost, in the order in which the layers were added.
  public var instances: [InstanceCost] { builder.instances }

  /// Begins a layer, to which everything belongs up to the next one or to the outputs.
  public mutating func beginLayer(name: String, operation: String) {
    place = .layers
    recorded.layers.append(.init(name: name, operation: operation))
  }

  /// Ends the last layer: what follows makes outputs.
  public mutating func beginOutputs() { place = .outputs }

  /// The finished circuit, as `CircuitBuilder.finish` gives it.
  public consuming func finish() throws(CircuitLanguageError) -> Circuit { try builder.finish() }
}

// What `CircuitBuilder` does, written down.
extension DerivationBuilder {
  private mutating func record(
    _ action: Derivation.Action, _ operands: [TensorView], name: String
  ) throws(CircuitLanguageError) -> [TensorView] {
    let results = try builder.apply(action, operands, name: name)
    note(action, operands, name: name)
    for view in results {
      if numbers[view.identity] == nil { numbers[view.identity] = viewCount }
      viewCount += 1
    }
    return results
  }

  private mutating func note(
    _ action: Derivation.Action, _ operands: [TensorView], name: String
  ) {
    let step = Derivation.Step(
      action, name: name, operands: operands.map { numbers[$0.identity] ?? -1 })
    switch place {
    case .inputs: recorded.inputs.append(step)
    case .layers: recorded.layers[recorded.layers.count - 1].steps.append(step)
    case .outputs: recorded.outputs.append(step)
    }
  }

  private mutating func single(
    _ action: Derivation.Action, _ operands: [TensorView], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    let results = try record(action, operands, name: name)
    guard let result = results.first else {
      throw CircuitLanguageError("nothing comes of this step", instance: name)
    }
    return result
  }

  public mutating func addTensor(
    _ declaration: TensorDeclaration
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.tensor(declaration), [], name: declaration.name)
  }

  public mutating func instantiate(
    _ circuit: String, _ arguments: [TensorView], parameters: [String: Int] = [:], name: String,
    fractionalBits: Int
  ) throws(CircuitLanguageError) -> [TensorView] {
    let instance = Derivation.Instance(
      circuit: circuit, parameters: parameters, fractionalBits: fractionalBits)
    return try record(.instance(instance), arguments, name: name)
  }

  public mutating func broadcast(
    _ view: TensorView, to shape: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    view.shape == shape ? view : try single(.broadcast(shape), [view], name: name)
  }

  public mutating func reshape(
    _ view: TensorView, to shape: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.reshape(shape), [view], name: name)
  }

  public mutating func transpose(
    _ view: TensorView, _ permutation: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.transpose(permutation), [view], name: name)
  }

  public mutating func slice(
    _ view: TensorView, axis: Int, start: Int, count: Int, step: Int = 1, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    let action = Derivation.Action.slice(axis: axis, start: start, count: count, step: step)
    return try single(action, [view], name: name)
  }

  public mutating func pad(
    _ view: TensorView, before: [Int], after: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.pad(before: before, after: after), [view], name: name)
  }

  public mutating func concat(
    _ views: [TensorView], axis: Int, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.concat(axis: axis), views, name: name)
  }

  public mutating func copy(
    _ view: TensorView, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.copy, [view], name: name)
  }

  /// The number of the table of real functions, which is added unless it has been. Written down are
  /// its functions and where they are evaluated, and no values.
  public mutating func table(
    _ request: TableRequest, name: String
  ) throws(CircuitLanguageError) -> Int {
    let number = try builder.table(request)
    note(.table(request), [], name: name)
    return number
  }

  /// Returns the index of the output's tensor.
  public mutating func markOutput(
    _ view: TensorView, name: String, isPublic: Bool = true
  ) throws(CircuitLanguageError) -> Int {
    let tensor = try builder.markOutput(view, name: name, isPublic: isPublic)
    note(.output(isPublic: isPublic), [view], name: name)
    return tensor
  }
}
