import CircuitLanguage
import ConstraintSystem
import Equations

// Functions of one value.
extension Realiser {
  /// Applications to so many elements are worth a table of all 16-bit values of their own.
  private static let tableCount = 1 << 14

  mutating func apply(
    _ form: ApplyForm, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    let x = try read(form.argument, node, site)
    let isMany = site.shape.reduce(1, *) >= Self.tableCount && x.range.magnitude <= 1 << 15
    if form.isRelu { return try relu(x, site) }
    if let slopes = form.slopes {
      let slope = Slope(slopes.below)
      guard isMany, slopes.above == 1 else { return try lines(slopes, x, site) }
      return try table("leaky_relu", [slope.numerator, slope.denominatorBits], x, site)
    }
    if let bounds = form.bounds {
      let limits = [bounds.lowerBound, bounds.upperBound].map {
        FixedPoint.bound($0, fractionalBits: site.value.bits, within: site.value.range)
      }
      return isMany ? try table("clip", limits, x, site) : try hold(x, limits, site)
    }
    return try lookUp(x, number, site)
  }

  /// A function of a table of its own. What the table does not reach is held to it first where the
  /// function stays the same beyond; elsewhere an argument beyond has no proof.
  private mutating func lookUp(
    _ x: TensorView, _ number: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let node = graph.nodes[number]
    guard let table = plan.table(number, of: graph), let domain = plan.tables[number] else {
      throw CircuitLanguageError("this function has no table", instance: site.name)
    }
    let ends = table.ends(domain)
    let limits = [ends.low ?? x.range.lowerBound, ends.high ?? x.range.upperBound]
    var held = self.held[number] ?? x
    if self.held[number] == nil, limits[0] > x.range.lowerBound || limits[1] < x.range.upperBound {
      var inner = site
      inner.value = plan[graph.argument(of: node)]
      held = try hold(x, limits, inner)
    }
    guard table.step == 0 else { return try interpolate(held, table, domain, site) }
    return try builder.apply(
      TableRequest(table.request(domain)), held, name: site.name,
      fractionalBits: site.value.bits)
  }

  /// The value on the straight line between two rows of a table: with x = p·2^step + r it is
  /// f(p) + (f(p + 1) − f(p))·r / 2^step.
  private mutating func interpolate(
    _ x: TensorView, _ table: FunctionTable, _ rows: ClosedRange<Int>, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let size = 1 << table.step
    let (bits, request) = (site.value.bits, TableRequest(table.request(rows)))
    let place = try instantiate(
      "floored", [x], site.part("row"), ["divisor": size, "width": rows.width])
    let next = try affine(place, times: 1, plus: 1, bits: bits, site)
    let low = try builder.apply(
      request, place, name: site.part("low").name, fractionalBits: bits)
    let high = try builder.apply(
      request, next, name: site.part("high").name, fractionalBits: bits)
    let whole = site.shape.indices.map { AffineIndex(index: $0) }
    func term(_ factor: Int, _ operands: Int...) -> ViewSum.Term {
      .init(
        coefficient: factor, factors: operands.map { .init(operand: $0, positions: whole) })
    }
    let rest = try combination([(1, x), (-size, place)], bits: 0, site)
    let sum = ViewSum(
      indices: Self.indices(site.shape), domainRank: site.shape.count,
      terms: [term(size, 0), term(1, 1, 2), term(-1, 0, 2)])
    let line = try builder.sum(
      sum, [low, high, rest], name: site.name, fractionalBits: bits + table.step)
    return try round(line, bits: bits + table.step, site)
  }

  private mutating func table(
    _ name: String, _ parameters: [Int], _ x: TensorView, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    try builder.apply(
      TableRequest(name, parameters: parameters), x, name: site.name,
      fractionalBits: site.value.bits)
  }

  /// max(x, 0).
  private mutating func relu(
    _ x: TensorView, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    try instantiate("relu", [x], site)
  }

  /// A function of two slopes: below·x + (above − below)·max(x, 0), rounded where a slope is no
  /// integer.
  private mutating func lines(
    _ slopes: (above: Double, below: Double), _ x: TensorView, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let part = try relu(x, site.part("part"))
    let isWhole = [slopes.above, slopes.below].allSatisfy { $0 == $0.rounded() }
    let bits = isWhole ? 0 : CompileOptions.slopeBits
    let (above, below) = (
      Int(FixedPoint.scaled(slopes.above, fractionalBits: bits)),
      Int(FixedPoint.scaled(slopes.below, fractionalBits: bits))
    )
    let exact = try combination([(below, x), (above - below, part)], bits: bits, site)
    return isWhole ? exact : try round(exact, bits: site.value.bits + bits, site)
  }

  /// min(max(x, low), high) = low + max(x − low, 0) − max(x − high, 0).
  private mutating func hold(
    _ x: TensorView, _ limits: [Int], _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let range = x.range
    var terms: [(Int, TensorView)] = []
    var offset = 0
    if limits[0] > range.lowerBound {
      let above = try affine(x, times: 1, plus: -limits[0], bits: site.value.bits, site)
      terms.append((1, try relu(above, site.part("low"))))
      offset = limits[0]
    } else {
      terms.append((1, x))
    }
    if limits[1] < range.upperBound {
      let above = try affine(x, times: 1, plus: -limits[1], bits: site.value.bits, site)
      terms.append((-1, try relu(above, site.part("high"))))
    }
    return try combination(terms, plus: offset, bits: 0, site)
  }

  /// Σ of factors times views of one shape.
  private mutating func combination(
    _ terms: [(factor: Int, view: TensorView)], plus offset: Int = 0, bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let whole = site.shape.indices.map { AffineIndex(index: $0) }
    var sum = ViewSum(
      indices: Self.indices(site.shape), domainRank: site.shape.count,
      terms: terms.enumerated().map { place, term in
        .init(coefficient: term.factor, factors: [.init(operand: place, positions: whole)])
      })
    if offset != 0 { sum.terms.append(.init(coefficient: offset, factors: [])) }
    return try builder.sum(
      sum, terms.map(\.view), name: site.name, fractionalBits: site.value.bits + bits)
  }
}

extension FormGraph {
  /// The fractional bits of a constant that is divided; nil for what is no constant.
  func numeratorBits(_ id: ValueID) -> Int? {
    guard let constant = constants[id] else { return nil }
    return min(
      FixedPoint.fractionalBits(
        magnitude: constant.greatestMagnitude,
        limit: Double(CompileOptions.activationRange.upperBound)) ?? CompileOptions.bitsOfZero,
      FormScaleSolver.maximalBits / 2)
  }
}

// Quotients and roots.
extension Realiser {
  mutating func quotient(
    _ a: FormRead, _ b: FormRead, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let (top, bottom) = (
      graph.numeratorBits(node.operands[a.operand]) ?? plan[node.operands[a.operand]].bits,
      plan[node.operands[b.operand]].bits
    )
    let shift = site.value.bits - top + bottom
    var divisor = try read(b, node, site)
    let isSigned = divisor.range.lowerBound < 0
    divisor = try affine(divisor, times: 1 << max(-shift, 0), bits: bottom - min(shift, 0), site)
    return try instantiate(
      isSigned ? "signed_quotient" : "quotient",
      [try read(a, node, site, constantBits: top), divisor], site,
      ["shift": max(shift, 0), "width": site.value.range.width])
  }

  mutating func root(
    _ a: FormRead, _ isInverse: Bool, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let bits = plan[node.operands[a.operand]].bits
    let x = try read(a, node, site)
    let power = 2 * site.value.bits + (isInverse ? bits : -bits)
    guard power >= 0 else {
      throw CircuitLanguageError("the root of a value of too many bits", instance: site.name)
    }
    if !isInverse { return try instantiate("square_root", [x], site, ["power": power]) }
    return try instantiate(
      "inverse_root", [try positive(x, bits: bits, site)], site,
      ["power": power, "width": site.value.range.width])
  }

  /// What is not above zero becomes one unit, as the variance of a row of equal elements: max(x − 1, 0) + 1.
  private mutating func positive(
    _ x: TensorView, bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    guard x.range.lowerBound < 1, x.isLinear else { return x }
    var inner = site.part("positive")
    inner.value = .init(bits: bits, range: x.range)
    let above = try relu(try affine(x, times: 1, plus: -1, bits: bits, inner), inner)
    return try affine(above, times: 1, plus: 1, bits: bits, inner)
  }
}

/// A slope as a fraction of 15 bits, in lowest terms. That of −1 is a little less steep, as 16 bits do
/// not hold the negative of the least number that they hold.
struct Slope {
  var numerator: Int
  var denominatorBits = CompileOptions.slopeBits

  init(_ slope: Double) {
    numerator = max(-32767, Int((slope * 32768).rounded()))
    while denominatorBits > 0, numerator % 2 == 0 {
      numerator /= 2
      denominatorBits -= 1
    }
  }
}
