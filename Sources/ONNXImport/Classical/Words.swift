import Equations
import TensorGraph

// Words: an element that is one is its place in a list that everybody knows.
extension Onnx_TensorProto {
  /// Whether its elements are strings.
  var isWords: Bool { dataType == Int32(DataType.string.rawValue) }
}

extension Onnx_TypeProto {
  /// Whether it is one of tensors of strings.
  var isWords: Bool { tensorType.elemType == Int32(Onnx_TensorProto.DataType.string.rawValue) }
}

/// The words that integers are the places of.
struct Vocabulary: Equatable {
  var words: [String]
  /// Whether one more place stands for any word that is not listed.
  var isOpen = false
}

extension GraphImporter {
  /// The words that a value's integers are the places of; nil where they are no words.
  func vocabulary(of id: ValueID) -> Vocabulary? {
    if let own = words[id] { return own }
    guard let node = builder.node(of: id) else { return nil }
    switch node.definition {
    case .view: return common(node.operands.map { vocabulary(of: $0) })
    case .equation(let equation): return vocabulary(of: equation.value, node.operands)
    }
  }

  private func vocabulary(of expression: RealExpression, _ operands: [ValueID]) -> Vocabulary? {
    switch expression {
    case .read(let read): vocabulary(of: operands[read.operand])
    case .select(_, let first, let second):
      common([first, second].map { vocabulary(of: $0, operands) })
    default: nil
    }
  }

  /// The list that all are; nil where they differ.
  private func common(_ lists: [Vocabulary?]) -> Vocabulary? {
    guard let first = lists.first, lists.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  /// A constant that is made of words by moving them is words of the same list.
  mutating func keepWords(_ results: [ValueID?], of node: NodeView) {
    guard let first = node.inputs.first, let operand = first, let list = vocabulary(of: operand),
      !["Shape", "Size"].contains(node.operation)
    else { return }
    // Further results of Unique are numbers.
    for case .some(let result) in results.prefix(node.operation == "Unique" ? 1 : results.count)
    where builder.constantValue(result) != nil && builder[result].kind == .integer {
      words[result] = list
    }
  }

  /// Says which words an output of the network is.
  ///
  /// Throws `.unsupported` for one that is declared to be words where nothing says which.
  mutating func nameWords(of id: ValueID, output: String) throws(GraphError) {
    if let list = vocabulary(of: id) { return builder.name(list.words, of: id) }
    guard !wordResults.contains(output) else {
      throw GraphError(.unsupported, "it holds words, and what they may be is not known")
    }
  }

  /// The words that nodes ask whether an input is one of, through nodes that only move elements.
  static func wordsAsked(of input: String, in graph: Onnx_GraphProto) -> [String] {
    var reached: Set<String> = [input]
    var found: Set<String> = []
    for node in graph.node where node.input.contains(where: { reached.contains($0) }) {
      let asked = node.attribute.filter { ["keys_strings", "cats_strings"].contains($0.name) }
      if asked.isEmpty {
        reached.formUnion(node.output)
      } else {
        found.formUnion(asked.flatMap { $0.strings.map { String(decoding: $0, as: UTF8.self) } })
      }
    }
    return found.sorted()
  }

  /// Declares an input of words: integers, of which the greatest stands for every other word.
  mutating func addWords(
    _ name: String, shape: [Int], in graph: Onnx_GraphProto
  ) throws(GraphError) {
    let asked = Self.wordsAsked(of: name, in: graph)
    guard !asked.isEmpty else {
      throw GraphError(
        .unsupported, "it holds words, and nothing says which: no encoder lists those that it knows"
      )
    }
    let id = try builder.addInput(
      named: name, shape: shape, kind: .integer, bounds: 0...asked.count)
    words[id] = Vocabulary(words: asked, isOpen: true)
    builder.name(asked, of: id)
    try define(name, .tensor(id))
  }

  /// A constant of words: their places in the list of those that it has.
  mutating func addWords(_ tensor: Onnx_TensorProto) throws(GraphError) -> ValueID {
    let all = tensor.stringData.map { String(decoding: $0, as: UTF8.self) }
    var shape: [Int] = []
    for extent in tensor.dims {
      guard let size = Int(exactly: extent), size >= 0 else {
        throw GraphError(.shape, "the tensor \"\(tensor.name)\" has the extent \(extent)")
      }
      shape.append(size)
    }
    var places: [String: Int64] = [:]
    var list: [String] = []
    for word in all where places.updateValue(Int64(places.count), forKey: word) == nil {
      list.append(word)
    }
    // A word that comes again has the place of its first.
    for (place, word) in list.enumerated() { places[word] = Int64(place) }
    let id = builder.addConstant(
      named: tensor.name, try Tensor(shape: shape, integer: all.map { places[$0] ?? 0 }))
    words[id] = Vocabulary(words: list)
    return id
  }
}
