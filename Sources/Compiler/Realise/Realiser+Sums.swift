import CircuitLanguage
import ConstraintSystem
import Equations

extension Realiser {
  /// The exact sum, rounded where it is committed.
  mutating func sum(
    _ form: SumForm, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    guard let plan = plan.sums[number] else {
      throw CircuitLanguageError("the sum has no plan", instance: site.name)
    }
    if let view = try plainRead(form, plan, node, site) { return view }
    var constants: [Int: [Int]] = [:]
    for (place, operand) in node.operands.enumerated() {
      if graph.constants[operand] != nil { constants[place] = graph[operand].shape }
    }
    let lane = ModelLane(form, constants: constants)
    var operands: [TensorView] = []
    var terms: [ViewSum.Term] = []
    for (term, scale) in zip(form.terms, plan.terms) where scale.coefficient != 0 {
      terms.append(try self.term(term, scale, lane, node, site, &operands))
    }
    let indices = form.indices.map { StatementIndex(name: $0.name, size: $0.size) }
    let exact = try builder.sum(
      ViewSum(indices: indices, domainRank: form.domainRank, terms: terms), operands,
      name: site.name, fractionalBits: plan.accumulatorBits)
    guard graph[node.output].isCommitted else { return exact }
    if let divisor = plan.divisor {
      return try instantiate(
        "divided", [exact], site, ["divisor": divisor, "width": site.value.range.width])
    }
    return try round(exact, bits: plan.accumulatorBits, site)
  }

  /// The view that a sum of one element is.
  private mutating func plainRead(
    _ form: SumForm, _ plan: SumPlan, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView? {
    guard form.isPlainRead, plan.accumulatorBits == site.value.bits,
      graph.constants[node.operands[form.terms[0].factors[0].operand]] == nil
    else { return nil }
    return try read(form.terms[0].factors[0], node, site)
  }

  /// A term over integers, whose operands are added to the sum's.
  private mutating func term(
    _ term: SumForm.Term, _ scale: SumPlan.Term, _ lane: ModelLane, _ node: FormGraph.Node,
    _ site: Site, _ operands: inout [TensorView]
  ) throws(CircuitLanguageError) -> ViewSum.Term {
    if term.factors.isEmpty {
      let times = term.summed.reduce(1) { $0 * lane.form.indices[$1].size }
      let value = FixedPoint.scaled(
        scale.factor * Double(times), fractionalBits: scale.constantBits ?? 0)
      guard abs(value) < 0x1p48 else {
        throw CircuitLanguageError("a constant is beyond 48 bits", instance: site.name)
      }
      return ViewSum.Term(coefficient: Int(value), factors: [])
    }
    var reads: [ViewRead] = []
    for factor in term.factors {
      let id = node.operands[factor.operand]
      var positions = factor.positions
      if graph.constants[id] == nil {
        operands.append(try view(id))
      } else {
        let order = lane.order(factor, in: term)
        positions = order.map { positions[$0] }
        operands.append(
          try constant(
            ModelTensor(
              constant: id, order: order, factor: scale.factor, bits: scale.constantBits ?? 0,
              magnitude: scale.constantMagnitude, limits: scale.limits)))
        countWeights(graph[id].shape.reduce(1, *), layer: site.layer)
      }
      reads.append(ViewRead(operand: operands.count - 1, positions: positions))
    }
    return ViewSum.Term(
      coefficient: scale.coefficient, summed: term.summed.sorted(), factors: reads)
  }

  /// An exact sum at the scale of the site.
  mutating func round(
    _ exact: TensorView, bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let shift = bits - site.value.bits
    if shift < 0 {
      return try round(
        try affine(exact, times: 1 << -shift, bits: site.value.bits, site), bits: site.value.bits,
        site)
    }
    guard site.value.range.width <= 47 else {
      throw CircuitLanguageError(
        "its integers may have \(site.value.range.width) bits, and 47 are allowed: use smaller integers",
        instance: site.name)
    }
    return try instantiate(
      "round", [exact], site, ["shift": shift, "width": site.value.range.width])
  }
}

extension ClosedRange<Int> {
  /// In bits, the sign included.
  var width: Int { (Swift.max(-lowerBound, upperBound + 1) - 1).magnitudeBits + 1 }
}
