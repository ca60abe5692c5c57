import ConstraintSystem
import TensorGraph

/// A loop while the nodes of one of its steps are being appended: what differs from step to step are
/// values that nothing defines yet.
public struct LoopDraft: Sendable {
  /// How many steps there are.
  public let count: Int
  /// The states at a step, and what they are at first.
  public fileprivate(set) var states: [(value: ValueID, initial: ValueID)] = []
  /// What a step is given of tensors whose leading axis is that of the steps, and these tensors.
  public fileprivate(set) var elements: [(value: ValueID, source: ValueID)] = []
  /// How many nodes there were before.
  fileprivate let start: Int
}

extension EquationGraphBuilder {
  /// Begins a loop; what is appended up to `endLoop` is one step of it.
  ///
  /// - Parameters:
  ///   - initial: what states are at the first step, without an axis of steps.
  ///   - scanned: tensors whose leading axis is that of the steps.
  public mutating func beginLoop(
    count: Int, initial: [ValueID], scanned: [ValueID], name: String
  ) -> LoopDraft {
    var draft = LoopDraft(count: count, start: nodeCount)
    for id in initial {
      draft.states.append((addOpenValue("\(name)/state", self[id].shape, self[id].kind), id))
    }
    for id in scanned {
      let shape = Array(self[id].shape.dropFirst())
      draft.elements.append((addOpenValue("\(name)/element", shape, self[id].kind), id))
    }
    return draft
  }

  /// Makes the nodes since `beginLoop` those of all steps.
  ///
  /// - Parameters:
  ///   - left: for each state what a step leaves, of its shape and kind, no constant, and not only a state moved.
  ///   - results: what else is asked for.
  ///   - layer: of the views that are needed.
  /// - Returns: for each state what is left by all steps, and for each result what it is at all of them;
  ///   the leading axis is that of the steps.
  ///
  /// Throws `.unsupported` where the steps can't be one, and `.tooLarge` for too many elements.
  public mutating func endLoop(
    _ draft: LoopDraft, left: [ValueID], results: [ValueID], layer: Int, name: String
  ) throws(GraphError) -> (left: [ValueID], results: [ValueID]) {
    var given: [ValueID] = []
    for (state, next) in zip(draft.states, left) {
      guard self[state.value].shape == self[next].shape, self[state.value].kind == self[next].kind,
        constantValue(next) == nil
      else { throw GraphError(.unsupported, "its state changes its shape, or is a constant") }
      guard !isMoved(next, from: draft.states.map(\.value)) else {
        throw GraphError(
          .unsupported, "its state is only moved, so that no step says how large it is")
      }
      let shape = [1] + self[state.initial].shape
      given.append(try append(.reshape(shape), [state.initial], layer: layer, name: name))
    }
    var lifting = LoopLifting(draft, layer: layer, name: name)
    try lifting.run(&self, from: draft.start)
    let lifted = try lifting.lifted(left, &self)
    let values = try lifting.lifted(results, &self)
    let states = zip(draft.states, zip(given, lifted)).map {
      EquationGraph.State(value: $0.value, given: $1.0, left: $1.1)
    }
    addLoop(.init(count: draft.count, states: states))
    return (lifted, values)
  }
}

extension EquationGraphBuilder {
  /// Whether a value is nothing but elements of some others.
  private func isMoved(_ id: ValueID, from others: [ValueID]) -> Bool {
    if others.contains(id) { return true }
    guard let node = node(of: id), case .view = node.definition else { return false }
    return node.operands.allSatisfy { isMoved($0, from: others) }
  }
}

/// Gives the nodes of a step the axis of all steps.
private struct LoopLifting {
  let count: Int
  let layer: Int
  let name: String
  /// The values with an axis of steps, by those without.
  private var varying: [ValueID: ValueID] = [:]
  private let states: [ValueID]
  /// The values that are the same at all steps, repeated.
  private var repeated: [ValueID: ValueID] = [:]

  init(_ draft: LoopDraft, layer: Int, name: String) {
    count = draft.count
    self.layer = layer
    self.name = name
    states = draft.states.map(\.value)
    for state in states { varying[state] = state }
    for element in draft.elements { varying[element.value] = element.source }
  }

  mutating func run(
    _ builder: inout EquationGraphBuilder, from start: Int
  ) throws(GraphError) {
    for state in states { try builder.addLeadingAxis(count, to: state) }
    for node in builder.takeNodes(from: start) {
      let varies = node.operands.map { varying[$0] != nil }
      guard varies.contains(true) else {
        builder.putBack(node)
        continue
      }
      var lifted = node
      switch node.definition {
      case .equation(let equation):
        lifted.definition = .equation(equation.lifted(count, varies))
        lifted.operands = node.operands.map { varying[$0] ?? $0 }
      case .view(let step):
        lifted.definition = .view(step.lifted(count))
        lifted.operands = try operands(node, step, &builder)
      }
      try builder.addLeadingAxis(count, to: node.output)
      varying[node.output] = node.output
      builder.putBack(lifted)
    }
  }

  /// The operands of a view, all with an axis of steps.
  private mutating func operands(
    _ node: EquationGraph.Node, _ step: ViewStep, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID] {
    var operands = try lifted(node.operands, &builder)
    if case .broadcast(let target) = step {
      let shape = builder[operands[0]].shape
      let missing = target.count + 1 - shape.count
      if missing > 0 {
        let wide = [count] + [Int](repeating: 1, count: missing) + shape.dropFirst()
        operands[0] = try builder.append(
          .reshape(wide), operands, layer: layer, name: "\(name)/repeated")
      }
    }
    return operands
  }

  /// The values with an axis of steps; those that are the same at all steps are repeated.
  mutating func lifted(
    _ values: [ValueID], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID] {
    var result: [ValueID] = []
    for value in values {
      if let known = varying[value] ?? repeated[value] {
        result.append(known)
        continue
      }
      let wide = try builder.append(
        .broadcast([count] + builder[value].shape), [value], layer: layer,
        name: "\(name)/repeated")
      repeated[value] = wide
      result.append(wide)
    }
    return result
  }
}
