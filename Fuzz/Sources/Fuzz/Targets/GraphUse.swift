import Equations
import TensorGraph

/// What is done with a graph that was read.
enum GraphUse {
  /// Larger graphs may take long.
  static func isSmall(_ graph: EquationGraph) -> Bool {
    graph.nodes.count <= 64
      && graph.values.allSatisfy { CircuitUse.product($0.shape, limit: 1 << 10) != nil }
      && graph.nodes.allSatisfy { node in
        guard case .equation(let equation) = node.definition else { return true }
        return CircuitUse.product(equation.indices.map(\.size), limit: 1 << 16) != nil
      }
  }

  /// Values for all inputs.
  static func sample(_ graph: EquationGraph) throws -> [String: Tensor] {
    var sample: [String: Tensor] = [:]
    for input in graph.inputs {
      let value = graph[input]
      let count = CircuitUse.product(value.shape, limit: 1 << 10) ?? 0
      sample[value.name] = try tensor(value, count)
    }
    return sample
  }

  private static func tensor(_ value: EquationGraph.Value, _ count: Int) throws -> Tensor {
    switch value.kind {
    case .real:
      try Tensor(shape: value.shape, real: (0..<count).map { Float($0 * 7 % 13 - 6) / 4 })
    case .integer:
      try Tensor(shape: value.shape, integer: (0..<count).map { Int64($0 * 7 % 13 - 6) })
    case .boolean:
      try Tensor(shape: value.shape, integer: (0..<count).map { Int64($0 * 7 % 2) })
    }
  }
}
