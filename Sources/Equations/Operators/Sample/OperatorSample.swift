import TensorGraph

/// What a node of an operator is made with, where no network says it.
public struct OperatorSample: Equatable, Sendable {
  /// By name, as `OperatorDescription.sizes` lists them.
  public var sizes: [String: Int]
  /// The sizes of the axes that each pack stands for; that without a name is `...`.
  public var packs: [String: [Int]]
  /// Those that are to have another value than the usual one, by the operator's name for them.
  public var attributes: [String: AttributeValue]
  /// Whether operands after the first one are constants.
  public var hasConstants: Bool

  public init(
    sizes: [String: Int] = [:], packs: [String: [Int]] = [:],
    attributes: [String: AttributeValue] = [:], hasConstants: Bool = false
  ) {
    self.sizes = sizes
    self.packs = packs
    self.attributes = attributes
    self.hasConstants = hasConstants
  }
}

extension OperatorSample: CustomStringConvertible {
  /// `n=3, at...=2×3; alpha=0.5`
  public var description: String {
    let sizes = self.sizes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let packs = self.packs.sorted { $0.key < $1.key }.map { name, extents in
      let shape = extents.isEmpty ? "none" : extents.map(String.init).joined(separator: "×")
      return name == "..." ? "...=\(shape)" : "\(name)...=\(shape)"
    }
    let attributes = self.attributes.sorted { $0.key < $1.key }.map {
      "\($0.key)=\($0.value.plainText)"
    }
    return [(sizes + packs).joined(separator: ", "), attributes.joined(separator: ", ")]
      .filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

extension AttributeValue {
  /// As a person would give it to a command.
  public var plainText: String {
    switch self {
    case .int(let value): "\(value)"
    case .real(let value): "\(value)"
    case .ints(let values): values.map(String.init).joined(separator: "×")
    case .reals(let values): values.map { "\($0)" }.joined(separator: "×")
    case .text(let text): text
    }
  }
}

extension OperatorLibrary {
  /// A network of one node of an operator. Its operands of reals are inputs that are called like them,
  /// or constants of magnitude about 1 where the sample says so; other operands come of inputs by
  /// rounding and comparing, or are constants.
  ///
  /// - Parameter name: that of the operator's text.
  /// - Throws: `.structure` where there is no such operator, `.attribute` where a size is missing, and
  ///   what making a node throws.
  public func graph(
    of name: String, _ sample: OperatorSample
  ) throws(GraphError) -> EquationGraph {
    guard let operation = definition(of: name), let clause = operation.clauses.first else {
      throw GraphError(.structure, "there is no operator '\(name)'")
    }
    var maker = SampleMaker(operation, clause, functions: functions, sample)
    return try maker.run()
  }
}
