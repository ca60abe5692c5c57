import ConstraintSystem
import Equations
import TensorGraph

// Rows of which a mask leaves nothing.
extension FormGraph {
  /// The graph with what is added to a mask multiplied by zero where the mask is so great that single
  /// precision loses it, in sums with a row of which the mask may leave nothing: there it alone counts.
  func absorbing() throws(CompileError) -> FormGraph {
    let blindness = Blindness(self)
    var absorption = Absorption(graph: self)
    var result = self
    result.nodes = []
    for node in nodes {
      let sides = blindness[node.output]
      guard case .sum(let form) = node.form, sides != .none else {
        result.nodes.append(node)
        continue
      }
      if let site = absorption.site(form, node, sides) {
        result.nodes += try absorption.absorbed(site, &result)
      } else if let mask = form.terms.firstIndex(where: { isWholeMask($0, node, sides) }) {
        result.nodes += try absorbed(form, node, mask, &result)
      } else {
        result.nodes.append(node)
      }
    }
    return result
  }

  /// Whether a term is a constant of which a row along its last axis is beyond single precision, where
  /// that is one number that nobody can tell: great numbers that differ are no mask.
  private func isWholeMask(
    _ term: SumForm.Term, _ node: Node, _ sides: Blindness.Sides
  ) -> Bool {
    guard term.factors.count == 1, term.summed.isEmpty,
      let tensor = constants[node.operands[term.factors[0].operand]], let size = tensor.shape.last
    else { return false }
    let values = tensor.doubles.map { $0 * term.coefficient }
    let isBeyond = values.map { abs($0) >= Saturation.absorbing }
    let beyond = Set(zip(values, isBeyond).filter(\.1).map(\.0))
    guard beyond.count == 1, beyond.allSatisfy({ sides.holds($0) }) else { return false }
    return stride(from: 0, to: values.count, by: max(size, 1)).contains { start in
      isBeyond[start..<start + size].allSatisfy { $0 }
    }
  }

  /// The sum without the mask, and the mask beside what it leaves of it.
  private func absorbed(
    _ form: SumForm, _ node: Node, _ mask: Int, _ graph: inout FormGraph
  ) throws(CompileError) -> [Node] {
    var inner = form
    let term = inner.terms.remove(at: mask)
    let shape = self[node.output].shape
    let read = term.factors[0]
    guard !inner.terms.isEmpty, let tensor = constants[node.operands[read.operand]] else {
      return [node]
    }
    let sum = graph.add("\(self[node.output].name)/unmasked", shape)
    let kept = tensor.doubles.map { abs($0 * term.coefficient) < Saturation.absorbing }
    let left = graph.add("\(self[node.output].name)/kept", tensor.shape)
    do throws(GraphError) {
      graph.constants[left] = try Tensor(shape: tensor.shape, real: kept.map { $0 ? 1 : 0 })
    } catch {
      throw CompileError(error)
    }
    let outer = SumForm(
      indices: Array(form.indices.prefix(form.domainRank)), domainRank: form.domainRank,
      terms: [
        .init(
          coefficient: term.coefficient, factors: [.init(operand: 0, positions: read.positions)]),
        .init(
          coefficient: 1,
          factors: [
            .init(operand: 1, positions: .identity(shape)),
            .init(operand: 2, positions: read.positions),
          ]),
      ])
    var first = Node(layer: node.layer, form: .sum(inner), operands: node.operands, output: sum)
    first.removeUnusedOperands()
    let operands = [node.operands[read.operand], sum, left]
    return [
      first, Node(layer: node.layer, form: .sum(outer), operands: operands, output: node.output),
    ]
  }

  /// A new value, under a name made unique.
  mutating func add(
    _ name: String, _ shape: [Int], kind: ElementKind = .real, isCommitted: Bool = true
  ) -> ValueID {
    let taken = Set(values.map(\.name))
    let unique = (1...).lazy.map { $0 == 1 ? name : "\(name)#\($0)" }.first { !taken.contains($0) }
    var value = Value(name: unique ?? name, shape: shape, kind: kind)
    value.isCommitted = isCommitted
    values.append(value)
    return ValueID(values.count - 1)
  }
}
