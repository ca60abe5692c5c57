import ConstraintSystem
import Equations
import TensorGraph

/// A read of one value by a term of a sum, and the node that defines the value.
struct FoldingSite {
  let sum: SumForm
  let node: FormGraph.Node
  let term: Int
  let factor: Int
  let source: FormGraph.Node
  /// On which sides nobody can tell how far the source's result is beyond.
  var sides = Blindness.Sides.none

  private var read: FormRead { sum.terms[term].factors[factor] }

  private var others: [FormRead] {
    sum.terms[term].factors.enumerated().filter { $0.offset != factor }.map(\.element)
  }

  private func size(_ index: Int) -> Int { sum.indices[index].size }

  /// The reading node with the source's sum in the place of the read; nil where that is no gain.
  ///
  /// - Parameter isChecked: whether it is known that it is one.
  func folded(
    _ maker: inout FormMaker, isChecked: Bool = false
  ) throws(GraphError) -> FormGraph.Node? {
    guard case .sum(let inner) = source.form, isChecked || isFoldable(inner, maker.graph) else {
      return nil
    }
    var result = sum
    var list = OperandList()
    result.terms = sum.terms.map { term in
      var term = term
      term.factors = term.factors.map { list.read(node.operands[$0.operand], $0.positions) }
      return term
    }
    let first = sum.indices.count
    result.indices += inner.indices.dropFirst(inner.domainRank)
    var terms: [SumForm.Term] = []
    for part in inner.terms {
      let places =
        part.factors.map { read in
          Place(
            value: source.operands[read.operand],
            positions: read.positions.substituting {
              $0 < inner.domainRank
                ? self.read.positions[$0] : AffineIndex(index: first + $0 - inner.domainRank)
            })
        } + others.map { Place(value: node.operands[$0.operand], positions: $0.positions) }
      let coefficient = sum.terms[term].coefficient * part.coefficient
      let summed = sum.terms[term].summed + part.summed.map { first + $0 - inner.domainRank }
      guard
        let made = try SumTidying.term(
          coefficient, summed, places, result.indices, &list, &maker)
      else { return nil }
      terms.append(made)
    }
    result.terms.replaceSubrange(term...term, with: terms)
    var folded = node
    folded.form = .sum(result)
    folded.operands = list.operands
    if inner.sumsOverIndices && !sum.sumsOverIndices { folded.layer = source.layer }
    return folded
  }

  /// Whether the read is multiplied by a constant and summed over all that this depends on, so that the
  /// source's own constants can become part of it.
  func isContraction(_ graph: FormGraph) -> Bool {
    guard case .sum(let inner) = source.form, let other = others.first else { return false }
    let outer = sum.terms[term]
    return others.count == 1 && graph.constants[node.operands[other.operand]] != nil
      && !outer.summed.isEmpty && read.positions.stayInside(graph[source.output].shape, size)
      && sum.terms.count + inner.terms.count <= Sums.maximumTerms + 1
      && !takesLargeDifference(inner, graph)
  }

  private func isFoldable(_ inner: SumForm, _ graph: FormGraph) -> Bool {
    let shape = graph[source.output].shape
    func isConstant(_ read: FormRead, _ node: FormGraph.Node) -> Bool {
      graph.constants[node.operands[read.operand]] != nil
    }
    let isPlain =
      inner.terms.count == 1 && inner.terms[0].factors.count == 1
      && inner.terms[0].summed.isEmpty && !isConstant(inner.terms[0].factors[0], source)
    guard read.positions.stayInside(shape, size) || isPlain && keepsPlaces(inner, graph) else {
      return false
    }
    let products = inner.terms.filter { term in
      term.factors.filter { !isConstant($0, source) }.count > 1
    }
    let outer = sum.terms[term]
    let space = (Array(0..<sum.domainRank) + outer.summed).reduce(1) { $0 * size($1) }
    let isRepeated = space > graph[source.output].count
    if isRepeated && (inner.sumsOverIndices || !products.isEmpty) { return false }
    if sum.terms.count + inner.terms.count > Sums.maximumTerms + 1 { return false }
    if takesLargeDifference(inner, graph) { return false }
    guard let other = others.first else { return true }
    guard isConstant(other, node), outer.summed.isEmpty else {
      return isPlain && !scalesFew(inner, space, graph)
    }
    let variable = inner.terms.filter { term in
      term.factors.contains { !isConstant($0, source) }
    }
    return products.isEmpty && variable.count <= 1
  }

  /// Whether the source multiplies few elements by a number, which then multiply other values: the
  /// number is more precise in a value of its own than as a coefficient of both.
  private func scalesFew(_ inner: SumForm, _ space: Int, _ graph: FormGraph) -> Bool {
    let isPower = abs(inner.terms[0].coefficient).significandWidth == 0
    let isProduct = others.contains { graph.constants[node.operands[$0.operand]] == nil }
    let count = graph[source.output].count
    return isProduct && !isPower && count <= Self.fewElements && space / 8 >= count
  }

  /// So many elements are rounded once more for little.
  private static let fewElements = 64

  /// Whether the source adds a constant to a value and the sum multiplies both, so that large products
  /// would cancel: (x − m)·s is exact where x·s − m·s is not.
  private func takesLargeDifference(_ inner: SumForm, _ graph: FormGraph) -> Bool {
    let outer = sum.terms[term]
    let offset = graph.offset(inner, source, sides)
    guard outer.summed.isEmpty else { return offset >= Sums.largeOffset }
    let constants = others.compactMap { graph.constants[node.operands[$0.operand]] }
    let isScaled = abs(outer.coefficient) != 1 || !others.isEmpty
    let factor = constants.reduce(abs(outer.coefficient)) { $0 * $1.greatestMagnitude }
    return isScaled && offset * factor >= Sums.largeOffset
  }

  /// Whether the source reads its operand at the result's own places, so that what is outside of one
  /// is outside of the other.
  private func keepsPlaces(_ inner: SumForm, _ graph: FormGraph) -> Bool {
    let own = inner.terms[0].factors[0]
    let shape = graph[source.output].shape
    // Along an axis of one element the source reads 0 wherever it is read.
    let single = shape.indices.filter { shape[$0] == 1 }
    return graph[source.operands[own.operand]].shape == shape
      && own.positions == .identity(shape)
      && single.allSatisfy { [read.positions[$0]].stayInside([1], size) }
  }

  /// The sum before the view that it reads, and the view after it; nil where the sum is not of one
  /// element and constants that the other side of the view has too, or meets no sum there.
  func exchanged(
    _ maker: inout FormMaker, _ places: [Int], _ definitions: [ValueID: Int]
  ) -> (before: FormGraph.Node, after: FormGraph.Node)? {
    guard case .view(let step) = source.form, source.operands.count == 1 else { return nil }
    let (inner, shape) = (source.operands[0], maker.graph[node.output].shape)
    guard places[inner.index] == 1, let origin = definitions[inner],
      case .sum = maker.graph.nodes[origin].form,
      maker.graph[source.output].shape == shape, sum.terms[term].summed.isEmpty,
      read.positions.withoutSingle(size) == .identity(shape),
      let map = step.sources(from: maker.graph[inner].shape, to: shape)
    else { return nil }
    var list = OperandList()
    var result = sum
    for (number, term) in sum.terms.enumerated() {
      for (place, factor) in term.factors.enumerated() {
        let value = node.operands[factor.operand]
        if number == self.term && place == self.factor {
          result.terms[number].factors[place] = list.read(
            inner, .identity(maker.graph[inner].shape))
          continue
        }
        guard maker.graph.constants[value] != nil, term.summed.isEmpty,
          factor.positions.usedIndices.allSatisfy({ map[$0] != nil })
        else { return nil }
        result.terms[number].factors[place] = list.read(
          value, factor.positions.substituting { map[$0].flatMap { $0 } ?? AffineIndex() })
      }
    }
    result.domainRank = maker.graph[inner].shape.count
    result.indices = maker.graph[inner].shape.enumerated().map {
      .init(name: "i\($0.offset)", size: $0.element)
    }
    let value = maker.graph[node.output]
    let before = maker.addValue("\(value.name)/before", maker.graph[inner].shape, value.kind)
    return (
      .init(layer: node.layer, form: .sum(result), operands: list.operands, output: before),
      .init(layer: source.layer, form: source.form, operands: [before], output: node.output)
    )
  }
}

extension SumForm {
  /// Whether a term is summed over an index.
  var sumsOverIndices: Bool { terms.contains { !$0.summed.isEmpty } }
}
