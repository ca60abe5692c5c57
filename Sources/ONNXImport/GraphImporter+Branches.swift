import Equations
import TensorGraph

// Nodes that choose between graphs: a choice that is known when the model is imported.
extension GraphImporter {
  static func isChoice(_ node: Onnx_NodeProto) -> Bool {
    node.opType == "If" && isDefault(node.domain)
  }

  /// Adds the nodes of the graph that a constant condition chooses, in place of the node, and gives
  /// its results.
  mutating func addBranch(_ node: Onnx_NodeProto) throws(GraphError) -> [Value] {
    if let name = node.input.first, case .reported? = values[name] {
      return node.output.map { _ in .reported }
    }
    guard let condition = node.input.first, case .tensor(let id)? = values[condition],
      let value = builder.constantValue(id), value.count == 1
    else {
      throw GraphError(.unsupported, "its condition depends on an input of the network")
    }
    let isTrue = value.integers.map { $0[0] != 0 } ?? (value.reals[0] != 0)
    let wanted = isTrue ? "then_branch" : "else_branch"
    guard let branch = node.attribute.first(where: { $0.name == wanted }), branch.hasG,
      branch.g.output.count == node.output.count
    else {
      throw GraphError(.attribute, "the attribute \"\(wanted)\" is no graph of its results")
    }
    let outer = values
    defer { values = outer }
    do throws(ImportError) {
      try addNodes(of: branch.g)
    } catch {
      throw GraphError(.structure, "its \(wanted): \(error)")
    }
    var results: [Value] = []
    for output in branch.g.output {
      guard let result = values[output.name] else {
        throw GraphError(.structure, "nothing in its \(wanted) computes \"\(output.name)\"")
      }
      results.append(result)
    }
    return results
  }

  private mutating func addNodes(of graph: Onnx_GraphProto) throws(ImportError) {
    live.formUnion(Self.live(graph.node, for: graph.output.map(\.name)))
    try addInitializers(graph)
    for place in try topologicalOrder(graph.node, defined: Set(values.keys)) {
      let node = graph.node[place]
      if node.output.contains(where: { live.contains($0) }) { try add(node) }
    }
  }
}

extension Onnx_NodeProto {
  /// The names that the node reads, in graphs within it too, where some may be these graphs' own.
  var reads: [String] {
    let graphs = attribute.flatMap { ($0.hasG ? [$0.g] : []) + $0.graphs }
    return input
      + graphs.flatMap { graph in graph.node.flatMap(\.reads) + graph.output.map(\.name) }
  }
}
