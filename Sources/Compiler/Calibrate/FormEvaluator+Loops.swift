import Equations
import TensorGraph

extension FormEvaluator {
  /// The values of a loop for one step after the other.
  struct LoopRun {
    let graph: FormGraph
    let loop: EquationGraph.Loop
    /// The places of the loop's nodes.
    let places: [Int]
    /// What values are instead of their own.
    let replaced: [ValueID: [Double]]
    /// For each of the loop's values, all steps so far, one after the other.
    private(set) var values: [ValueID: [Double]] = [:]
    /// What states are left that is computed outside of the loop.
    private var left: [ValueID: [Double]] = [:]
    private var nodes: [LoopNode] = []

    init(
      _ graph: FormGraph, _ loop: EquationGraph.Loop, _ places: [Int],
      replaced: [ValueID: [Double]]
    ) {
      self.graph = graph
      self.loop = loop
      self.places = places
      self.replaced = replaced
    }

    /// - Parameter outer: a value that has been computed before the loop.
    mutating func run(
      _ outer: (ValueID) throws(CompileError) -> EquationOperand
    ) throws(CompileError) {
      let own = Set(loop.states.map(\.value) + places.map { graph.nodes[$0].output })
      try prepare(own, outer)
      for state in loop.states {
        try begin(state, try outer(state.given).doubles)
        if !own.contains(state.left) { left[state.left] = try outer(state.left).doubles }
      }
      for step in 0..<loop.count {
        for node in nodes { try run(node, at: step) }
        if step + 1 < loop.count { for state in loop.states { try hand(on: state, from: step) } }
      }
    }
  }

  /// A node of a loop, with what it reads of outside of it.
  struct LoopNode {
    var node: FormGraph.Node
    var part: LoopPart
    /// By operand; nil where it is of the loop.
    var outer: [EquationOperand?]
    /// The elements of those that are read at the node's own step only.
    var sliced: [[Double]]
  }
}

extension FormEvaluator.LoopRun {
  private mutating func prepare(
    _ own: Set<ValueID>, _ outer: (ValueID) throws(CompileError) -> EquationOperand
  ) throws(CompileError) {
    for place in places {
      let node = graph.nodes[place]
      let shapes = node.operands.map { graph[$0].shape }
      let definition = node.form.definition(shape: graph[node.output].shape, operands: shapes)
      let part: LoopPart
      do throws(GraphError) {
        part = try LoopPart(
          definition, shapes: shapes, isOfLoop: node.operands.map(own.contains),
          count: loop.count)
      } catch {
        throw CompileError(error.at(node: graph.layers[node.layer].name))
      }
      let operands = try node.operands.mapTyped { id throws(CompileError) in
        own.contains(id) ? nil : try outer(id)
      }
      let sliced = zip(operands, part.isSliced).map { $1 ? $0?.doubles ?? [] : [] }
      nodes.append(.init(node: node, part: part, outer: operands, sliced: sliced))
    }
  }

  private mutating func begin(
    _ state: EquationGraph.State, _ given: [Double]
  ) throws(CompileError) {
    values[state.value] = replaced[state.value].map { Array($0.prefix(given.count)) } ?? given
  }

  private mutating func hand(
    on state: EquationGraph.State, from step: Int
  ) throws(CompileError) {
    let size = graph[state.value].count / loop.count
    if let given = replaced[state.value] {
      values[state.value, default: []] += given[(step + 1) * size..<(step + 2) * size]
      return
    }
    values[state.value, default: []] += try part(state.left, at: step)
  }

  /// What one of the loop's values is at a step.
  private func part(_ id: ValueID, at step: Int) throws(CompileError) -> ArraySlice<Double> {
    let size = graph[id].count / loop.count
    guard let own = values[id] ?? left[id], own.count >= (step + 1) * size else {
      throw .node(name: graph[id].name, reason: "a value is read before it is computed")
    }
    return own[step * size..<(step + 1) * size]
  }

  private mutating func run(
    _ node: FormEvaluator.LoopNode, at step: Int
  ) throws(CompileError) {
    let output = node.node.output
    let size = graph[output].count / loop.count
    if let given = replaced[output] {
      values[output, default: []] += given[step * size..<(step + 1) * size]
      return
    }
    var operands: [EquationOperand] = []
    for (place, id) in node.node.operands.enumerated() {
      operands.append(try operand(place, id, of: node, at: step))
    }
    do throws(GraphError) {
      switch node.part.definition(at: step) {
      case .equation(let equation):
        values[output, default: []] += try equation.doubles(
          on: operands, name: "\"\(graph[output].name)\"")
      case .view(let view): values[output, default: []] += try view.doubles(on: operands)
      }
    } catch {
      throw CompileError(error.at(node: graph.layers[node.node.layer].name))
    }
  }

  private func operand(
    _ place: Int, _ id: ValueID, of node: FormEvaluator.LoopNode, at step: Int
  ) throws(CompileError) -> EquationOperand {
    let shape = graph[id].shape
    let elements: ArraySlice<Double>
    if let outer = node.outer[place] {
      guard node.part.isSliced[place] else { return outer }
      let size = graph[id].count / loop.count
      elements = node.sliced[place][step * size..<(step + 1) * size]
    } else {
      elements = try part(id, at: step)
    }
    do throws(GraphError) {
      return try EquationOperand(shape: [1] + shape.dropFirst(), doubles: Array(elements))
    } catch {
      throw .node(name: graph[id].name, reason: error.reason)
    }
  }
}
