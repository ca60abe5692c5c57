import ConstraintSystem
import Equations
import TensorGraph

// What masks goes into all sums that it is added to, with constants beside it: it has no scale of its own
// that all of them could do with, and costs none of them a committed value.
extension SumFolding {
  /// Whether a node's result is masks and constants, and nothing else.
  func isMask(_ number: Int) -> Bool {
    let node = maker.graph.nodes[number]
    let sides = blindness[node.output]
    guard case .sum(let form) = node.form, sides != .none, maker.graph[node.output].kind == .real
    else { return false }
    let masks = Set(form.masks(node, maker.graph, sides))
    guard masks.contains(where: { !form.terms[$0].factors.isEmpty }) else { return false }
    return form.terms.indices.allSatisfy { number in
      masks.contains(number)
        || form.terms[number].factors.allSatisfy {
          maker.graph.constants[node.operands[$0.operand]] != nil
        }
    }
  }

  /// The node with a read of a mask that a view repeats, or gives axes of one element, as a read of
  /// the mask itself; nil for another read.
  func bypassed(
    _ node: FormGraph.Node, _ sum: SumForm, _ term: Int, _ factor: Int
  ) -> FormGraph.Node? {
    let read = sum.terms[term].factors[factor]
    let value = node.operands[read.operand]
    guard let source = definitions[value], case .view(let step) = maker.graph.nodes[source].form,
      maker.graph.nodes[source].operands.count == 1,
      case let inner = maker.graph.nodes[source].operands[0], let origin = definitions[inner],
      isMask(origin),
      read.positions.stayInside(maker.graph[value].shape, { sum.indices[$0].size }),
      let positions = step.positions(
        read.positions, from: maker.graph[inner].shape, to: maker.graph[value].shape)
    else { return nil }
    var list = OperandList()
    var result = sum
    for (number, own) in sum.terms.enumerated() {
      for (place, other) in own.factors.enumerated() {
        let isRead = number == term && place == factor
        result.terms[number].factors[place] = list.read(
          isRead ? inner : node.operands[other.operand], isRead ? positions : other.positions)
      }
    }
    var nearer = node
    nearer.form = .sum(result)
    nearer.operands = list.operands
    return nearer
  }
}

extension ViewStep {
  /// Where a place of a view's result is in its operand, if the view only repeats elements or adds and
  /// removes axes of one element.
  fileprivate func positions(
    _ positions: [AffineIndex], from shape: [Int], to target: [Int]
  ) -> [AffineIndex]? {
    switch self {
    case .broadcast:
      return zip(shape, positions.suffix(shape.count)).map { $0 == 1 ? AffineIndex() : $1 }
    case .reshape:
      let wide = target.indices.filter { target[$0] > 1 }
      guard wide.map({ target[$0] }) == shape.filter({ $0 > 1 }) else { return nil }
      var rest = wide.map { positions[$0] }[...]
      return shape.map { $0 == 1 ? AffineIndex() : rest.removeFirst() }
    default: return nil
    }
  }
}
