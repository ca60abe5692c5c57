import ConstraintSystem
import Equations

// Values by which labels are chosen (`Paper/` section 18.10): how a label falls is a matter of the least
// differences, so that their steps are finer than a sixteenth bit, where these are few values.
extension FormGraph {
  /// The committed real numbers that are few and that a label is chosen by: the scores of a place, and
  /// what nothing reads but comparisons. Each is a sum, whose terms are finer than its result.
  var decisive: [ValueID] {
    let decides = decisions
    let producers = producers
    let whole = values.indices.reduce(0) { $0 + (values[$1].isCommitted ? values[$1].count : 0) }
    return values.indices.map { ValueID($0) }.filter { id in
      guard decides.contains(id), self[id].kind == .real, self[id].isCommitted,
        self[id].count <= max(Self.fewValues, whole / Self.shareOfDecisions),
        let number = producers[id], case .sum(let sum) = nodes[number].form
      else { return false }
      return !sum.isPlainRead
    }
  }

  /// The nodes of functions that are looked up and whose results are added up to what labels are chosen by,
  /// such as the kernels of a support vector machine.
  var decisiveFunctions: Set<Int> {
    let decides = decisions
    let producers = producers
    var found: Set<Int> = []
    for node in nodes where decides.contains(node.output) {
      guard case .sum = node.form, self[node.output].kind == .real else { continue }
      for number in node.operands.compactMap({ producers[$0] }) {
        if case .apply = nodes[number].form, !nodes[number].keepsScale { found.insert(number) }
      }
    }
    return found
  }

  /// So many values cost next to nothing, and so does such a part of all.
  private static let fewValues = 1024
  private static let shareOfDecisions = 32

  /// The values that are read, as they are or moved, and by nothing but what decides: places, and
  /// comparisons.
  private var decisions: Set<ValueID> {
    var others: Set<ValueID> = []
    var found: Set<ValueID> = []
    for node in nodes.reversed() {
      let reads = node.operands.filter { constants[$0] == nil }
      let isOther = others.contains(node.output)
      if node.decides || node.isMove && found.contains(node.output) && !isOther {
        found.formUnion(reads)
      } else if !node.rounds, !node.isMove || isOther {
        others.formUnion(reads)
      }
    }
    return found.subtracting(others)
  }

  /// The graph in which functions that are looked up of scores, such as a softmax, read them rounded to a
  /// scale of their own where a label is the greatest one's place: a table holds few digits of its
  /// argument, which are too few to choose by.
  func roundingScores() -> FormGraph {
    guard loops.isEmpty else { return self }
    let scores = Set(nodes.filter(\.isPlace).flatMap(\.operands))
    let looked = argumentsOfTables
    var result = self
    result.nodes = []
    var rounded: [ValueID: ValueID] = [:]
    for node in nodes {
      var node = node
      if !node.decides { node.operands = node.operands.map { rounded[$0] ?? $0 } }
      result.nodes.append(node)
      let id = node.output
      guard scores.contains(id), looked.contains(id), self[id].kind == .real,
        self[id].isCommitted, constants[id] == nil
      else { continue }
      rounded[id] = result.addRounded(id, layer: node.layer)
    }
    return result
  }

  /// Values whose digits are no more than a table's argument has: what functions are looked up of, as it
  /// is or less the greatest one.
  private var argumentsOfTables: Set<ValueID> {
    let greatest = greatestDifferences
    var found: Set<ValueID> = []
    for (number, node) in nodes.enumerated() {
      if case .apply = node.form, !node.keepsScale { found.insert(argument(of: node)) }
      if greatest[number] != nil { found.formUnion(node.operands) }
    }
    return found
  }

  private mutating func addRounded(_ id: ValueID, layer: Int) -> ValueID {
    let shape = self[id].shape
    let names = Set(values.map(\.name))
    var name = "\(self[id].name)/rounded"
    while names.contains(name) { name += "'" }
    values.append(Value(name: name, shape: shape, kind: .real))
    let output = ValueID(values.count - 1)
    var form = SumForm(
      indices: shape.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
      domainRank: shape.count,
      terms: [
        .init(coefficient: 1, factors: [.init(operand: 0, positions: .identity(shape))])
      ])
    form.isRounding = true
    nodes.append(.init(layer: layer, form: .sum(form), operands: [id], output: output))
    return output
  }
}

extension FormGraph.Node {
  /// Whether nothing but the order of what it reads matters to it.
  fileprivate var decides: Bool {
    switch form {
    case .place, .less, .equal: true
    default: false
    }
  }

  fileprivate var isPlace: Bool { if case .place = form { true } else { false } }

  /// Whether it rounds what it reads to a scale of its own.
  fileprivate var rounds: Bool { if case .sum(let sum) = form { sum.isRounding } else { false } }
}

extension FormGraph {
  /// Whether a sum is of elements of constants, at places that are values, and of whole numbers: as many
  /// digits of these as are asked for cost next to nothing.
  func addsPickedConstants(_ node: Node) -> Bool {
    let producers = producers
    return node.operands.allSatisfy { id in
      guard constants[id] == nil, self[id].kind == .real else { return true }
      guard let number = producers[id], case .pick(let pick) = nodes[number].form else {
        return false
      }
      return constants[nodes[number].operands[pick.source.operand]] != nil
    }
  }
}

extension TableGroups {
  /// The bits of what functions give that labels are chosen by: rows of a table are as wide as they like.
  ///
  /// - Parameter usual: the bits that 16 bits leave a value.
  func wantedResults(_ graph: FormGraph, usual: (ValueID) -> Int) -> [ValueID: Int] {
    var found: [ValueID: Int] = [:]
    for number in groups.flatMap(\.nodes) where spareDigits(number) > 0 {
      let id = graph.nodes[number].output
      found[id] = usual(id) + spareDigits(number)
    }
    return found
  }
}
