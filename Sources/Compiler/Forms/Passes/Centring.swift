import ConstraintSystem
import Equations
import TensorGraph

/// Takes the mean off an input before it is multiplied: x·s + c, of a large c, becomes (x + c/s)·s.
///
/// A time stamp that a scaler brings to unit variance is 10⁹ steps of one, of which all but the last few
/// cancel. What is left is a value of few digits, where the products would have many.
struct Centring {
  private(set) var maker: FormMaker

  init(graph: FormGraph) { maker = FormMaker(editing: graph) }

  mutating func run() throws(GraphError) {
    let blindness = Blindness(maker.graph)
    let (inputs, nodes) = (moved, maker.graph.nodes)
    maker.graph.nodes = []
    for node in nodes {
      guard case .sum(let form) = node.form,
        let parts = parts(form, node, inputs, blindness[node.output]), try append(form, node, parts)
      else {
        maker.graph.nodes.append(node)
        continue
      }
    }
    maker.graph.removeDead()
  }

  /// The inputs, and what only moves their elements.
  private var moved: Set<ValueID> {
    var found = Set(maker.graph.inputs)
    for node in maker.graph.nodes where node.isMove {
      if node.operands.contains(where: found.contains) { found.insert(node.output) }
    }
    return found
  }

  private struct Parts {
    var value: FormRead
    var factor: SumForm.Term
    var addend: SumForm.Term
  }

  /// The parts of x·s + c; nil where it is another sum, or c is not large.
  private func parts(
    _ form: SumForm, _ node: FormGraph.Node, _ inputs: Set<ValueID>, _ sides: Blindness.Sides
  ) -> Parts? {
    guard form.terms.count == 2, maker.graph.offset(form, node, sides) >= Sums.largeOffset else {
      return nil
    }
    let facts = SumFacts(form, node, maker.graph)
    guard
      let product = facts.terms.firstIndex(where: { !$0.isConstant }),
      form.terms.allSatisfy(\.summed.isEmpty)
    else { return nil }
    var factor = form.terms[product]
    guard facts.terms[product].values.count == 1,
      let place = factor.factors.firstIndex(where: {
        inputs.contains(node.operands[$0.operand])
      }), factor.factors.count == 2 || abs(factor.coefficient) != 1
    else { return nil }
    let value = factor.factors.remove(at: place)
    let constant = factor.factors.first.flatMap { maker.graph.constants[node.operands[$0.operand]] }
    guard constant?.reals.allSatisfy({ $0 != 0 }) ?? true else { return nil }
    return Parts(value: value, factor: factor, addend: form.terms[1 - product])
  }

  /// Appends the difference and its product; false where the constant would be larger than the ones that
  /// there are.
  private mutating func append(
    _ form: SumForm, _ node: FormGraph.Node, _ parts: Parts
  ) throws(GraphError) -> Bool {
    var operands: [ValueID] = []
    func expression(_ term: SumForm.Term) -> RealExpression {
      term.factors.reduce(.constant(term.coefficient)) { product, read in
        operands.append(node.operands[read.operand])
        return .binary(
          .multiply, product,
          .read(
            .init(
              operand: operands.count - 1, positions: read.positions.map { .affine($0) })))
      }
    }
    let quotient = RealExpression.binary(
      .divide, expression(parts.addend), expression(parts.factor))
    maker.layer = node.layer
    maker.name = maker.graph[node.output].name
    let made = try SumTidying.constant(quotient, operands, form.indices, .real, &maker)
    let shape = maker.graph[node.output].shape
    var list = OperandList()
    let value = list.read(node.operands[parts.value.operand], parts.value.positions)
    var terms = [SumForm.Term(coefficient: 1, factors: [value])]
    switch made {
    case .number(let number): terms.append(.init(coefficient: number, factors: []))
    case .place(let place):
      terms.append(.init(coefficient: 1, factors: [list.read(place.value, place.positions)]))
    }
    let difference = maker.append(
      .sum(SumForm(indices: form.indices, domainRank: form.domainRank, terms: terms)),
      list.operands, shape, .real, name: "\(maker.name)/difference")
    var product = parts.factor
    var outer = OperandList()
    product.factors =
      [outer.read(difference, .identity(shape))]
      + product.factors.map { outer.read(node.operands[$0.operand], $0.positions) }
    maker.graph.nodes.append(
      .init(
        layer: node.layer,
        form: .sum(SumForm(indices: form.indices, domainRank: form.domainRank, terms: [product])),
        operands: outer.operands, output: node.output))
    return true
  }
}
