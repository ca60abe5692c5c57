import Equations
import TensorGraph

/// Makes equal nodes one: those of one form over the same operands.
struct EqualNodes {
  private struct Key: Hashable {
    var form: Form
    var operands: [ValueID]
    var shape: [Int]
    var kind: ElementKind
  }

  private struct Constant: Hashable {
    var shape: [Int]
    var bits: [UInt64]
    var kind: ElementKind
  }

  /// Larger constants are not compared.
  private static let comparedElements = 4096

  private(set) var graph: FormGraph
  private var replaced: [ValueID: ValueID] = [:]

  init(graph: FormGraph) { self.graph = graph }

  mutating func run() {
    joinConstants()
    var known: [Key: ValueID] = [:]
    var nodes: [FormGraph.Node] = []
    for node in graph.nodes {
      var node = node
      node.operands = node.operands.map { replaced[$0] ?? $0 }
      node = node.tidied
      let output = graph[node.output]
      let key = Key(
        form: node.form, operands: node.operands, shape: output.shape, kind: output.kind)
      if let first = known[key] {
        replaced[node.output] = first
        if graph[first].source == nil {
          graph.values[first.index].source = graph[node.output].source
        }
      } else {
        known[key] = node.output
        nodes.append(node)
      }
    }
    graph.nodes = nodes
    for place in graph.outputs.indices {
      let value = graph.outputs[place].value
      graph.outputs[place].value = replaced[value] ?? value
    }
    graph.mapLoops { replaced[$0] ?? $0 }
    graph.removeDead()
  }

  private mutating func joinConstants() {
    var known: [Constant: ValueID] = [:]
    for id in graph.constants.keys.sorted(by: { $0.index < $1.index }) {
      guard let tensor = graph.constants[id], tensor.count <= Self.comparedElements else {
        continue
      }
      let elements = Elements(tensor)
      let key = Constant(
        shape: tensor.shape, bits: (0..<tensor.count).map { elements[$0].bitPattern },
        kind: graph[id].kind)
      if let first = known[key] { replaced[id] = first } else { known[key] = id }
    }
  }
}
