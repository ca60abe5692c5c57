import ConstraintSystem
import Hashing

/// What a constraint system was made from: circuits with their parameters, and how they were put
/// together, layer by layer. It holds no weights (`Paper/` section 11.6).
///
/// Whoever has the same circuits derives the same system from it, so that a reader of a key sees
/// layers in place of statements, and need not believe that these are theirs.
public struct Derivation: Equatable, Sendable {
  /// The text of a circuit file.
  public struct Source: Equatable, Sendable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// A node of the network.
  public struct Layer: Equatable, Sendable {
    /// As the network calls it.
    public var name: String
    /// What the network says that it computes, for people.
    public var operation: String
    public var steps: [Step]

    public init(name: String, operation: String, steps: [Step] = []) {
      self.name = name
      self.operation = operation
      self.steps = steps
    }
  }

  /// One thing that is done to the system under construction. Each view that a step gives has a
  /// number: they are counted through all steps.
  public struct Step: Equatable, Sendable {
    public var action: Action
    /// What new tensors are called.
    public var name: String
    /// The views that the step uses, which earlier steps gave.
    public var operands: [Int]

    public init(_ action: Action, name: String, operands: [Int] = []) {
      self.action = action
      self.name = name
      self.operands = operands
    }
  }

  public enum Action: Equatable, Sendable {
    /// Adds an input or a tensor of the model; gives a view of it.
    case tensor(TensorDeclaration)
    /// Adds an instance of a circuit; gives its outputs.
    case instance(Instance)
    /// These give one view of what their operands hold, as `CircuitBuilder` has them.
    case broadcast([Int])
    case reshape([Int])
    case transpose([Int])
    case slice(axis: Int, start: Int, count: Int, step: Int)
    case pad(before: [Int], after: [Int])
    case concat(axis: Int)
    case copy
    /// A sum over views, exact and not committed.
    case sum(ViewSum, fractionalBits: Int)
    /// What a table has for each element of a view.
    case table(TableRequest, fractionalBits: Int)
    /// Makes a view an output of the network; gives nothing.
    case output(isPublic: Bool)
  }

  public struct Instance: Equatable, Sendable {
    public var circuit: String
    public var parameters: [String: Int]
    /// Of every tensor and view that the instance makes.
    public var fractionalBits: Int

    public init(circuit: String, parameters: [String: Int] = [:], fractionalBits: Int) {
      self.circuit = circuit
      self.parameters = parameters
      self.fractionalBits = fractionalBits
    }
  }

  /// Names the version of Assay's own circuits.
  public var ownCircuits: Digest
  /// The files with the circuits and tables that are not Assay's own.
  public var sources: [Source]
  /// What comes before all layers: the network's inputs.
  public var inputs: [Step]
  public var layers: [Layer]
  /// What comes after all layers: the network's outputs.
  public var outputs: [Step]

  public init(
    ownCircuits: Digest, sources: [Source] = [], inputs: [Step] = [], layers: [Layer] = [],
    outputs: [Step] = []
  ) {
    self.ownCircuits = ownCircuits
    self.sources = sources
    self.inputs = inputs
    self.layers = layers
    self.outputs = outputs
  }

  /// All steps in order.
  public var steps: [Step] { inputs + layers.flatMap(\.steps) + outputs }
}

extension Derivation.Step {
  /// The circuit or the table that the step uses, if there is one.
  var item: ItemName? {
    switch action {
    case .instance(let instance): ItemName(kind: .circuit, name: instance.circuit)
    case .table(let request, _): request.libraryName.map { ItemName(kind: .table, name: $0) }
    default: nil
    }
  }
}

extension CircuitLibrary {
  /// Names the texts of Assay's own circuits.
  public static var ownDigest: Digest {
    var bytes: [UInt8] = []
    for (name, text) in standardCircuits {
      for part in [name, text] {
        let characters = Array(part.utf8)
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: characters.count >> (8 * $0)) }
        bytes += characters
      }
    }
    return Digest(hashing: bytes)
  }

  /// The circuits that may be layers, or parts of layers, by themselves: those that leave nothing to
  /// whoever uses them.
  static let layerCircuits: Set<String> = [
    "argmax", "carried", "copy", "divided", "equal", "extreme", "extreme_below", "floor_quotient",
    "floored", "gather", "inverse_root", "less", "ones", "ordered", "private_input", "quotient",
    "rearranged", "relu", "remainder", "round", "signed_floor_quotient", "signed_quotient",
    "square_root", "stepped", "tabled", "truncated",
  ]
}
