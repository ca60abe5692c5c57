import ConstraintSystem

/// What is known of a system's layers once it has been derived again.
public struct DerivationAudit: Sendable {
  public struct Layer: Equatable, Sendable {
    public let name: String
    public let operation: String
    /// The circuits and tables that the layer uses and that are not Assay's own.
    public let foreignParts: [String]

    public var isOwn: Bool { foreignParts.isEmpty }
  }

  public let derivation: Derivation
  /// Assay's circuits, and those that the derivation brings along.
  public let library: CircuitLibrary
  public let layers: [Layer]

  /// The layers that are not made of Assay's own circuits.
  public var foreignLayers: [Layer] { layers.filter { !$0.isOwn } }

  /// Units of work that any derivation may take, and how many more for each byte of what is derived.
  static let leastWork = 1 << 20
  static let workPerByte = 64
  /// The longest texts of foreign circuits together, in bytes.
  static let maximalSourceBytes = 1 << 20

  /// Derives the system again.
  /// - Parameters:
  ///   - bytes: of a derivation, from whomever.
  ///   - system: a valid one.
  /// - Throws: if it does not come of the derivation.
  public init(_ bytes: [UInt8], of system: ConstraintSystem) throws(DerivationError) {
    guard !bytes.isEmpty else { throw .missing }
    let derivation = try Derivation(bytes: bytes)
    guard derivation.ownCircuits == CircuitLibrary.ownDigest else { throw .otherCircuits }
    let texts = derivation.sources.reduce(0) { $0 + $1.text.utf8.count }
    guard texts <= Self.maximalSourceBytes else { throw .malformed }
    try derivation.checkRoles()
    let size = bytes.count + system.canonicalBytes.count
    do throws(CircuitLanguageError) {
      library = try derivation.library()
      let derived = try derivation.system(
        library: library, work: Self.leastWork + Self.workPerByte * size)
      guard derived == system else { throw .init(derived.difference(from: system)) }
    } catch {
      throw .different(error.description)
    }
    self.derivation = derivation
    var cache: [String: [String]] = [:]
    layers = derivation.audited(library, &cache)
    try derivation.checkUnboundedRescaling(library)
  }
}

extension Derivation {
  /// Inputs come first, model tensors with their layers, outputs last: else a layer could be said to
  /// compute what is given.
  fileprivate func checkRoles() throws(DerivationError) {
    for step in inputs {
      if case .tensor(let declaration) = step.action, !declaration.role.isInput {
        throw .malformed
      }
    }
    for step in layers.flatMap(\.steps) {
      switch step.action {
      case .tensor(let declaration) where declaration.role != .model: throw .malformed
      case .output: throw .malformed
      default: break
      }
    }
    for step in outputs {
      if case .tensor(let declaration) = step.action, declaration.role != .model {
        throw .malformed
      }
    }
  }

  /// The layers, and what else brings in foreign circuits under the name of inputs or outputs.
  fileprivate func audited(
    _ library: CircuitLibrary, _ cache: inout [String: [String]]
  ) -> [DerivationAudit.Layer] {
    let ends = [
      Layer(name: "the inputs", operation: "", steps: inputs),
      Layer(name: "the outputs", operation: "", steps: outputs),
    ]
    func audit(_ layer: Layer, _ cache: inout [String: [String]]) -> DerivationAudit.Layer {
      .init(
        name: layer.name, operation: layer.operation,
        foreignParts: layer.foreignParts(library, &cache))
    }
    return layers.map { audit($0, &cache) }
      + ends.map { audit($0, &cache) }.filter { !$0.isOwn }
  }

  /// Whatever rounds without a bound is read by pooling alone.
  fileprivate func checkUnboundedRescaling(_ library: CircuitLibrary) throws(DerivationError) {
    var unbounded: Set<Int> = []
    var count = 0
    for step in steps {
      var circuit: String?
      if case .instance(let instance) = step.action { circuit = instance.circuit }
      if step.operands.contains(where: { unbounded.contains($0) }),
        !CircuitLibrary.poolingCircuits.contains(circuit ?? "")
      {
        throw .different("\"\(step.name)\" reads what only pooling may read")
      }
      if circuit == CircuitLibrary.unboundedRescaling { unbounded.insert(count) }
      count += step.resultCount(library)
    }
  }
}

extension Derivation.Layer {
  fileprivate func foreignParts(
    _ library: CircuitLibrary, _ cache: inout [String: [String]]
  ) -> [String] {
    var parts: Set<String> = []
    for step in steps {
      guard case .instance(let instance) = step.action else { continue }
      let found = cache[instance.circuit] ?? library.foreignParts(of: instance.circuit)
      cache[instance.circuit] = found
      parts.formUnion(found)
      // A part of one of Assay's circuits is no layer.
      if found.isEmpty, !CircuitLibrary.layerCircuits.contains(instance.circuit) {
        parts.insert(instance.circuit)
      }
    }
    return parts.sorted()
  }
}

extension Derivation.Step {
  /// How many views the step gives.
  func resultCount(_ library: CircuitLibrary) -> Int {
    switch action {
    case .output: 0
    case .instance(let instance): library.circuits[instance.circuit]?.outputs.count ?? 0
    default: 1
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
  /// What comes of it is not the system.
  case different(String)

  public var description: String {
    switch self {
    case .missing: "it does not say what its statements were made from"
    case .malformed: "what it says of its making can't be read"
    case .unsupportedVersion: "it says in a newer form what it was made from"
    case .otherCircuits: "it was made with other circuits than this version of Assay has"
    case .different(let reason):
      "its statements do not come of what it says that they were made from: \(reason)"
    }
  }
}
