import ConstraintSystem
import Equations
import TensorGraph

// Words that meet in one node are brought to one list, as places in different lists say nothing together.
extension GraphImporter {
  /// The operands of a node: those that are words of different lists are places in one list instead.
  ///
  /// Throws `.unsupported` where one of them may be a word that its list does not have, and that another's may.
  mutating func meeting(
    _ inputs: [ValueID?], layer: Int, name: String
  ) throws(GraphError) -> [ValueID?] {
    let lists = inputs.map { $0.flatMap { vocabulary(of: $0) } }
    let known = lists.compactMap { $0 }
    guard let first = known.first, known.contains(where: { $0 != first }) else { return inputs }
    let all = try Vocabulary(uniting: known)
    var result = inputs
    for (position, (input, list)) in zip(inputs, lists).enumerated() {
      guard let input, let list, list != all else { continue }
      result[position] = try renamed(input, list, all, layer, "\(name)/words_\(position)")
    }
    return result
  }

  /// Throws `.unsupported` for a node that takes words for numbers, or that cannot tell them apart.
  func checkWords(_ node: NodeView, _ results: [ValueID?]) throws(GraphError) {
    let lists = node.inputs.compactMap { $0.flatMap { vocabulary(of: $0) } }
    if ["Cast", "CastLike"].contains(node.operation), !lists.isEmpty {
      throw GraphError(.unsupported, "it reads numbers out of words: give the numbers")
    }
    guard lists.filter(\.isOpen).count > 1 else { return }
    for case .some(let result) in results where vocabulary(of: result) == nil {
      throw GraphError(
        .unsupported, "it compares words of two inputs, and no encoder lists all that they may be")
    }
  }

  /// The places that the words of one list have in another, which has them all.
  private mutating func renamed(
    _ id: ValueID, _ list: Vocabulary, _ all: Vocabulary, _ layer: Int, _ name: String
  ) throws(GraphError) -> ValueID {
    let places = list.words.map { Int64(all.words.firstIndex(of: $0) ?? all.words.count) }
    let result: ValueID
    if let known = builder.constantValue(id) {
      let elements = (known.integers ?? []).map { places[Int($0)] }
      result = builder.addConstant(
        named: name, try Tensor(shape: known.shape, integer: elements))
    } else {
      let table = builder.addConstant(
        named: "\(name)/places", try Tensor(shape: [places.count], integer: places))
      let shape = builder[id].shape
      let element = RealExpression.read(
        OperandRead(
          operand: 1, positions: shape.indices.map { .affine(AffineIndex(index: $0)) }))
      result = try builder.append(
        Equation(
          shape, rank: shape.count,
          .read(OperandRead(operand: 0, positions: [.computed(element)]))),
        kind: .integer, [table, id], layer: layer, name: name)
      builder.bound(result, to: 0...max(all.words.count - 1, 0))
    }
    words[result] = all
    return result
  }
}

extension Vocabulary {
  /// A list that has the words of all. What is not in an open list is only known not to be there.
  fileprivate init(uniting lists: [Vocabulary]) throws(GraphError) {
    guard let open = lists.first(where: \.isOpen) else {
      var seen: Set<String> = []
      self.init(words: lists.flatMap(\.words).filter { seen.insert($0).inserted })
      return
    }
    let known = Set(open.words)
    guard lists.allSatisfy({ $0.isOpen ? $0 == open : known.isSuperset(of: $0.words) }) else {
      throw GraphError(
        .unsupported,
        "it takes words of an input together with others, which no encoder of that input lists")
    }
    self = open
  }
}
