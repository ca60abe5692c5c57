import CircuitLanguage

/// What a person wants to know about an operator, from its text.
public struct OperatorDescription: Equatable, Sendable {
  /// The name of its text, which differs from a node's where several texts make up one operator.
  public let name: String
  public let nodes: [Node]
  /// `x: real[outer..., n]`, with the default where it has one.
  public let operands: [String]
  /// `axis: axis(x) = -1`
  public let attributes: [String]
  public let results: [String]
  /// The lines of its equations, as they are written.
  public let equations: [String]
  /// Where the text is.
  public let file: String
  /// Whether it comes with Assay.
  public let isOwn: Bool
  /// The names of the sizes of operands' axes, and of packs of axes, of which that without a name is
  /// `...`; in the order of the text.
  public let sizes: [String]
  public let packs: [String]
  public let attributeNames: [String]
  /// Those that have any number of values.
  public let listAttributes: Set<String>
  /// Of the text, from 1.
  public let line: Int

  /// Which nodes of networks are the operator.
  public struct Node: Equatable, Sendable {
    /// Empty for ONNX's own.
    public let domain: String
    public let operation: String
    public let firstVersion: Int
    /// Nil where all later versions are the operator too.
    public let lastVersion: Int?

    /// `Softmax 1..12`, `com.microsoft Gelu 1`
    public var text: String {
      let versions = lastVersion.map { "\(firstVersion)..\($0)" } ?? "\(firstVersion)"
      return "\(domain.isEmpty ? "" : domain + " ")\(operation) \(versions)"
    }
  }

  init(_ operation: OperatorDefinition, file: String, isOwn: Bool) {
    name = operation.name
    nodes = operation.clauses.map { clause in
      Node(
        domain: clause.domain, operation: clause.name, firstVersion: clause.versions.lowerBound,
        lastVersion: clause.versions.upperBound == .max ? nil : clause.versions.upperBound)
    }
    operands = operation.operands.map(\.text)
    attributes = operation.attributes.map(\.text)
    results = operation.results.map(\.text)
    equations = operation.body
    self.file = file
    self.isOwn = isOwn
    let operands = operation.operands
    let packs = operands.flatMap(\.packs).unique
    self.packs = packs
    attributeNames = operation.attributes.map(\.name)
    listAttributes = Set(
      operation.attributes.filter { $0.pack != nil || $0.kind.isList || $0.kind.isPadding }
        .map(\.name))
    line = operation.location.line
    sizes = operands.flatMap(\.sizeNames).unique.filter {
      !packs.contains($0) && operation.attribute($0) == nil
        && BuiltinFunction.constants[$0] == nil
    }
  }

  /// The text up to its equations, but for the nodes that are the operator.
  public var signature: String {
    let attributes = self.attributes.isEmpty ? "" : "; " + self.attributes.joined(separator: ", ")
    return "\(name)(\(operands.joined(separator: ", "))\(attributes)) -> "
      + "(\(results.joined(separator: ", ")))"
  }
}

extension TensorDeclaration {
  /// The names in the sizes of its axes.
  var sizeNames: [String] {
    dimensions.flatMap { dimension in
      if case .size(let size) = dimension { size.names } else { [String]() }
    }
  }
}

extension [String] {
  /// Each once, where it is first.
  fileprivate var unique: [String] {
    var seen: Set<String> = []
    return filter { seen.insert($0).inserted }
  }
}

extension OperatorLibrary {
  /// The names of the operators that a file defines, in its order.
  public static func operatorNames(
    in file: SourceFile
  ) throws(CircuitLanguageError) -> [String] {
    var names: [String] = []
    for case .operation(let operation) in try OperatorParser.parse(file) {
      names.append(operation.name)
    }
    return names
  }

  /// What the text of that name says; of two, that of the one that was added last.
  public func description(of name: String) -> OperatorDescription? {
    entries.first { $0.operation.name == name }.map {
      OperatorDescription($0.operation, file: $0.file, isOwn: $0.isOwn)
    }
  }

  /// All operators, in alphabetical order.
  public var descriptions: [OperatorDescription] {
    entries.map { OperatorDescription($0.operation, file: $0.file, isOwn: $0.isOwn) }
      .sorted { $0.name < $1.name }
  }
}

extension TensorDeclaration {
  fileprivate var text: String {
    let shape = dimensions.isEmpty ? "" : shapeText
    let value = defaultValue.map { " = \($0.text)" } ?? ""
    return "\(name)\(isVariadic ? "..." : ""): \(type.text)\(shape)\(value)"
  }
}

extension AttributeDeclaration {
  fileprivate var text: String {
    "\(name): \(kind.text)\(pack.map { "[\($0)]" } ?? "")"
      + (defaultValue.map { " = \($0.text)" } ?? "")
  }
}

extension AttributeDeclaration.Kind {
  /// As an operator's text has it.
  fileprivate var text: String {
    switch self {
    case .integer: "int"
    case .natural: "nat"
    case .positive: "positive"
    case .real: "real"
    case .flag: "flag"
    case .integers: "ints"
    case .element: "element"
    case .choice(let choices): "choice(\(choices.joined(separator: ", ")))"
    case .axis(let operand): "axis(\(operand))"
    case .axes(let operand): "axes(\(operand))"
    case .padding(let arguments):
      "padding(\(arguments.map(\.text).joined(separator: ", ")))"
    case .transposedPadding(let arguments):
      "transposed_padding(\(arguments.map(\.text).joined(separator: ", ")))"
    }
  }
}
