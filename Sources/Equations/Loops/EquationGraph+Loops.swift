import CircuitLanguage

extension EquationGraph {
  /// Nodes that are one for all steps of a loop, whose values have the steps as their leading axis, and
  /// that hand states on.
  ///
  /// Which nodes these are follows from what depends on what: those that depend on a state, and on which
  /// what is left depends. They read of each other, and of the states, what is at their own step.
  public struct Loop: Hashable, Sendable {
    /// How many steps there are, at least 2.
    public var count: Int
    public var states: [State]

    public init(count: Int, states: [State]) {
      self.count = count
      self.states = states
    }

    /// The values that no node needs for the loop to go on, but that it goes on with.
    public var kept: [ValueID] { states.flatMap { [$0.given, $0.left] } }
  }

  /// A value that no node defines: at the first step it is what is given, and at every further one what
  /// was left by the step before.
  public struct State: Hashable, Sendable {
    /// Of the shape [steps, …].
    public var value: ValueID
    /// Of the shape [1, …].
    public var given: ValueID
    /// Of the shape [steps, …].
    public var left: ValueID

    public init(value: ValueID, given: ValueID, left: ValueID) {
      self.value = value
      self.given = given
      self.left = left
    }
  }
}

/// In which order the values of a graph with loops can be computed.
package enum GraphRun {
  /// The place of a node.
  case node(Int)
  /// The places of a loop's nodes, for one step after the other.
  case loop(EquationGraph.Loop, [Int])

  /// - Parameters:
  ///   - nodes: for each of them what it reads, and what it defines.
  ///   - loops: none depends on a later one.
  package static func all(
    _ nodes: [(operands: [ValueID], output: ValueID)], _ loops: [EquationGraph.Loop]
  ) -> [GraphRun] {
    guard !loops.isEmpty else { return nodes.indices.map(GraphRun.node) }
    let states = loops.flatMap(\.states)
    var producers: [ValueID: Int] = [:]
    for (place, node) in nodes.enumerated() { producers[node.output] = place }
    for (place, state) in states.enumerated() { producers[state.value] = nodes.count + place }
    let sources =
      nodes.map { $0.operands.compactMap { producers[$0] } }
      + states.map { [$0.given, $0.left].compactMap { producers[$0] } }
    let order = LoopOrder(
      sources: sources, states: loops.map { $0.states.compactMap { producers[$0.value] } })
    var runs: [GraphRun] = []
    var next = 0
    for (loop, range) in zip(loops, order.loops).sorted(by: { $0.1.lowerBound < $1.1.lowerBound }) {
      runs += order.order[next..<range.lowerBound].map(GraphRun.node)
      runs.append(.loop(loop, order.order[range].filter { $0 < nodes.count }))
      next = range.upperBound
    }
    return runs + order.order[next...].map(GraphRun.node)
  }
}
