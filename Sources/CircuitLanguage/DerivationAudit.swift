import ConstraintSystem

/// What is known of a system's layers once it has been derived again (`Paper/` section 11.6).
public struct DerivationAudit: Sendable {
  public struct Layer: Equatable, Sendable {
    public let name: String
    /// What the network says that it computes.
    public let operation: String
    /// The circuits and tables that the layer uses and that are not Assay's own operators.
    public let foreignParts: [String]
    /// Whether each unit is what the circuits make of the units of what they read.
    public let keepsUnits: Bool
    /// Places in `derived.additions`.
    public let additions: Range<Int>

    public var isOwn: Bool { foreignParts.isEmpty && keepsUnits }
  }

  public let derivation: Derivation
  public let derived: DerivedSystem
  /// Assay's circuits, and those that the derivation brings along.
  public let library: CircuitLibrary
  /// Those of the network, and `the inputs` or `the outputs` where more is done there than to give
  /// tensors and to bound them, or to name results: else something could be computed in no layer.
  public let layers: [Layer]

  /// The tables of real functions, whose values are the system's own: that they are those of the
  /// formulas which the tables are named by is for whoever recomputes them.
  public var realTables: [LookupTable] { derived.realTables.map { derived.system.tables[$0] } }

  /// The layers that are not Assay's own operators.
  public var foreignLayers: [Layer] { layers.filter { !$0.isOwn } }

  /// Units of work that any derivation may take, and how many more for each part of the system that
  /// comes of it. What does not show in the system gets none, so that a long derivation of a small
  /// system costs no more than a short one.
  static let leastWork = 1 << 20
  static let workPerPart = 32
  /// The longest texts of foreign circuits together, in bytes, and how many there may be.
  static let maximalSourceBytes = 1 << 20
  static let maximalSources = 1 << 10

  /// Derives the system again.
  /// - Parameters:
  ///   - bytes: of a derivation, from whomever.
  ///   - system: a valid one.
  /// - Throws: if it does not come of the derivation.
  public init(_ bytes: [UInt8], of system: ConstraintSystem) throws(DerivationError) {
    guard !bytes.isEmpty else { throw .missing }
    derivation = try Derivation(bytes: bytes)
    guard derivation.ownCircuits == CircuitLibrary.ownDigest else { throw .otherCircuits }
    let texts = derivation.sources.reduce(0) { $0 + $1.text.utf8.count }
    guard texts <= Self.maximalSourceBytes, derivation.sources.count <= Self.maximalSources else {
      throw .malformed
    }
    do throws(CircuitLanguageError) {
      library = try derivation.library()
      derived = try derivation.derive(
        library: library, work: Self.work(for: system), realTables: SystemTables(system))
      guard derived.system == system else { throw .init(derived.system.difference(from: system)) }
    } catch {
      throw .different(error.description)
    }
    try derivation.checkRoles(library)
    var loops = LoopAudit(derived)
    try loops.run()
    layers = DerivationAudit.audited(derivation, derived, library)
  }

  /// What deriving a system may take.
  static func work(for system: ConstraintSystem) -> Int {
    leastWork + workPerPart * system.partCount
  }

  private static func audited(
    _ derivation: Derivation, _ derived: DerivedSystem, _ library: CircuitLibrary
  ) -> [Layer] {
    let inputs = Derivation.Layer(name: "the inputs", operation: "", steps: derivation.inputs)
    let outputs = Derivation.Layer(name: "the outputs", operation: "", steps: derivation.outputs)
    var first = 0
    var cache: [ItemName: [String]] = [:]
    var result: [Layer] = []
    for layer in [inputs] + derivation.layers + [outputs] {
      let additions = first..<first + layer.steps.count
      first += layer.steps.count
      result.append(
        Layer(
          name: layer.name, operation: layer.operation,
          foreignParts: layer.foreignParts(library, &cache),
          keepsUnits: derived.additions[additions].allSatisfy(derived.keepsUnits),
          additions: additions))
    }
    var (before, after): ([Layer], [Layer]) = ([result.removeFirst()], [result.removeLast()])
    if before[0].isOwn && derivation.inputs.allSatisfy(\.givesInputs) { before = [] }
    if after[0].isOwn && derivation.outputs.allSatisfy(\.givesOutputs) { after = [] }
    return before + result + after
  }
}

extension Derivation {
  /// Inputs come first, model tensors with their layers, outputs last: else a layer could be said to
  /// compute what is given. Private inputs are shown to lie in their range.
  fileprivate func checkRoles(_ library: CircuitLibrary) throws(DerivationError) {
    let states = handedOn(library)
    var view = inputs.reduce(0) { $0 + $1.resultCount(library) }
    for step in layers.flatMap(\.steps) + outputs {
      defer { view += step.resultCount(library) }
      guard case .tensor(let declaration) = step.action, declaration.role != .model else {
        continue
      }
      guard declaration.role == .witness, states.contains(view) else {
        throw .different("\"\(step.name)\" is no part of the model")
      }
    }
    for step in inputs + layers.flatMap(\.steps) {
      if case .output = step.action { throw .different("\"\(step.name)\" is an output too early") }
    }
    try checkInputs(library)
  }

  /// The views of which a layer says that they are what a loop hands on.
  private func handedOn(_ library: CircuitLibrary) -> Set<Int> {
    Set(
      layers.flatMap(\.steps).compactMap { step in
        guard case .instance(let instance) = step.action, instance.circuit == "carried" else {
          return nil
        }
        return step.operands.first
      })
  }

  private func checkInputs(_ library: CircuitLibrary) throws(DerivationError) {
    var view = 0
    for (number, step) in inputs.enumerated() {
      defer { view += step.resultCount(library) }
      guard case .tensor(let declaration) = step.action else { continue }
      guard declaration.role.isInput else {
        throw .different("\"\(step.name)\" is no input")
      }
      let next = inputs.dropFirst(number + 1).first
      guard declaration.role.isPublic || next?.bounds(view) == true else {
        throw .different("nothing shows that the input \"\(step.name)\" lies in its range")
      }
    }
  }
}

extension Derivation.Layer {
  fileprivate func foreignParts(
    _ library: CircuitLibrary, _ cache: inout [ItemName: [String]]
  ) -> [String] {
    var parts: Set<String> = []
    for step in steps {
      guard let item = step.item else { continue }
      let found = cache[item] ?? library.foreignParts(of: item)
      cache[item] = found
      parts.formUnion(found)
      // A part of one of Assay's circuits is no operator.
      if found.isEmpty, item.kind == .circuit, !CircuitLibrary.layerCircuits.contains(item.name) {
        parts.insert(item.name)
      }
    }
    return parts.sorted()
  }
}

extension Derivation.Step {
  /// How many views the step gives.
  fileprivate func resultCount(_ library: CircuitLibrary) -> Int {
    switch action {
    case .output: 0
    case .instance(let instance): library.circuits[instance.circuit]?.outputs.count ?? 0
    default: 1
    }
  }

  /// Whether the step shows that all of a view lies in the range that it is declared with.
  fileprivate func bounds(_ view: Int) -> Bool { operands == [view] && isBound }

  private var isBound: Bool {
    if case .instance(let instance) = action { instance.circuit == "private_input" } else { false }
  }

  /// Whether the step does nothing but what makes an input.
  fileprivate var givesInputs: Bool {
    if case .tensor = action { true } else { isBound }
  }

  /// Whether the step does nothing but what makes a result an output.
  fileprivate var givesOutputs: Bool {
    switch action {
    case .copy, .output: true
    default: false
    }
  }
}

/// Why nothing is known of a system's layers.
public enum DerivationError: Error, Equatable, Sendable {
  /// The key does not say what its system was made from.
  case missing
  /// The bytes are no derivation.
  case malformed
  /// The derivation has a form that this program does not know.
  case unsupportedVersion
  /// It was made with another version of Assay's own circuits.
  case otherCircuits
  /// What comes of it is not the system, or not made as the compiler makes it.
  case different(String)

  public var description: String {
    switch self {
    case .missing: "the key does not say what its statements were made from"
    case .malformed: "what the key says of its making can't be read"
    case .unsupportedVersion:
      "the key says in a form that this program does not know what it was made from"
    case .otherCircuits: "the key was made with other circuits than this version of Assay has"
    case .different(let reason):
      "the key's statements do not come of what it says that they were made from: \(reason)"
    }
  }
}
