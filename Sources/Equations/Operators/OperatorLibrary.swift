import CircuitLanguage
import TensorGraph

/// The operators that nodes of networks can be, read from circuit files and checked.
///
/// Those that come with Assay are its *own*; what is added to them is *foreign*. A foreign operator
/// takes the place of an own one that the same nodes would be.
public struct OperatorLibrary: Sendable {
  private(set) var entries: [Entry] = []
  private(set) var functions: [String: FunctionDefinition] = [:]
  private var ownFunctions: Set<String> = []
  /// Own operators that a foreign one has taken the place of.
  public private(set) var replacements: [Replacement] = []

  struct Entry: Sendable {
    var operation: OperatorDefinition
    var file: String
    var isOwn: Bool
  }

  /// An operator of Assay's that another one has taken the place of.
  public struct Replacement: Equatable, Sendable {
    /// `operator Relu`, for example.
    public let item: String
    /// The file with the other definition.
    public let file: String

    public init(item: String, file: String) {
      self.item = item
      self.file = file
    }
  }

  public init() {}

  /// The operators that come with Assay.
  public static func standard() throws(CircuitLanguageError) -> OperatorLibrary { try own.get() }

  /// Read once.
  private static let own = Result { () throws(CircuitLanguageError) in
    var library = OperatorLibrary()
    try library.add(
      files: standardOperators.map { SourceFile(name: $0.name, text: $0.text) }, isOwn: true)
    return library
  }

  /// The names of all operators, in alphabetical order.
  public var operatorNames: [String] { entries.map(\.operation.name).sorted() }

  /// Adds the operators and functions of files that may use each other's functions; circuits and
  /// tables in them are passed over.
  ///
  /// Throws an error with its place for whatever is wrong for all sizes, and for two operators of
  /// these files that the same node could be.
  public mutating func add(files: [SourceFile]) throws(CircuitLanguageError) {
    try add(files: files, isOwn: false)
  }

  private mutating func add(
    files: [SourceFile], isOwn: Bool
  ) throws(CircuitLanguageError) {
    var result = self
    var added: [Entry] = []
    for file in files {
      for item in try OperatorParser.parse(file) {
        switch item {
        case .function(let function):
          if !isOwn, result.isOwn(function) { continue }
          try result.add(function, isOwn: isOwn)
        case .operation(let operation):
          if !isOwn, result.isOwn(operation) { continue }
          guard !added.contains(where: { $0.operation.name == operation.name }) else {
            throw CircuitLanguageError(
              "the operator '\(operation.name)' is defined twice", at: operation.location)
          }
          added.append(Entry(operation: operation, file: file.name, isOwn: isOwn))
        }
      }
    }
    for function in result.functions.values.sorted(by: { $0.name < $1.name }) {
      try OperatorScope.check(function, functions: result.functions)
    }
    for (place, entry) in added.enumerated() {
      try OperatorChecker.check(entry.operation, functions: result.functions)
      if let other = added.prefix(place).first(where: { $0.operation.overlaps(entry.operation) }) {
        throw CircuitLanguageError(
          "a node can be this operator and '\(other.operation.name)'", at: entry.operation.location)
      }
    }
    result.insert(added)
    self = result
  }

  private mutating func add(
    _ function: FunctionDefinition, isOwn: Bool
  ) throws(CircuitLanguageError) {
    guard !ownFunctions.contains(function.name) || isOwn else {
      throw CircuitLanguageError(
        "the function '\(function.name)' is one of Assay's; use it, or choose another name",
        at: function.location)
    }
    guard functions[function.name] == nil else {
      throw CircuitLanguageError(
        "the function '\(function.name)' is defined twice", at: function.location)
    }
    functions[function.name] = function
    if isOwn { ownFunctions.insert(function.name) }
  }

  /// Whether it says the same as one of Assay's, and so is that one.
  private func isOwn(_ function: FunctionDefinition) -> Bool {
    guard ownFunctions.contains(function.name), let own = functions[function.name] else {
      return false
    }
    return own.parameters == function.parameters && own.value.text == function.value.text
  }

  private func isOwn(_ operation: OperatorDefinition) -> Bool {
    entries.contains { $0.isOwn && $0.operation.words == operation.words }
  }

  private mutating func insert(_ added: [Entry]) {
    for entry in added {
      for other in entries where other.operation.overlaps(entry.operation) {
        replacements.append(.init(item: "operator \(other.operation.name)", file: entry.file))
      }
      entries.removeAll { !$0.isOwn && $0.operation.name == entry.operation.name }
    }
    // What was added last is found first.
    entries = added + entries
  }
}

// Nodes.
extension OperatorLibrary {
  /// The file of an operator that does not come with Assay and has that name in the domain, in that
  /// version; nil where there is none.
  public func foreignFile(of operation: String, domain: String, version: Int) -> String? {
    entries.first { entry in
      !entry.isOwn
        && entry.operation.clauses.contains {
          $0.name == operation && $0.domain == domain && $0.versions.contains(version)
        }
    }?.file
  }

  /// The operator whose text has that name; of two, the one that was added last.
  func definition(of name: String) -> OperatorDefinition? {
    entries.first { $0.operation.name == name }?.operation
  }

  /// Whether some operator has that name in the domain, in any version.
  public func knows(_ operation: String, domain: String) -> Bool {
    entries.contains { entry in
      entry.operation.clauses.contains { $0.name == operation && $0.domain == domain }
    }
  }

  /// Appends what the node is to a graph, and gives the results that it asks for; nil where it is
  /// no operator of the library.
  ///
  /// Throws an error that names the node, the operand or attribute, what it is and should be, and
  /// the place in the operator's text.
  public func instantiate(
    _ node: OperatorNode, into builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?]? {
    let named = entries.flatMap { entry in
      entry.operation.clauses.filter { $0.name == node.operation && $0.domain == node.domain }
        .map { (entry.operation, $0) }
    }
    guard !named.isEmpty else { return nil }
    do throws(GraphError) {
      let candidates = named.filter { $0.1.versions.contains(node.opset) }
      guard let first = candidates.first else {
        throw GraphError(
          .unsupported, "version \(node.opset) of its operators is not supported")
      }
      let kinds = node.operands.map { $0.map { builder[$0].kind } }
      let ranks = node.operands.map { $0.map { builder[$0].shape.count } }
      let (operation, clause) =
        candidates.first {
          $0.0.accepts(kinds, ranks, $0.1) && $0.0.acceptsChoices(node.attributes)
        } ?? candidates.first { $0.0.accepts(kinds, nil, $0.1) } ?? first
      var instance = OperatorInstance(operation, clause, functions: functions, node: node)
      return try instance.append(to: &builder)
    } catch {
      throw GraphError(error.code, node: error.node, "\(node.operation): \(error.reason)")
        .at(node: node.name)
    }
  }
}

extension OperatorDefinition {
  /// Whether operands of these kinds, and ranks where they are given, are what the operator takes.
  fileprivate func accepts(
    _ kinds: [ElementKind?], _ ranks: [Int?]?, _ clause: DomainClause
  ) -> Bool {
    let signature = signature(clause)
    guard kinds.count <= signature.count || operands.last?.isVariadic == true else { return false }
    for (position, kind) in kinds.enumerated() {
      guard let operand = signature[min(position, signature.count - 1)], let kind else { continue }
      guard operand.type.takes(kind) else { return false }
      guard let rank = ranks?[position] else { continue }
      guard operand.ranks(isBroadcast: clause.broadcasts(operand)).contains(rank) else {
        return false
      }
    }
    return true
  }

  /// Whether the words that a node's attributes are, or are by default, are among the operator's.
  fileprivate func acceptsChoices(_ attributes: [String: AttributeValue]) -> Bool {
    self.attributes.allSatisfy { attribute in
      guard case .choice(let choices) = attribute.kind else { return true }
      guard case .text(let text)? = attributes[attribute.name] else {
        return attributes[attribute.name] == nil && attribute.defaultValue != nil
      }
      return choices.contains(text)
    }
  }

  /// Whether an attribute of both is one of some words here and of others there.
  private func differsInChoices(from other: OperatorDefinition) -> Bool {
    attributes.contains { attribute in
      guard case .choice(let own) = attribute.kind,
        case .choice(let others)? = other.attribute(attribute.name)?.kind
      else { return false }
      return Set(own).isDisjoint(with: others)
    }
  }

  /// The declarations of a node's operands; nil for one that is an attribute.
  private func signature(_ clause: DomainClause) -> [TensorDeclaration?] {
    clause.inputs.map { $0.map { input in operand(input.name) } } ?? operands
  }

  /// Whether some node could be either operator.
  func overlaps(_ other: OperatorDefinition) -> Bool {
    !differsInChoices(from: other)
      && clauses.contains { clause in
        other.clauses.contains { otherClause in
          clause.domain == otherClause.domain && clause.name == otherClause.name
            && clause.versions.overlaps(otherClause.versions)
            && overlaps(clause, other, otherClause)
        }
      }
  }

  private func overlaps(
    _ clause: DomainClause, _ other: OperatorDefinition, _ otherClause: DomainClause
  ) -> Bool {
    for (a, b) in zip(signature(clause), other.signature(otherClause)) {
      guard let a, let b else { continue }
      let kinds = [ElementKind.real, .integer, .boolean]
      guard kinds.contains(where: { a.type.takes($0) && b.type.takes($0) }),
        a.ranks(isBroadcast: clause.broadcasts(a)).overlaps(
          b.ranks(isBroadcast: otherClause.broadcasts(b)))
      else { return false }
    }
    return true
  }
}

extension DomainClause {
  fileprivate func broadcasts(_ operand: TensorDeclaration) -> Bool {
    adapters.contains { adapter in
      guard case .broadcasting(let names) = adapter.kind else { return false }
      return names.isEmpty || names.contains(operand.name)
    }
  }
}

extension TensorDeclaration {
  /// How many axes it may have.
  fileprivate func ranks(isBroadcast: Bool) -> ClosedRange<Int> {
    let fixed = dimensions.count - packs.count
    return packs.isEmpty ? (isBroadcast ? 0 : fixed)...fixed : fixed...Int.max
  }
}
