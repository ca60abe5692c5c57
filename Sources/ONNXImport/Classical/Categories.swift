import ConstraintSystem
import Equations
import TensorGraph

// Tables of categories: what each key becomes.

/// A key or a result of a mapping.
enum Category: Hashable {
  case integer(Int64)
  case word(String)
  case number(Double)
}

/// What each of some keys becomes, and all others.
struct Mapping {
  static let attributes: Set<String> = Set(
    ["int64s", "strings", "floats", "tensor"].flatMap { ["keys_\($0)", "values_\($0)"] }
      + ["default_int64", "default_string", "default_float", "default_tensor", "classes_strings"])

  var keys: [Category]
  var results: [Category]
  var otherwise: Category

  init(_ node: NodeView, _ importer: GraphImporter) throws(GraphError) {
    keys = try Self.list(node, "keys", importer)
    results = try Self.list(node, "values", importer)
    guard !keys.isEmpty, keys.count == results.count else {
      throw GraphError(.attribute, "\(keys.count) keys and \(results.count) values")
    }
    switch results[0] {
    case .integer: otherwise = .integer(Int64(try node.int("default_int64", default: -1)))
    case .word: otherwise = .word(try node.string("default_string") ?? "_Unused")
    case .number: otherwise = .number(Double(try node.float("default_float") ?? 0))
    }
    if let tensor = try node.tensor("default_tensor") {
      otherwise = try Self.list(tensor, importer).first ?? otherwise
    }
    guard keys.allSatisfy({ if case .number(let key) = $0 { !key.isNaN } else { true } }) else {
      throw GraphError(.unsupported, "a key that is not a number")
    }
  }

  private static func list(
    _ node: NodeView, _ name: String, _ importer: GraphImporter
  ) throws(GraphError) -> [Category] {
    if let integers = try node.wideInts("\(name)_int64s"), !integers.isEmpty {
      return integers.map { .integer($0) }
    }
    if let words = try node.strings("\(name)_strings"), !words.isEmpty {
      return words.map { .word($0) }
    }
    if let numbers = try node.floats("\(name)_floats"), !numbers.isEmpty {
      return numbers.map { .number(Double($0)) }
    }
    return try node.tensor("\(name)_tensor").map { tensor throws(GraphError) in
      try list(tensor, importer)
    } ?? []
  }

  private static func list(
    _ tensor: Onnx_TensorProto, _ importer: GraphImporter
  ) throws(GraphError) -> [Category] {
    if tensor.dataType == Int32(Onnx_TensorProto.DataType.string.rawValue) {
      return tensor.stringData.map { .word(String(decoding: $0, as: UTF8.self)) }
    }
    let decoded = try importer.decoder.decode(tensor, allowsNaN: true)
    if case .integer(let values) = decoded.elements { return values.map { .integer($0) } }
    return try decoded.exactDoubles().map { .number($0) }
  }
}

@Sendable
func importLabelEncoder(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  guard node.attributes["classes_strings"] == nil else {
    throw GraphError(.unsupported, "the first version of LabelEncoder")
  }
  return [try importer.mapped(try node.input(0), try Mapping(node, importer), of: node)]
}

@Sendable
func importCategoryMapper(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let operand = try node.input(0)
  let integers = (try node.wideInts("cats_int64s") ?? []).map { Category.integer($0) }
  let words = (try node.strings("cats_strings") ?? []).map { Category.word($0) }
  guard !words.isEmpty, words.count == integers.count else {
    throw GraphError(.attribute, "\(words.count) words and \(integers.count) integers")
  }
  var mapping = try Mapping(
    words, integers, .integer(Int64(node.int("default_int64", default: -1))))
  if importer.vocabulary(of: operand) == nil {
    mapping = Mapping(integers, words, .word(try node.string("default_string") ?? "_Unused"))
  }
  return [try importer.mapped(operand, mapping, of: node)]
}

extension Mapping {
  fileprivate init(_ keys: [Category], _ results: [Category], _ otherwise: Category) {
    self.keys = keys
    self.results = results
    self.otherwise = otherwise
  }
}

@Sendable
func importOneHotEncoder(
  _ node: NodeView, _ importer: inout GraphImporter
) throws(GraphError) -> [ValueID?] {
  let x = try node.input(0)
  let known = (try node.wideInts("cats_int64s") ?? []).map { Category.integer($0) }
  let keys = known.isEmpty ? (try node.strings("cats_strings") ?? []).map { .word($0) } : known
  guard !keys.isEmpty else { throw GraphError(.attribute, "it has no categories") }
  guard try node.flag("zeros", default: true) else {
    throw GraphError(.unsupported, "categories that must be known: set \"zeros\" to 1")
  }
  let shape = importer.builder[x].shape
  let vocabulary = importer.vocabulary(of: x)
  let places = keys.map { importer.place($0, in: vocabulary) ?? -1 }
  let list = try importer.constant(
    integers: places.map { Int64($0) }, [keys.count], of: node, step: "categories")
  let element = RealExpression.read(
    OperandRead(
      operand: 0, positions: shape.indices.map { .affine(AffineIndex(index: $0)) }))
  let kind = importer.builder[x].kind
  let whole = kind == .real ? RealExpression.unary(.truncate, element) : element
  let isOne = try node.emit(
    Equation(
      shape + [keys.count], rank: shape.count + 1, .binary(.equal, whole, .at(1, shape.count))),
    kind: .boolean, [x, list], to: &importer.builder, step: "is")
  return [try importer.real(isOne, of: node)]
}

extension GraphImporter {
  /// What a key is among a value's elements: itself, or a word's place; nil for a word that none is.
  func place(_ key: Category, in vocabulary: Vocabulary?) -> Double? {
    switch key {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .word(let word): vocabulary?.words.firstIndex(of: word).map(Double.init)
    }
  }

  /// Each element by what it becomes: what all others do, and for each key how much more that is.
  fileprivate mutating func mapped(
    _ x: ValueID, _ mapping: Mapping, of node: NodeView
  ) throws(GraphError) -> ValueID {
    let vocabulary = vocabulary(of: x)
    if case .word = mapping.keys[0], vocabulary == nil {
      throw GraphError(.unsupported, "its keys are words, and its operand's elements are not")
    }
    var list: [String] = []
    func number(_ result: Category) -> Double {
      guard case .word(let word) = result else { return place(result, in: nil) ?? 0 }
      if let known = list.firstIndex(of: word) { return Double(known) }
      list.append(word)
      return Double(list.count - 1)
    }
    let results = mapping.results.map(number)
    let otherwise = number(mapping.otherwise)
    let isReal = if case .number = mapping.results[0] { true } else { false }
    var seen: Set<Double> = []
    var cases: [(key: Double, result: Double)] = []
    for (key, result) in zip(mapping.keys, results) {
      guard let place = place(key, in: vocabulary), seen.insert(place).inserted else { continue }
      cases.append((place, result))
    }
    let id = try chosen(x, cases, otherwise, isReal: isReal, of: node)
    if !list.isEmpty { words[id] = Vocabulary(words: list) }
    return id
  }

  private mutating func chosen(
    _ x: ValueID, _ cases: [(key: Double, result: Double)], _ otherwise: Double, isReal: Bool,
    of node: NodeView
  ) throws(GraphError) -> ValueID {
    let shape = builder[x].shape
    let kind: ElementKind = isReal ? .real : .integer
    guard !cases.isEmpty else {
      return node.emit(
        constant: isReal
          ? try Tensor(
            shape: shape, real: [Float](repeating: Float(otherwise), count: builder[x].count))
          : try Tensor(
            shape: shape, integer: [Int64](repeating: Int64(otherwise), count: builder[x].count)),
        to: &builder)
    }
    let keys =
      builder[x].kind == .real
      ? try constant(cases.map { Float($0.key) }, [cases.count], of: node, step: "keys")
      : try constant(
        integers: cases.map { Int64($0.key.rounded()) }, [cases.count], of: node, step: "keys")
    let differences = cases.map { $0.result - otherwise }
    let results =
      isReal
      ? try constant(differences.map { Float($0) }, [cases.count], of: node, step: "results")
      : try constant(
        integers: differences.map { Int64($0) }, [cases.count], of: node, step: "results")
    let element = RealExpression.read(
      OperandRead(
        operand: 0, positions: shape.indices.map { .affine(AffineIndex(index: $0)) }))
    let index = shape.count
    let sum = RealExpression.reduce(
      .sum, over: [index],
      .binary(.equal, element, .at(1, index)) * .at(2, index))
    let id = try node.emit(
      Equation(shape + [cases.count], rank: shape.count, sum + .constant(otherwise)), kind: kind,
      [x, keys, results], to: &builder)
    if !isReal {
      let all = cases.map { Int($0.result) } + [Int(otherwise)]
      builder.bound(id, to: (all.min() ?? 0)...(all.max() ?? 0))
    }
    return id
  }
}
