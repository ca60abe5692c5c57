import ConstraintSystem
import TensorFiles
import Witness

@testable import CircuitLanguage

/// Circuit files: read, printed, checked and, with small shapes, instantiated.
struct CircuitTextTarget: FuzzTarget {
  static let name = "circuit-text"

  private let standard: CircuitLibrary
  private let tokens: TokenMutation

  init(_ corpus: Corpus) throws {
    standard = try .standard()
    tokens = TokenMutation(
      words: Parser.keywords.sorted()
        + [
          "i16", "u8", "bool", "small", "any", "range", "int", "like", "nat", "positive", "x", "y",
          "i", "j", "n", "...", "..<", ":=", "->", "==", "<=", "/", "%", "^", "*", "+", "-", "(",
          ")", "[", "]", "{", "}", ";", ",", "0", "1", "2", "65536", "9223372036854775807", "#",
          "private_input", "relu", "rescale", "linear", "round", "exp", "limit", "roundeven",
          "\u{202E}",
        ])
  }

  func check(_ input: [UInt8]) {
    let text = String(decoding: input, as: UTF8.self)
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
