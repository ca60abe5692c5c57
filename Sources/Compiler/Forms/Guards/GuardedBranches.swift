import ConstraintSystem
import Equations
import TensorGraph

extension EquationGraph {
  /// The same network, but that branches that are not taken compute with numbers for which their functions
  /// are defined (`Paper/` 17.3): no scale holds the logarithm of 0, or 1/0, though nobody takes it.
  ///
  /// What is given to x ≠ 0 ? a/x : b is the same where x ≠ 0 ? a/(x ≠ 0 ? x : 1) : b is computed. Values
  /// keep their places; what computes guarded branches are further nodes, and what nothing reads any more
  /// is left out.
  func guarded() -> EquationGraph {
    let selects = nodes.contains { node in
      guard case .equation(let equation) = node.definition else { return false }
      return equation.value.contains { if case .select = $0 { true } else { false } }
    }
    guard selects else { return self }
    var guarding = GuardedBranches(self)
    return guarding.run()
  }
}

/// Gives branches of choices arguments that are safe where the branch is not taken.
struct GuardedBranches {
  private struct Key: Hashable {
    let value: ValueID
    let condition: BranchCondition
  }

  private let source: EquationGraph
  private var graph: EquationGraph
  private var signs = Signs()
  /// The place of the node that defines a value, among those that have been reached.
  private var producers: [ValueID: Int] = [:]
  private let readers: [ValueID: Int]
  /// The guarded copies that have been made; nil for what needs none.
  private var copies: [Key: ValueID?] = [:]

  init(_ graph: EquationGraph) {
    source = graph
    self.graph = graph
    self.graph.nodes = []
    var readers: [ValueID: Int] = [:]
    let kept = graph.outputs.map(\.value) + graph.loops.flatMap(\.kept)
    for id in graph.nodes.flatMap({ Set($0.operands) }) + kept { readers[id, default: 0] += 1 }
    self.readers = readers
    for (id, tensor) in graph.constants { signs.add(id, tensor) }
    for id in graph.inputs { signs.add(id, bounds: graph[id].bounds) }
  }

  mutating func run() -> EquationGraph {
    for node in source.nodes {
      var node = node
      if case .equation(let equation) = node.definition { choose(equation, &node) }
      append(node)
    }
    guard graph.values.count > source.values.count else { return source }
    removeUnread()
    return graph
  }

  /// Removes the nodes that only what is guarded now has read.
  private mutating func removeUnread() {
    var needed = Set(graph.outputs.map(\.value) + graph.loops.flatMap(\.kept))
    var kept: [EquationGraph.Node] = []
    for node in graph.nodes.reversed() where needed.contains(node.output) {
      needed.formUnion(node.operands)
      kept.append(node)
    }
    graph.nodes = kept.reversed()
  }

  private mutating func append(_ given: EquationGraph.Node) {
    let node = given.withoutUnreadOperands
    producers[node.output] = graph.nodes.count
    graph.nodes.append(node)
    signs.add(node, in: graph)
  }

  /// Lets the branches of a node's choices read guarded copies.
  private mutating func choose(_ equation: Equation, _ node: inout EquationGraph.Node) {
    var equation = equation
    equation.value = choice(equation.value, equation, &node.operands)
    node.definition = .equation(equation)
  }

  private mutating func choice(
    _ expression: RealExpression, _ equation: Equation, _ operands: inout [ValueID]
  ) -> RealExpression {
    guard case .select(let condition, let first, let second) = expression else {
      return expression.mapChildren { choice($0, equation, &operands) }
    }
    func size(_ index: Int) -> Int { equation.indices[index].size }
    let branches = [(first, true), (second, false)].map { branch, holds in
      guard
        let condition = BranchCondition(condition, holds: holds, of: operands, size),
        condition.indices.allSatisfy({ $0 < equation.domainRank })
      else { return branch }
      return reading(branch, condition, equation, &operands)
    }
    return .select(condition, branches[0], branches[1])
  }

  /// The expression over guarded copies of what it reads.
  private mutating func reading(
    _ expression: RealExpression, _ condition: BranchCondition, _ equation: Equation,
    _ operands: inout [ValueID]
  ) -> RealExpression {
    guard case .read(let read) = expression else {
      return expression.mapChildren { reading($0, condition, equation, &operands) }
    }
    let id = operands[read.operand]
    guard
      let moved = condition.moved(
        to: read.affinePositions ?? [], graph[id].shape, { equation.indices[$0].size }),
      let copy = copy(id, moved)
    else { return expression }
    let place = operands.firstIndex(of: copy) ?? operands.count
    if place == operands.count { operands.append(copy) }
    return .read(.init(operand: place, positions: read.positions))
  }
}

extension GuardedBranches {
  /// A value that is the same where the condition holds, and everywhere defined; nil where the value itself
  /// is that, or nothing can be done.
  private mutating func copy(_ id: ValueID, _ condition: BranchCondition) -> ValueID? {
    let key = Key(value: id, condition: condition)
    if let known = copies[key] { return known }
    copies[key] = .some(nil)
    guard let place = producers[id] else { return nil }
    var node = graph.nodes[place]
    switch node.definition {
    case .view(let step):
      guard let inner = moved(condition, through: step, node) else { return nil }
      node.operands = node.operands.map { copy($0, inner) ?? $0 }
    case .equation(var equation):
      // What sums is not computed twice.
      let sums = equation.value.contains { if case .reduce = $0 { true } else { false } }
      guard !sums || readers[id] == 1 else { return nil }
      let given = node.operands.count
      let partial = PartialFunctions(
        signs: signs, reading: .init(graph, equation, node.operands), condition: condition,
        known: given)
      let guarded = partial.guarded(equation.value)
      if guarded != equation.value { node.operands += condition.operands }
      equation.value = reading(guarded, condition, equation, &node.operands, before: given)
      node.definition = .equation(equation)
    }
    guard node != graph.nodes[place] else { return nil }
    var value = graph[id]
    value.name += "/guarded"
    node.output = ValueID(graph.values.count)
    graph.values.append(value)
    append(node)
    copies[key] = node.output
    return node.output
  }

  /// As `reading`, but of the first operands only: those of the condition stay what they are.
  private mutating func reading(
    _ expression: RealExpression, _ condition: BranchCondition, _ equation: Equation,
    _ operands: inout [ValueID], before count: Int
  ) -> RealExpression {
    if case .read(let read) = expression {
      return read.operand < count
        ? reading(expression, condition, equation, &operands) : expression
    }
    return expression.mapChildren { reading($0, condition, equation, &operands, before: count) }
  }

  /// A condition over the axes of a view's operands: one of no index, or of axes that are kept.
  private func moved(
    _ condition: BranchCondition, through step: ViewStep, _ node: EquationGraph.Node
  ) -> BranchCondition? {
    if condition.indices.isEmpty { return condition }
    guard case .reshape = step, let operand = node.operands.first else { return nil }
    let (from, to) = (graph[node.output].shape, graph[operand].shape)
    let (wide, other) = (from.indices.filter { from[$0] > 1 }, to.indices.filter { to[$0] > 1 })
    guard wide.map({ from[$0] }) == other.map({ to[$0] }) else { return nil }
    return condition.moved { index in wide.firstIndex(of: index).map { other[$0] } }
  }
}

extension EquationGraph.Node {
  /// The node without operands that its equation does not read.
  fileprivate var withoutUnreadOperands: Self {
    guard case .equation(var equation) = definition else { return self }
    let used = equation.value.readOperands.sorted()
    guard used.count < operands.count else { return self }
    let places = Dictionary(uniqueKeysWithValues: used.enumerated().map { ($1, $0) })
    equation.value = equation.value.mapReads { $0.operand = places[$0.operand] ?? $0.operand }
    var node = self
    node.definition = .equation(equation)
    node.operands = used.map { operands[$0] }
    return node
  }
}
