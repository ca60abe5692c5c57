import ConstraintSystem

/// What a circuit takes and gives, as its text says.
public struct CircuitSignature: Sendable {
  /// An argument or an output.
  public struct Tensor: Sendable {
    public let name: String
    /// As it is written, `i16` for example.
    public let type: String
    /// Whether `...` stands among its axes.
    public let hasRest: Bool
  }

  public struct Parameter: Sendable {
    public let name: String
    /// `nat`, `positive` or `int`.
    public let kind: String
    /// The least value that it takes.
    public let least: Int
  }

  public let name: String
  /// The file that defines it, and the line, from 1.
  public let file: String
  public let line: Int
  public let arguments: [Tensor]
  public let parameters: [Parameter]
  public let outputs: [Tensor]
  /// The names that stand for the sizes of arguments, in the order of the text.
  public let sizes: [String]
  /// The circuits that it calls.
  public let callees: [String]

  /// Whether `...` stands in an argument.
  public var hasRest: Bool { arguments.contains(where: \.hasRest) }
}

extension CircuitLibrary {
  /// The signature of a circuit, or nil when there is no such circuit.
  public func signature(of circuit: String) -> CircuitSignature? {
    guard let definition = circuits[circuit] else { return nil }
    return CircuitSignature(
      name: circuit, file: definition.location.file.name, line: definition.location.line,
      arguments: definition.arguments.map(\.signature),
      parameters: definition.parameters.map {
        .init(
          name: $0.name, kind: $0.kind.rawValue,
          least: $0.kind == .natural ? 0 : $0.kind == .positive ? 1 : Int.min)
      },
      outputs: definition.outputs.map(\.signature), sizes: definition.sizeNames,
      callees: definition.body.flatMap(\.callees))
  }

  /// The circuits of a file, in the order of its text.
  public func circuits(ofFile file: String) -> [String] {
    circuits.values.filter { $0.location.file.name == file }
      .sorted { ($0.location.line, $0.location.column) < ($1.location.line, $1.location.column) }
      .map(\.name)
  }

  /// The circuits that are not Assay's own, in alphabetical order.
  public var foreignCircuits: [String] {
    foreignItems.filter { $0.kind == .circuit }.map(\.name).sorted()
  }

  /// The shapes of a circuit's arguments.
  /// - Parameters:
  ///   - sizes: what the names in `CircuitSignature.sizes` stand for.
  ///   - rest: what `...` stands for.
  ///   - parameters: the circuit's parameters.
  /// - Throws: when a name has no value, or a size is out of the range of sizes.
  public func shapes(
    of circuit: String, sizes: [String: Int], rest: [Int], parameters: [String: Int]
  ) throws(CircuitLanguageError) -> [[Int]] {
    let definition = try definition(of: circuit)
    let evaluator = ConstantEvaluator(constants: parameters.merging(sizes) { $1 })
    var shapes: [[Int]] = []
    for argument in definition.arguments {
      var shape: [Int] = []
      for dimension in argument.dimensions {
        guard case .size(let expression) = dimension else {
          shape += rest
          continue
        }
        let size = try evaluator.value(expression)
        guard (1...ConstraintSystemLimits.indexSize).contains(size) else {
          throw CircuitLanguageError(
            "an axis of '\(argument.name)' would have \(size) elements", at: expression.location)
        }
        shape.append(size)
      }
      shapes.append(shape)
    }
    return shapes
  }

  /// The declared ranges of a circuit's arguments; nil for `any`.
  public func ranges(
    of circuit: String, sizes: [String: Int], parameters: [String: Int]
  ) throws(CircuitLanguageError) -> [ClosedRange<Int>?] {
    let evaluator = ConstantEvaluator(constants: parameters.merging(sizes) { $1 })
    var ranges: [ClosedRange<Int>?] = []
    for argument in try definition(of: circuit).arguments {
      ranges.append(try argument.type.range(evaluator, likes: [:]))
    }
    return ranges
  }

  /// Where a statement of a system stands, and the line of the text.
  /// - Parameter name: as the system calls it, `layer (circuit:line)`.
  public func source(ofStatement name: String) -> (place: String, text: String)? {
    guard name.hasSuffix(")"), let open = name.lastIndex(of: "("),
      let colon = name[open...].lastIndex(of: ":"),
      let line = Int(name[name.index(after: colon)...].dropLast()),
      let definition = circuits[String(name[name.index(after: open)..<colon])]
    else { return nil }
    let file = definition.location.file
    let text = file.line(line)
    return ("\(file.name):\(line)", String(text.drop { $0 == " " }))
  }

  private func definition(
    of circuit: String
  ) throws(CircuitLanguageError) -> CircuitDefinition {
    guard let definition = circuits[circuit] else {
      throw CircuitLanguageError("there is no circuit '\(circuit)'")
    }
    return definition
  }
}

extension CircuitBuilder {
  /// A builder that stops with an error after so much work: about one unit for each read in a
  /// statement and for each node of an expression.
  public init(library: CircuitLibrary, work: Int) {
    self.init(library: library)
    workLeft = work
  }
}

extension CircuitLanguageError {
  /// Whether putting a circuit together took more work than the builder was given.
  public var isOutOfWork: Bool { message == Self.outOfWork }

  static let outOfWork = "putting the circuit together takes more work than is allowed"
}

extension Declaration {
  fileprivate var signature: CircuitSignature.Tensor {
    .init(
      name: name, type: SyntaxPrinter.text(type),
      hasRest: dimensions.contains { if case .rest = $0 { true } else { false } })
  }
}

extension CircuitDefinition {
  /// Names that stand alone as a dimension of an argument, and are no parameters.
  fileprivate var sizeNames: [String] {
    var known = Set(parameters.map(\.name))
    var names: [String] = []
    for dimension in arguments.flatMap(\.dimensions) {
      guard case .size(let expression) = dimension, case .name(let name) = expression.kind,
        known.insert(name).inserted
      else { continue }
      names.append(name)
    }
    return names
  }
}

extension CircuitLibrary {
  /// The names of the circuits that a text defines, in its order.
  public static func circuitNames(in file: SourceFile) throws(CircuitLanguageError) -> [String] {
    try Parser.parse(file).items.compactMap {
      if case .circuit(let circuit) = $0 { circuit.name } else { nil }
    }
  }
}
