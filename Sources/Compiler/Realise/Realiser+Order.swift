import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation

// Comparisons, extremes and where they are.
extension Realiser {
  mutating func compare(
    _ circuit: String, _ a: FormRead, _ b: FormRead, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let ids = [a, b].map { node.operands[$0.operand] }
    let values = ids.filter { graph.constants[$0] == nil }.map { plan[$0] }
    let common = values.map(\.bits).max() ?? 0
    // Whatever is beyond a value's range compares as the first number beyond.
    let reach = values.reduce(1) { reach, value in
      max(reach, scalbn(Double(value.range.magnitude), common - value.bits))
    }
    var operands: [TensorView] = []
    for (place, read) in [a, b].enumerated() {
      let isConstant = graph.constants[ids[place]] != nil
      // As values are rounded, so that what equals the constant stays equal to it.
      let view = try view(
        ids[place], constantBits: common, limit: reach < 0x1p46 ? Int(reach) + 1 : nil)
      let part = try builder.read(
        view, sizes: site.shape, positions: read.positions, name: site.name)
      let shift = isConstant ? 0 : common - plan[ids[place]].bits
      operands.append(try affine(part, times: 1 << shift, bits: common, site))
    }
    return try instantiate(circuit, operands, site)
  }

  mutating func place(
    _ form: PlaceForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    if let rank = form.rank { return try order(form, rank: rank, node, site) }
    let id = node.operands[form.candidate.operand]
    let count = form.indices[form.indices.count - 1].size
    let x = try read(form.candidate, node, site, inner: [count])
    let signed = try affine(x, times: form.isMaximum ? 1 : -1, bits: plan[id].bits, site)
    return try instantiate("argmax", [signed], site, ["last": form.isLast ? 1 : 0])
  }

  /// Places in order: all of them are proven, and those that are asked for are read.
  private mutating func order(
    _ form: PlaceForm, rank: Int, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let id = node.operands[form.candidate.operand]
    let last = form.indices.count - 1
    let outer = (0..<last).filter { $0 != rank }
    let sizes = outer.map { form.indices[$0].size }
    let count = form.indices[last].size
    var numbers = [Int](repeating: 0, count: form.indices.count)
    for (place, index) in (outer + [last]).enumerated() { numbers[index] = place }
    var read = try builder.read(
      try view(id), sizes: sizes + [count],
      positions: form.candidate.positions.substituting { AffineIndex(index: numbers[$0]) },
      name: site.name)
    // What is brought into order is taken once.
    if read.repeats(along: 0..<sizes.count) {
      read = try builder.copy(read, name: "\(site.name).rows")
    }
    let rows = try builder.reshape(
      read, to: [sizes.reduce(1, *), count], name: site.name)
    let signed = try affine(rows, times: form.isMaximum ? 1 : -1, bits: plan[id].bits, site)
    let order = try instantiate("ordered", [signed], site)
    let spread = try builder.reshape(order, to: sizes + [count], name: site.name)
    return try builder.read(
      spread, sizes: site.shape,
      positions: (outer + [rank]).map { AffineIndex(index: $0) }, name: site.name)
  }

  mutating func extreme(
    _ form: ExtremeForm, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    let inner = form.indices.dropFirst(form.domainRank).map(\.size)
    let count = inner.reduce(1, *)
    var parts: [TensorView] = []
    for candidate in form.candidates {
      var view = try rounded(candidate, node, site, inner)
      view = try affine(view, times: form.isMaximum ? 1 : -1, bits: site.value.bits, site)
      view = try lowered(view, outside: candidate, node, site, inner)
      parts.append(try builder.reshape(view, to: site.shape + [count], name: site.name))
    }
    let all =
      parts.count == 1
      ? parts[0] : try builder.concat(parts, axis: site.shape.count, name: site.name)
    let greatest = try greatest(all, form, number, site)
    if form.isMaximum { return greatest }
    relatives[node.output] = greatest.tensor
    return try affine(greatest, times: -1, bits: site.value.bits, site)
  }
}

extension Realiser {
  /// Candidates at the bits of what is greatest. An exact sum is rounded where it is, unless windows
  /// leave some of it out: its products are over fewer indices there than in the windows.
  private mutating func rounded(
    _ candidate: FormRead, _ node: FormGraph.Node, _ site: Site, _ inner: [Int]
  ) throws(CircuitLanguageError) -> TensorView {
    let id = node.operands[candidate.operand]
    let bits = plan[id].bits
    guard graph.constants[id] == nil, bits > site.value.bits else {
      return try read(candidate, node, site, inner: inner)
    }
    var around = candidates(candidate, node, site)
    guard graph[id].count <= (site.shape + inner).reduce(1, *) else {
      return try round(try read(candidate, node, site, inner: inner), bits: bits, around)
    }
    around.shape = graph[id].shape
    return try builder.read(
      try round(try view(id), bits: bits, around), sizes: site.shape + inner,
      positions: candidate.positions, name: site.name)
  }
}

// Candidates that are beyond all measure, and windows that reach beyond what they are over.
extension Realiser {
  /// A site of candidates in which there is room for what is beyond all measure.
  private func candidates(_ read: FormRead, _ node: FormGraph.Node, _ site: Site) -> Site {
    let id = node.operands[read.operand]
    guard blindness[id] != .none, site.value.range.width <= 24,
      graph.hasMask(
        id, beyond: FixedPoint.real(1 << 17, fractionalBits: site.value.bits), blindness[id])
    else { return site }
    var wide = site
    wide.value.range = IntegerWidth.range(Saturation.width)
    return wide
  }

  /// What is greatest; of candidates that may be beyond all measure it must not be one that is, unless
  /// nobody can tell.
  private mutating func greatest(
    _ all: TensorView, _ form: ExtremeForm, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    let isBeyond = form.candidates.contains { read in
      let id = node.operands[read.operand]
      let range =
        graph[id].isCommitted ? plan[id].range : candidates(read, node, site).value.range
      return range.width > 24 && site.value.range.width <= 24 && graph[id].kind == .real
    }
    guard isBeyond else { return try greatest(of: all, number, site) }
    let found = try greatest(of: all, number, site.part("beyond"))
    // It is called as it is without.
    var inner = site
    inner.name = "\(site.name).greatest"
    return try round(found, bits: site.value.bits, inner)
  }

  /// Candidates, those outside of the operand being no greater than any inside.
  private mutating func lowered(
    _ view: TensorView, outside read: FormRead, _ node: FormGraph.Node, _ site: Site,
    _ inner: [Int]
  ) throws(CircuitLanguageError) -> TensorView {
    let sizes = site.shape + inner
    let shape = graph[node.operands[read.operand]].shape
    let axes = shape.indices.filter { axis in
      let range = read.positions[axis].range { sizes[$0] }
      return range.lowerBound < 0 || range.upperBound >= shape[axis]
    }
    guard !axes.isEmpty, view.range.lowerBound < 0 else { return view }
    let ones = try ones(axes.map { shape[$0] }, site)
    let depth = -view.range.lowerBound
    let whole = sizes.indices.map { AffineIndex(index: $0) }
    return try builder.sum(
      ViewSum(
        indices: Self.indices(sizes), domainRank: sizes.count,
        terms: [
          .init(coefficient: 1, factors: [.init(operand: 0, positions: whole)]),
          .init(
            coefficient: depth,
            factors: [.init(operand: 1, positions: axes.map { read.positions[$0] })]),
          .init(coefficient: -depth, factors: []),
        ]), [view, ones], name: site.name, fractionalBits: site.value.bits)
  }

  /// A committed tensor that is one everywhere, and so, read with affine positions, says what is
  /// inside of it.
  private mutating func ones(
    _ shape: [Int], _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    if let known = unitTensors[shape] { return known }
    let one = try builder.sum(
      ViewSum(
        indices: Self.indices(shape), domainRank: shape.count,
        terms: [.init(coefficient: 1, factors: [])]),
      [], name: "\(site.name).one", fractionalBits: 0)
    let committed = try builder.copy(one, name: "\(site.name).one")
    unitTensors[shape] = committed
    return committed
  }
}
