import CircuitLanguage
import ConstraintSystem
import Equations

// Quotients that are integers.
extension Realiser {
  mutating func division(
    _ form: DivisionForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let scales = graph.divisionScales(form, node) { plan[$0] }
    if scales.range.count == 1 { return try number(scales.range.lowerBound, site) }
    guard let divisor = scales.divisor else { return try quotient(form, scales, node, site) }
    // A quotient that is rounded up is the negative of one that is rounded down.
    let isTurned = form.result == .ceiling
    let sign = (divisor < 0) == isTurned ? 1 : -1
    let x = try aligned(form.argument, node, sign, scales.argumentBits, to: scales.bits, site)
    let parameters = ["divisor": abs(divisor), "width": width(form, scales)]
    switch form.result {
    case .floor: return try divided("floored", x, abs(divisor), parameters, site)
    case .truncated: return try divided("truncated", x, abs(divisor), parameters, site)
    case .remainder:
      if scales.range == scales.argument { return x }
      let moved = try affine(x, times: 1, plus: -form.least, bits: 0, site)
      let left = try instantiate("remainder", [moved], site, parameters)
      return try affine(left, times: 1, plus: form.least, bits: 0, site)
    case .ceiling:
      let below = try divided("floored", x, abs(divisor), parameters, site)
      return try affine(below, times: -1, bits: 0, site)
    }
  }

  /// The bits of the quotient; of one that is negated there is one number more.
  private func width(_ form: DivisionForm, _ scales: DivisionScales) -> Int {
    guard form.result == .remainder, let divisor = scales.divisor else {
      return scales.range.upperBound.signedWidth + (form.result == .ceiling ? 1 : 0)
    }
    let ends = [scales.argument.lowerBound, scales.argument.upperBound].map { $0 - form.least }
    return 1 + (ends.map { ($0 / divisor).signedWidth }.max() ?? 1)
  }

  private mutating func divided(
    _ circuit: String, _ x: TensorView, _ divisor: Int, _ parameters: [String: Int], _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    divisor == 1 ? x : try instantiate(circuit, [x], site, parameters)
  }

  /// A quotient by a tensor.
  private mutating func quotient(
    _ form: DivisionForm, _ scales: DivisionScales, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    guard let read = form.divisor, form.result != .remainder else {
      throw CircuitLanguageError("what a tensor leaves is a sum", instance: site.name)
    }
    let sign = form.result == .ceiling ? -1 : 1
    let x = try aligned(form.argument, node, sign, scales.argumentBits, to: scales.bits, site)
    var divisor = try aligned(read, node, 1, scales.divisorBits, to: scales.bits, site)
    if graph.constants[node.operands[read.operand]] != nil {
      divisor = try builder.copy(divisor, name: "\(site.name).divisor")
    }
    let quotient = try instantiate(
      divisor.range.lowerBound < 0 ? "signed_floor_quotient" : "floor_quotient", [x, divisor], site,
      ["truncated": form.result == .truncated ? 1 : 0, "width": width(form, scales)])
    return try affine(quotient, times: sign, bits: 0, site)
  }

  /// An operand of some bits, or its negative, at the bits that both have.
  private mutating func aligned(
    _ operand: FormRead, _ node: FormGraph.Node, _ sign: Int, _ bits: Int, to common: Int,
    _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let view = try read(operand, node, site, constantBits: bits)
    return try affine(view, times: sign << (common - bits), bits: common, site)
  }

  /// One number everywhere.
  private mutating func number(
    _ value: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    try builder.sum(
      ViewSum(
        indices: Self.indices(site.shape), domainRank: site.shape.count,
        terms: [.init(coefficient: value, factors: [])]),
      [], name: site.name, fractionalBits: 0)
  }
}
