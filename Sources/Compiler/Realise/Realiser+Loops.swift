import CircuitLanguage
import ConstraintSystem
import Equations

// States that loops hand on (`Paper/` section 17).
extension Realiser {
  /// Adds the states of a loop that a node reads, before anything computes them.
  mutating func addStates(readBy node: FormGraph.Node) throws(CompileError) {
    for id in node.operands where graph[id].isState { try addState(id) }
  }

  private mutating func addState(_ id: ValueID) throws(CompileError) {
    guard views[id] == nil else { return }
    do throws(CircuitLanguageError) {
      views[id] = try builder.addState(
        name: unique(graph[id].name), shape: graph[id].shape, range: plan[id].range,
        fractionalBits: plan[id].bits)
    } catch {
      throw .node(name: graph[id].name, reason: error.description)
    }
  }

  /// Says what the states of loops are, as soon as everything that they come of is there.
  mutating func closeLoops(_ node: FormGraph.Node) throws(CompileError) {
    for (number, loop) in graph.loops.enumerated() where !closedLoops.contains(number) {
      let isKnown = loop.kept.allSatisfy {
        graph.constants[$0] != nil || graph[$0].isState || views[$0] != nil
      }
      guard isKnown else { continue }
      closedLoops.insert(number)
      for state in loop.states { try close(state, loop: number, node) }
    }
  }

  private mutating func close(
    _ state: EquationGraph.State, loop: Int, _ node: FormGraph.Node
  ) throws(CompileError) {
    try addState(state.value)
    if graph[state.left].isState { try addState(state.left) }
    let site = Site(
      name: graph[state.value].name, layer: node.layer, shape: graph[state.value].shape,
      value: plan[state.value])
    do throws(CircuitLanguageError) {
      try builder.carry(
        try view(state.value), given: try given(state, node, site),
        left: try moved(state.left, of: node, site), loop: loop, name: site.name)
    } catch {
      throw .node(name: site.name, reason: error.description)
    }
  }

  /// What the first step is given, at the state's scale. Zeros are in no tensor.
  private mutating func given(
    _ state: EquationGraph.State, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    guard let constant = graph.constants[state.given], constant.greatestMagnitude == 0 else {
      return try moved(state.given, of: node, site)
    }
    return try builder.sum(
      ViewSum(
        indices: Self.indices(constant.shape), domainRank: constant.shape.count,
        terms: [.init(coefficient: 0, factors: [])]),
      [], name: site.name, fractionalBits: site.value.bits)
  }
}
