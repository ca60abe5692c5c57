import Equations
import Foundation

/// The function, the argument's scale and the result's that applications of one function share, so
/// that they share a table.
struct TableGroup: Equatable {
  let function: RealExpression
  /// The nodes that apply it.
  var nodes: [Int]
  /// Most fractional bits of the arguments and of the results.
  var argumentBits: Int
  var resultBits: Int
  /// Binary digits of the arguments, the sign included.
  var width: Int
}

/// Finds which applications share a table.
struct TableGroups {
  private(set) var groups: [TableGroup] = []

  /// Arguments of which the finest has so many more bits than the coarsest still share a table.
  private static let tolerated = 3
  /// The least and the greatest number of binary digits of an argument.
  private static let widths = 12...16

  /// - Parameter magnitude: what a value's integers must hold.
  init(
    _ graph: FormGraph, magnitude: (ValueID) -> Double
  ) throws(CompileError) {
    var nodes: [RealExpression: [Int]] = [:]
    var order: [RealExpression] = []
    for (number, node) in graph.nodes.enumerated() {
      guard case .apply(let apply) = node.form, !node.keepsScale else { continue }
      if nodes[apply.function] == nil { order.append(apply.function) }
      nodes[apply.function, default: []].append(number)
    }
    for function in order {
      let members = nodes[function] ?? []
      let uses = members.reduce(0) { $0 + graph[graph.nodes[$1].output].shape.reduce(1, *) }
      let width = min(max((4 * uses).ceilingLog2, Self.widths.lowerBound), Self.widths.upperBound)
      add(function, members, width, graph, magnitude)
    }
  }

  /// Makes groups of applications whose arguments' own scales are alike.
  private mutating func add(
    _ function: RealExpression, _ members: [Int], _ width: Int, _ graph: FormGraph,
    _ magnitude: (ValueID) -> Double
  ) {
    let own = members.map { number in
      let node = graph.nodes[number]
      let argument = graph.argument(of: node)
      return (
        node: number, argument: Self.bits(graph, argument, width, magnitude),
        result: Self.bits(graph, node.output, 16, magnitude)
      )
    }
    for member in own.sorted(by: { ($0.argument, $0.node) < ($1.argument, $1.node) }) {
      if let last = groups.indices.last, groups[last].function == function,
        member.argument - groups[last].argumentBits <= Self.tolerated
      {
        groups[last].nodes.append(member.node)
        groups[last].resultBits = min(groups[last].resultBits, member.result)
      } else {
        groups.append(
          TableGroup(
            function: function, nodes: [member.node], argumentBits: member.argument,
            resultBits: member.result, width: width))
      }
    }
  }

  /// The most fractional bits of a value in a width.
  private static func bits(
    _ graph: FormGraph, _ id: ValueID, _ width: Int, _ magnitude: (ValueID) -> Double
  ) -> Int {
    guard graph[id].kind == .real else { return 0 }
    let limit = scalbn(1.0, width - 1) - 0.51
    let bits = FixedPoint.fractionalBits(magnitude: magnitude(id), limit: limit)
    return min(bits ?? CompileOptions.bitsOfZero, FormScaleSolver.maximalBits)
  }
}

extension FormGraph {
  /// What an application is of.
  func argument(of node: Node) -> ValueID {
    guard case .apply(let apply) = node.form else { return node.operands[0] }
    return node.operands[apply.argument.operand]
  }
}
