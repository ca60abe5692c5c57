import ConstraintSystem
import Equations
import TensorGraph

/// Computes the values of a form graph over doubles, on all threads.
struct FormEvaluator {
  let graph: FormGraph
  /// The values that have been computed, row-major. Constants are not among them.
  private(set) var values: [ValueID: [Double]] = [:]
  private var uses: [Int]
  private let keepsAll: Bool

  /// - Parameter keepsAll: whether values stay after their last reader.
  init(_ graph: FormGraph, keepsAll: Bool = false) {
    self.graph = graph
    self.keepsAll = keepsAll
    uses = [Int](repeating: 0, count: graph.values.count)
    for node in graph.nodes { for operand in node.operands { uses[operand.index] += 1 } }
    for id in graph.kept { uses[id.index] += 1 }
  }

  /// Evaluates the graph.
  ///
  /// - Parameters:
  ///   - inputs: for each input its elements, row-major.
  ///   - replaced: what values are instead of their own.
  ///   - observing: is given every value, inputs included, as soon as it is known.
  mutating func run(
    _ inputs: [ValueID: [Double]], replacing replaced: [ValueID: [Double]] = [:],
    observing: (ValueID, [Double]) throws(CompileError) -> Void
  ) throws(CompileError) {
    for id in graph.inputs {
      guard let value = replaced[id] ?? inputs[id] else {
        throw .input(name: graph[id].name, reason: "no value is given")
      }
      values[id] = value
      try observing(id, value)
    }
    for run in GraphRun.all(graph.nodes.map { ($0.operands, $0.output) }, graph.loops) {
      switch run {
      case .node(let place):
        let node = graph.nodes[place]
        let given = replaced[node.output]
        let result = if let given { given } else { try evaluate(node) }
        try observing(node.output, result)
        values[node.output] = result
        release(node.operands)
      case .loop(let loop, let places):
        var run = LoopRun(graph, loop, places, replaced: replaced)
        try run.run { id throws(CompileError) in try operand(id) }
        values.merge(run.values) { _, new in new }
        for id in loop.states.map(\.value) + places.map({ graph.nodes[$0].output }) {
          try observing(id, values[id] ?? [])
        }
        release(places.flatMap { graph.nodes[$0].operands } + loop.kept)
      }
    }
  }

  /// The elements of a value or a constant.
  func elements(_ id: ValueID) throws(CompileError) -> [Double] {
    try operand(id).doubles
  }

  private func operand(_ id: ValueID) throws(CompileError) -> EquationOperand {
    if let constant = graph.constants[id] { return EquationOperand(constant) }
    guard let value = values[id] else {
      throw .node(name: graph[id].name, reason: "a value is read before it is computed")
    }
    do throws(GraphError) {
      return try EquationOperand(shape: graph[id].shape, doubles: value)
    } catch {
      throw .input(name: graph[id].name, reason: error.reason)
    }
  }

  private mutating func release(_ operands: [ValueID]) {
    guard !keepsAll else { return }
    for operand in operands {
      uses[operand.index] -= 1
      if uses[operand.index] == 0 { values[operand] = nil }
    }
  }

  /// What a node gives; errors name its layer.
  private func evaluate(_ node: FormGraph.Node) throws(CompileError) -> [Double] {
    let operands = try node.operands.mapTyped { id throws(CompileError) in try operand(id) }
    let output = graph[node.output]
    do throws(GraphError) {
      switch node.form.definition(shape: output.shape, operands: operands.map(\.shape)) {
      case .equation(let equation):
        return try equation.doubles(on: operands, name: "\"\(output.name)\"")
      case .view(let step): return try step.doubles(on: operands)
      }
    } catch {
      throw CompileError(error.at(node: graph.layers[node.layer].name))
    }
  }
}
