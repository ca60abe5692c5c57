import CircuitLanguage
import ConstraintSystem
import Equations

// Elements at places that are values.
extension Realiser {
  /// The circuit `gather` has an axis of what places and elements have in common, one of the places, and
  /// one of what a row holds.
  mutating func pick(
    _ form: PickForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let axes = PickAxes(form)
    let last = form.indices.count - 1
    let candidates = form.indices[last].size
    var numbers = [Int](repeating: 0, count: form.indices.count)
    for (place, index) in (axes.shared + [last] + axes.columns).enumerated() {
      numbers[index] = place
    }
    let (source, positions) = try source(form, axes, node, site)
    let rows = try builder.read(
      source,
      sizes: axes.sizes(axes.shared) + [candidates] + axes.sizes(axes.columns),
      positions: positions.substituting { AffineIndex(index: numbers[$0]) }, name: site.name)
    for (place, index) in (axes.shared + axes.picks).enumerated() { numbers[index] = place }
    let places = try builder.read(
      try view(node.operands[form.place.operand]), sizes: axes.sizes(axes.shared + axes.picks),
      positions: form.place.positions.substituting { AffineIndex(index: numbers[$0]) },
      name: site.name)
    let outer = axes.sizes(axes.shared).reduce(1, *)
    let count = axes.sizes(axes.picks).reduce(1, *)
    let width = axes.sizes(axes.columns).reduce(1, *)
    let gathered = try instantiate(
      "gather",
      [
        try builder.reshape(rows, to: [outer, candidates, width], name: site.name),
        try builder.reshape(places, to: [outer, count], name: site.name),
      ], site)
    let order = axes.shared + axes.picks + axes.columns
    relatives[node.output] = gathered.tensor
    let spread = try builder.reshape(gathered, to: axes.sizes(order), name: site.name)
    let inOrder = order.indices.map { index in order.firstIndex(of: index) ?? index }
    return inOrder == Array(order.indices)
      ? spread : try builder.transpose(spread, inOrder, name: site.name)
  }

  /// What is picked from, with the positions at which it is read. The argument binds a model's rows by
  /// one of their columns, so that is a constant's first axis.
  private mutating func source(
    _ form: PickForm, _ axes: PickAxes, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> (TensorView, [AffineIndex]) {
    let id = node.operands[form.source.operand]
    let positions = form.source.positions
    guard graph.constants[id] != nil else {
      return (try moved(id, of: node, site), positions)
    }
    let shape = graph[id].shape
    let columns = shape.indices.filter { axis in
      positions[axis].plainIndex.map { axes.columns.contains($0) } ?? false
        && positions[axis].plainIndex.map { form.indices[$0].size } == shape[axis]
    }
    // A longer one takes more lanes, of which none is left empty.
    let first = columns.max { (shape[$0], $1) < (shape[$1], $0) }
    let order = (first.map { [$0] } ?? []) + shape.indices.filter { $0 != first }
    countWeights(graph[id].count, layer: site.layer)
    return (try moved(id, of: node, site, order: order), order.map { positions[$0] })
  }
}

/// The indices of a pick's domain.
private struct PickAxes {
  /// Those that both the places and what is picked from have.
  let shared: [Int]
  /// Those of the places alone, and those that neither has.
  let picks: [Int]
  /// Those of what is picked from alone.
  let columns: [Int]
  private let form: PickForm

  init(_ form: PickForm) {
    self.form = form
    let inPlace = Set(form.place.positions.usedIndices)
    let inSource = Set(form.source.positions.usedIndices)
    let domain = 0..<form.indices.count - 1
    shared = domain.filter { inPlace.contains($0) && inSource.contains($0) }
    picks = domain.filter { !inSource.contains($0) }
    columns = domain.filter { !inPlace.contains($0) && inSource.contains($0) }
  }

  func sizes(_ indices: [Int]) -> [Int] { indices.map { form.indices[$0].size } }
}
