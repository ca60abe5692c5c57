import Equations
import TensorGraph

// Graphs within nodes: their nodes become part of the network's own graph.
extension GraphImporter {
  /// Adds the nodes of a graph that is part of a node, and gives its results. The graph sees what is
  /// around it; what it computes is seen by nobody else.
  ///
  /// - Parameters:
  ///   - operands: what the graph's inputs are.
  ///   - place: what the graph is to its node, for errors.
  mutating func results(
    of graph: Onnx_GraphProto, _ operands: [Typed], _ place: String
  ) throws(GraphError) -> [Typed] {
    guard graph.input.count == operands.count else {
      throw GraphError(
        .structure, "its \(place) takes \(graph.input.count) values, and is given \(operands.count)"
      )
    }
    let outer = (values, formats)
    defer { (values, formats) = outer }
    for (input, operand) in zip(graph.input, operands) {
      values[input.name] = operand.value
      formats[input.name] = operand.format
    }
    do throws(ImportError) {
      try addNodes(of: graph)
    } catch {
      throw GraphError(.structure, "its \(place): \(error)")
    }
    var results: [Typed] = []
    for output in graph.output {
      guard let result = values[output.name] else {
        throw GraphError(.structure, "nothing in its \(place) computes \"\(output.name)\"")
      }
      results.append(Typed(value: result, format: formats[output.name]))
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

  /// The tensors that values are. Throws `.unsupported` where one of them is none.
  func tensors(_ values: [Typed], _ what: String) throws(GraphError) -> [ValueID]? {
    var ids: [ValueID] = []
    for typed in values {
      switch typed.value {
      case .tensor(let id): ids.append(id)
      case .reported, .unsupported: return nil
      case .sequence, .nothing:
        throw GraphError(.unsupported, "\(what) is a sequence, or an optional that holds nothing")
      }
    }
    return ids
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
