import CircuitLanguage
import ConstraintSystem
import Equations

extension Realiser {
  /// What a node gives.
  mutating func view(
    of number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    switch node.form {
    case .view(let step): return try move(step, node, site)
    case .sum(let form): return try sum(form, number, site)
    case .apply(let apply): return try self.apply(apply, number, site)
    case .extreme(let form): return try extreme(form, number, site)
    case .place(let form): return try place(form, node, site)
    case .pick(let form): return try pick(form, node, site)
    case .less(let a, let b): return try compare("less", a, b, node, site)
    case .equal(let a, let b): return try compare("equal", a, b, node, site)
    case .quotient(let a, let b): return try quotient(a, b, node, site)
    case .division(let division): return try self.division(division, node, site)
    case .step(let form): return try step(form, node, site)
    case .root(let a, let isInverse): return try root(a, isInverse, node, site)
    }
  }

  /// A read as a view of the shape of the result, followed by `inner` axes.
  ///
  /// - Parameter constantBits: the fractional bits of what is read, if it is a constant.
  mutating func read(
    _ read: FormRead, _ node: FormGraph.Node, _ site: Site, inner: [Int] = [],
    constantBits: Int? = nil
  ) throws(CircuitLanguageError) -> TensorView {
    let view = try view(
      node.operands[read.operand], constantBits: constantBits ?? site.value.bits)
    return try builder.read(
      view, sizes: site.shape + inner, positions: read.positions, name: site.name)
  }

  /// The only output of an instance, at the site's fractional bits.
  mutating func instantiate(
    _ circuit: String, _ operands: [TensorView], _ site: Site, _ parameters: [String: Int] = [:]
  ) throws(CircuitLanguageError) -> TensorView {
    let outputs = try builder.instantiate(
      circuit, operands, parameters: parameters, name: site.name, fractionalBits: site.value.bits)
    guard let output = outputs.first else {
      throw CircuitLanguageError("\(circuit) has no output", instance: site.name)
    }
    return output
  }

  /// The exact sum of a view's integers times a factor and an offset.
  mutating func affine(
    _ view: TensorView, times factor: Int, plus offset: Int = 0, bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    if factor == 1, offset == 0 { return view }
    let whole = ViewRead(
      operand: 0, positions: view.shape.indices.map { AffineIndex(index: $0) })
    var terms = [ViewSum.Term(coefficient: factor, factors: [whole])]
    if offset != 0 { terms.append(.init(coefficient: offset, factors: [])) }
    return try builder.sum(
      ViewSum(
        indices: Self.indices(view.shape), domainRank: view.shape.count, terms: terms),
      [view], name: site.name, fractionalBits: bits)
  }

  static func indices(_ sizes: [Int]) -> [StatementIndex] {
    sizes.enumerated().map { StatementIndex(name: "i\($0.offset)", size: $0.element) }
  }
}

// What only moves elements.
extension Realiser {
  private mutating func move(
    _ step: ViewStep, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    var operands: [TensorView] = []
    for operand in node.operands { operands.append(try moved(operand, of: node, site)) }
    let name = site.name
    switch step {
    case .reshape(let shape): return try builder.reshape(operands[0], to: shape, name: name)
    case .transpose(let order): return try builder.transpose(operands[0], order, name: name)
    case .concatenate(let axis): return try builder.concat(operands, axis: axis, name: name)
    case .broadcast(let shape): return try builder.broadcast(operands[0], to: shape, name: name)
    case .pad(let before, let after):
      return try builder.pad(operands[0], before: before, after: after, name: name)
    case .slice(let slices):
      var result = operands[0]
      for (axis, slice) in slices.enumerated() {
        if slice.start == 0 && slice.step == 1 && slice.count == result.shape[axis] { continue }
        result = try builder.slice(
          result, axis: axis, start: slice.start, count: slice.count, step: slice.step, name: name)
      }
      return result
    }
  }

  /// An operand at the scale of what is made of it.
  /// - Parameter order: of a constant's axes, if not their own.
  mutating func moved(
    _ operand: ValueID, of node: FormGraph.Node, _ site: Site, order: [Int]? = nil
  ) throws(CircuitLanguageError) -> TensorView {
    if graph.constants[operand] != nil {
      return try constant(
        ModelTensor(
          constant: operand, order: order ?? Array(graph[operand].shape.indices), factor: 1,
          bits: site.value.bits, magnitude: site.value.range.upperBound,
          limits: limits(operand, of: node, site)))
    }
    let shift = site.value.bits - plan[operand].bits
    return try affine(try view(operand), times: 1 << max(shift, 0), bits: site.value.bits, site)
  }

  /// What a constant that is moved is held to, where nobody can tell.
  private func limits(
    _ operand: ValueID, of node: FormGraph.Node, _ site: Site
  ) -> ClosedRange<Int>? {
    let sides = blindness[node.output]
    guard graph[operand].kind == .real, sides != .none else { return nil }
    let range = site.value.range
    // Beside no value there is nothing that its elements could be beyond.
    let parts = graph.committedOperands(of: node).map { plan[$0].range }.widest
    let beside = parts.map { Saturation.bound(of: $0, bits: site.value.bits) }
    let bound = min(beside ?? range.upperBound, range.upperBound)
    return (sides.below ? -bound : range.lowerBound)...(sides.above ? bound : range.upperBound)
  }
}
