import ConstraintSystem
import Equations
import TensorGraph

/// Computes the values of a form graph over doubles.
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
    for output in graph.outputs { uses[output.value.index] += 1 }
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
    for node in graph.nodes {
      let given = replaced[node.output]
      let result = if let given { given } else { try named(node) }
      try observing(node.output, result)
      values[node.output] = result
      release(node.operands)
    }
  }

  /// What a node gives; errors name its layer.
  private func named(_ node: FormGraph.Node) throws(CompileError) -> [Double] {
    do throws(CompileError) {
      return try evaluate(node)
    } catch {
      throw error.naming(graph.layers[node.layer].name)
    }
  }

  /// The elements of a value or a constant.
  func elements(_ id: ValueID) throws(CompileError) -> [Double] {
    if let value = values[id] { return value }
    guard let constant = graph.constants[id] else {
      throw .node(name: graph[id].name, reason: "a value is read before it is computed")
    }
    return constant.doubles
  }

  private mutating func release(_ operands: [ValueID]) {
    guard !keepsAll else { return }
    for operand in operands {
      uses[operand.index] -= 1
      if uses[operand.index] == 0 { values[operand] = nil }
    }
  }

  private func evaluate(_ node: FormGraph.Node) throws(CompileError) -> [Double] {
    var operands: [[Double]] = []
    for operand in node.operands { operands.append(try elements(operand)) }
    let context = FormContext(
      operands: operands, shapes: node.operands.map { graph[$0].shape },
      shape: graph[node.output].shape)
    switch node.form {
    case .view(let step): return context.view(step)
    case .sum(let sum): return context.sum(sum)
    case .apply(let apply):
      return context.read(apply.argument).map { apply.function.value(at: $0) }
    case .quotient(let a, let b): return zip(context.read(a), context.read(b)).map { $0 / $1 }
    case .root(let a, let isInverse):
      return context.read(a).map { isInverse ? 1 / $0.squareRoot() : $0.squareRoot() }
    case .extreme(let extreme): return context.extreme(extreme)
    case .less(let a, let b):
      return zip(context.read(a), context.read(b)).map { $0 < $1 ? 1 : 0 }
    case .equal(let a, let b):
      return zip(context.read(a), context.read(b)).map { $0 == $1 ? 1 : 0 }
    case .place(let place): return context.place(place)
    }
  }
}

extension Tensor {
  /// The elements, exactly.
  var doubles: [Double] {
    switch elements {
    case .real(let values): values.map(Double.init)
    case .integer(let values): values.map(Double.init)
    }
  }
}

extension CompileError {
  /// The same, of a node that was not known where it arose.
  func naming(_ node: String) -> CompileError {
    if case .node("", let reason) = self { .node(name: node, reason: reason) } else { self }
  }
}
