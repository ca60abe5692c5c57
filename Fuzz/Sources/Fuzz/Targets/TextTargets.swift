import ConstraintSystem
import TensorFiles
import TensorGraph
import Witness

@testable import CircuitLanguage
@testable import Equations

/// Circuit files: read, printed, checked and, with small shapes, instantiated; operators in them too.
struct CircuitTextTarget: FuzzTarget {
  static let name = "circuit-text"

  private let standard: CircuitLibrary
  private let operators: OperatorLibrary
  private let tokens: TokenMutation

  init(_ corpus: Corpus) throws {
    standard = try .standard()
    operators = try .standard()
    tokens = TokenMutation(
      words: Parser.keywords.union(OperatorParser.keywords).sorted()
        + [
          "i16", "u8", "bool", "small", "any", "range", "int", "like", "nat", "positive", "x", "y",
          "i", "j", "n", "...", "..<", ":=", "->", "==", "<=", "/", "%", "^", "*", "+", "-", "(",
          ")", "[", "]", "{", "}", ";", ",", "0", "1", "2", "65536", "9223372036854775807", "#",
          "private_input", "relu", "copy", "linear", "round", "exp", "limit", "roundeven",
          "real", "number", "axis", "axes", "flag", "choice", "padding", "onnx", "microsoft",
          "custom", "broadcasting", "splitting", "flattening", "reducing", "over", "keeping",
          "sum", "max", "argmax", "mean", "select", "count", "inside", "sqrt", "\u{202E}",
        ])
  }

  func check(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
    checkOperators(SourceFile(name: "input", text: text))
    guard let file = try? Parser.parse(SourceFile(name: "input", text: text)) else { return }
    let printed = SyntaxPrinter.text(file)
    let again = try? Parser.parse(SourceFile(name: "printed", text: printed))
    require(
      again.map(SyntaxPrinter.text) == printed, "circuits are printed as others: \(printed)")
    var library = standard
    guard (try? library.add(source: text, file: "input")) != nil else { return }
    for case .circuit(let circuit) in file.items
    where circuit.arguments.count <= 8
      && circuit.arguments.allSatisfy({ $0.dimensions.count <= 8 })
    {
      for parameter in [1, 3] { instantiate(circuit, parameter: parameter, in: library) }
    }
  }

  /// The operators of a file, for nodes of small operands.
  private func checkOperators(_ file: SourceFile) {
    guard let items = try? OperatorParser.parse(file) else { return }
    var library = operators
    guard (try? library.add(files: [file])) != nil else { return }
    _ = library.descriptions
    for case .operation(let operation) in items
    where operation.operands.count <= 8
      && operation.operands.allSatisfy({ $0.dimensions.count <= 4 })
    {
      for clause in operation.clauses.prefix(4) { append(operation, clause, by: library) }
    }
  }

  /// Appends a node of the operator to an empty graph, and evaluates what is small.
  private func append(
    _ operation: OperatorDefinition, _ clause: DomainClause, by library: OperatorLibrary
  ) {
    for kind in [ElementKind.real, .integer] {
      var builder = EquationGraphBuilder()
      let operands = operation.operands.enumerated().map { number, operand in
        let shape = operand.dimensions.map { _ in 2 }
        return try? builder.addInput(named: "x\(number)", shape: shape, kind: kind)
      }
      let node = OperatorNode(
        operation: clause.name, domain: clause.domain, opset: clause.versions.lowerBound,
        layer: builder.addLayer(named: "n", operation: clause.name), name: "n",
        operands: operands, outputs: ["y"])
      guard let results = try? library.instantiate(node, into: &builder),
        let result = results.first,
        let result, (try? builder.addOutput(named: "y", result)) != nil,
        let graph = try? builder.finish()
      else { continue }
      require((try? graph.validate()) != nil, "an operator makes a graph that is not valid")
      guard GraphUse.isSmall(graph), let sample = try? GraphUse.sample(graph) else { continue }
      _ = try? graph.evaluate(sample)
    }
  }

  /// What begins with a w is taken for weights, so that the rules for models are met.
  private func instantiate(
    _ circuit: CircuitDefinition, parameter: Int, in library: CircuitLibrary
  ) {
    var builder = CircuitBuilder(library: library, realTables: FlatTables())
    var model: [Int: IntegerBuffer] = [:]
    let views = circuit.arguments.enumerated().map { number, argument in
      let shape = argument.dimensions.map { _ in 2 }
      let isModel = argument.name.hasPrefix("w") && !shape.isEmpty
      if isModel { model[number] = IntegerBuffer(Array(repeating: 1, count: 1 << shape.count)) }
      return builder.addTensor(
        TensorDeclaration(
          name: argument.name, shape: shape, role: isModel ? .model : .publicInput,
          range: -1...1))
    }
    let parameters = Dictionary(circuit.parameters.map { ($0.name, parameter) }) { first, _ in
      first
    }
    guard
      (try? builder.instantiate(
        circuit.name, views, parameters: parameters, name: "fuzz", fractionalBits: 0)) != nil,
      let made = try? builder.finish()
    else { return }
    _ = describe(made)
    CircuitUse.run(made, model: model)
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    random.once(in: 8)
      ? Engine.mutated(input, capacity: capacity) : tokens.mutated(input, &random)
  }
}

/// NumPy's array files.
struct NumpyTarget: FuzzTarget {
  static let name = "numpy"

  private let tokens = TokenMutation(
    words: [
      "descr", "fortran_order", "shape", "True", "False", "'<f4'", "'>f8'", "'<i8'", "'|u1'",
      "'|b1'", "'<f2'", "(", ")", ",", ":", "{", "}", "0", "1", "2", "268435457",
      "9223372036854775807",
    ])

  init(_ corpus: Corpus) throws {}

  func check(_ input: [UInt8]) {
    guard let tensor = try? NumpyFormat.decode(input) else { return }
    guard let written = try? NumpyFormat.encode(tensor, as: .float64) else {
      finding("an array that was read can't be written")
    }
    require((try? NumpyFormat.decode(written)) == tensor, "an array is written as another one")
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    let start = 10
    guard input.count > start, random.once(in: 2) else {
      return Engine.mutated(input, capacity: capacity)
    }
    // The header's text, with a length that fits.
    let end = min(start + Int(input[8]) + Int(input[9]) << 8, input.count)
    let text = tokens.mutated(Array(input[start..<end]), &random)
    return input[..<8] + [UInt8(text.count & 255), UInt8(text.count >> 8 & 255)] + text
      + input[end...]
  }

  static func seeds() throws -> [String: [UInt8]] {
    let matrix = try TensorValue(shape: [2, 3], values: [0, 1, -2, 3.5, 4, 5])
    let integers = try TensorValue(shape: [2], values: [-1, 1_099_511_627_776])
    return [
      "float32": try NumpyFormat.encode(matrix, as: .float32),
      "float64": try NumpyFormat.encode(matrix, as: .float64),
      "int64": try NumpyFormat.encode(integers, as: .int64),
    ]
  }
}

/// Inputs as JSON.
struct JSONTarget: FuzzTarget {
  static let name = "json"

  private let tokens = TokenMutation(
    words: [
      "\"input_data\"", "[", "]", "{", "}", ",", ":", "null", "true", "false", "0", "-1", "1.5",
      "1e308", "1e309", "9007199254740993", "\"\\\"\"", "\"",
    ])

  init(_ corpus: Corpus) throws {}

  func check(_ input: [UInt8]) {
    guard let tensors = try? JSONTensors.decode(input) else { return }
    for tensor in tensors {
      require(
        CircuitUse.product(tensor.shape, limit: .max) == tensor.values.count,
        "a tensor has another number of values than its shape says")
    }
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    random.once(in: 3)
      ? Engine.mutated(input, capacity: capacity) : tokens.mutated(input, &random)
  }

  static func seeds() throws -> [String: [UInt8]] {
    [
      "flat": Array("{\"input_data\": [1, 2.5, -3e2]}".utf8),
      "nested": Array("{\"a\": null, \"input_data\": [[[1, 2], [3, 4]], [5]]}".utf8),
    ]
  }
}
