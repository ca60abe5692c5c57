import Equations
import TensorGraph

/// A graph that is run so often as is known when the model is imported. Where its condition depends on an
/// input of the network, it is run so often as it may be at most, and what it gives after the
/// condition fails is not taken.
@Sendable
func importLoop(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  var loop = try LoopRun(importer, node)
  return try loop.run(&importer)
}

private struct LoopRun {
  typealias Typed = GraphImporter.Typed

  let node: ControlNode
  let body: Onnx_GraphProto
  let stateCount: Int
  /// The greatest number of runs; nil where only the condition ends them.
  let limit: Int?
  /// Whether a run is still to be taken.
  var condition: ValueID?
  var states: [Typed]
  /// For each result that is collected those of the runs.
  var collected: [[Typed]]

  init(_ importer: GraphImporter, _ node: ControlNode) throws(GraphError) {
    self.node = node
    body = try node.graph("body")
    stateCount = max(0, node.operands.count - 2)
    guard body.input.count == stateCount + 2, body.output.count > stateCount,
      node.proto.output.count <= body.output.count - 1
    else { throw GraphError(.attribute, "its body does not have its operands and results") }
    limit = try node.view.constantInts(0, "number of runs", importer.builder)?.first
    condition = node.view.optionalInput(1)
    var states: [Typed] = []
    for position in 0..<stateCount { states.append(try node.operand(position + 2)) }
    self.states = states
    collected = [[Typed]](repeating: [], count: body.output.count - 1 - stateCount)
  }

  mutating func run(_ importer: inout GraphImporter) throws(GraphError) -> [Typed] {
    if let outcome = try looped(&importer) { return outcome.states + outcome.results }
    var number = 0
    while number < limit ?? Int.max {
      let isOpen = condition.map { importer.builder.constantValue($0) == nil } ?? false
      if let condition, let value = importer.builder.constantValue(condition), !value.isTrue {
        break
      }
      guard try step(&importer, number, isOpen: isOpen) else {
        return node.proto.output.map { _ in Typed(value: .reported) }
      }
      number += 1
      try importer.countRun(body.node.count)
    }
    return try states + results(&importer)
  }

  /// The outcome as a loop of all runs alike; nil where a run depends on its number, or may be the
  /// last.
  private func looped(
    _ importer: inout GraphImporter
  ) throws(GraphError) -> Repetition.Outcome? {
    guard let count = limit, (2...GraphImporter.maximumLoopRuns).contains(count),
      condition.map({ importer.builder.constantValue($0)?.isTrue == true }) ?? true
    else { return nil }
    let before = importer
    try importer.builder.reserve(elements: count)
    let numbers = importer.builder.addConstant(
      named: "\(node.name)/run", try Tensor(shape: [count], integer: (0..<count).map(Int64.init)))
    let yes = importer.builder.addConstant(
      named: "\(node.name)/condition", try Tensor(shape: [], integer: [1]), isBoolean: true)
    let repetition = Repetition(
      states: states, scanned: [Typed(value: .tensor(numbers), format: .signed(bits: 64))],
      count: count, size: body.node.count, layer: node.layer, name: node.name)
    let outcome = importer.looped(repetition) { importer, states, elements throws(GraphError) in
      let start = importer.builder.nodeCount
      let given = elements + [Typed(value: .tensor(yes), format: .bool)] + states
      let results = try importer.results(of: body, given, "body")
      guard let next = results[0].value.tensor,
        importer.builder.constantValue(next)?.isTrue == true,
        let number = elements[0].value.tensor, !importer.builder.reads(number, since: start),
        !results.contains(where: { $0.value.tensor == number })
      else { throw GraphError(.unsupported, "its runs differ") }
      return .init(
        states: Array(results[1..<1 + stateCount]), results: Array(results[(1 + stateCount)...]))
    }
    if outcome == nil {
      let counted = importer.repeatedNodes
      importer = before
      importer.repeatedNodes = counted
    }
    return outcome
  }

  /// One run; false where what it gives has been reported.
  private mutating func step(
    _ importer: inout GraphImporter, _ number: Int, isOpen: Bool
  ) throws(GraphError) -> Bool {
    if isOpen { try checkOpen() }
    let index = importer.builder.addConstant(
      named: "\(node.name)/run", try Tensor(shape: [], integer: [Int64(number)]))
    let yes = try Tensor(shape: [], integer: [1])
    let truth =
      condition
      ?? importer.builder.addConstant(named: "\(node.name)/condition", yes, isBoolean: true)
    let given = [
      Typed(value: .tensor(index), format: .signed(bits: 64)),
      Typed(value: .tensor(truth), format: .bool),
    ]
    var results = try importer.results(of: body, given + states, "body")
    if results.contains(where: \.isReported) { return false }
    guard let next = results.removeFirst().value.tensor, importer.builder[next].count == 1 else {
      throw GraphError(.elementType, "the condition of its body is not a single truth value")
    }
    for position in 0..<stateCount {
      let old = states[position]
      states[position] =
        try isOpen
        ? importer.choice(truth, results[position], old, layer: node.layer, name: node.name)
        : results[position]
    }
    for position in collected.indices { collected[position].append(results[stateCount + position]) }
    // The condition that nobody asked for is the body's all the same.
    condition = try isOpen ? both(truth, next, &importer) : next
    return true
  }

  private func checkOpen() throws(GraphError) {
    guard limit != nil else {
      throw GraphError(
        .unsupported,
        "how often its body is run depends on an input of the network; give it a number of runs that "
          + "it does not exceed")
    }
    guard collected.isEmpty else {
      throw GraphError(
        .unsupported,
        "its condition depends on an input of the network, and decides how much it collects")
    }
  }

  private func both(
    _ first: ValueID, _ second: ValueID, _ importer: inout GraphImporter
  ) throws(GraphError) -> ValueID {
    func read(_ operand: Int, _ id: ValueID) -> RealExpression {
      let rank = importer.builder[id].shape.count
      return .read(
        OperandRead(
          operand: operand, positions: .init(repeating: .affine(.init(constant: 0)), count: rank)))
    }
    let equation = Equation(
      indices: [], domainRank: 0, value: .binary(.and, read(0, first), read(1, second)))
    return try importer.builder.append(
      equation, kind: .boolean, [first, second], layer: node.layer, name: "\(node.name)/condition")
  }

  private func results(_ importer: inout GraphImporter) throws(GraphError) -> [Typed] {
    var results: [Typed] = []
    for (position, parts) in collected.enumerated() {
      guard !parts.isEmpty else {
        results.append(Typed(value: .unsupported(nothing(position))))
        continue
      }
      guard parts.allSatisfy(\.value.isTensor) else {
        throw GraphError(.elementType, "its body collects what is no tensor")
      }
      let name = node.view.valueName(stateCount + position)
      results.append(try importer.stacked(parts, layer: node.layer, name: name))
    }
    return results
  }

  private func nothing(_ position: Int) -> ImportError.UnsupportedNode {
    .init(
      name: node.name, operation: "Loop",
      reason: "its output \(stateCount + position) has no elements, as its body is never run")
  }
}

extension Tensor {
  /// Whether a single truth value holds.
  fileprivate var isTrue: Bool { integers.map { $0.first != 0 } ?? (reals.first != 0) }
}

extension GraphImporter.Typed {
  var isReported: Bool {
    switch value {
    case .reported, .unsupported: true
    default: false
    }
  }
}
