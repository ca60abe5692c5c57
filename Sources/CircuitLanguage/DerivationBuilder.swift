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
    result.sources = library.foreignFiles(of: recorded.steps.compactMap(\.item)).map { file in
      let name = file.name.split(separator: "/").last.map(String.init) ?? file.name
      return .init(name: name, text: file.text)
    }
    return result
  }

  /// What each layer has cost, in the order in which the layers were added; complete when `settle` was
  /// called.
  public var instances: [InstanceCost] { builder.instances }

  /// As `CircuitBuilder.settle`.
  public mutating func settle() throws(CircuitLanguageError) { try builder.settle() }

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

  /// As `CircuitBuilder.sum`.
  public mutating func sum(
    _ sum: ViewSum, _ operands: [TensorView], name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.sum(sum, fractionalBits: fractionalBits), operands, name: name)
  }

  /// As `CircuitBuilder.read`.
  public mutating func read(
    _ view: TensorView, sizes: [Int], positions: [AffineIndex], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    if view.isRead(whole: positions, sizes: sizes) { return view }
    return try sum(
      ViewSum(reading: positions, sizes: sizes), [view], name: name,
      fractionalBits: view.fractionalBits)
  }

  /// As `CircuitBuilder.apply`.
  public mutating func apply(
    _ request: TableRequest, _ x: TensorView, name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    try single(.table(request, fractionalBits: fractionalBits), [x], name: name)
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

  /// Adds a state that a loop hands on: a tensor that `carry` says everything about.
  public mutating func addState(
    name: String, shape: [Int], range: ClosedRange<Int>, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    try addTensor(
      TensorDeclaration(
        name: name, shape: shape, role: .witness, range: range, fractionalBits: fractionalBits))
  }

  /// Says that a state is, at the first position of its leading axis, what is given, and at each further
  /// one what was left at the position before.
  ///
  /// - Parameters:
  ///   - state: what `addState` gave, with at least two positions.
  ///   - given: of the state's shape, with one position.
  ///   - left: of the state's shape; what is left at the last position is not handed on.
  ///   - loop: states of one loop have the same number, and no loop depends on one of a greater number.
  public mutating func carry(
    _ state: TensorView, given: TensorView, left: TensorView, loop: Int, name: String
  ) throws(CircuitLanguageError) {
    let count = state.shape.first ?? 0
    var before = state.shape.map { _ in 0 }
    guard count >= 2, given.shape.first == 1, left.shape == state.shape else {
      throw CircuitLanguageError("is no state that a loop hands on", instance: name)
    }
    before[0] = 1
    var after = before
    after[0] = count - 1
    let none = before.map { _ in 0 }
    let handed = try slice(left, axis: 0, start: 0, count: count - 1, name: name)
    let shifted = try pad(handed, before: before, after: none, name: name)
    let first = try pad(given, before: none, after: after, name: name)
    _ = try instantiate(
      "carried", [state, shifted, first], name: name, fractionalBits: state.fractionalBits)
    let positions = state.shape.indices.map { AffineIndex(index: $0) }
    let value = try builder.sum(
      ViewSum(
        indices: state.shape.map { .init(name: "i", size: $0) }, domainRank: state.shape.count,
        terms: [0, 1].map {
          .init(coefficient: 1, factors: [.init(operand: $0, positions: positions)])
        }), [shifted, first], name: name, fractionalBits: state.fractionalBits)
    try builder.carry(state, from: value, loop: loop, count: count, name: name)
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
