import CircuitLanguage
import ConstraintSystem
import Equations

// Functions of one value, quotients and roots.
extension Realiser {
  mutating func apply(
    _ form: ApplyForm, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let x = try read(form.argument, node, site)
    if form.isRelu { return try instantiate("relu", [x], site) }
    if let slopes = form.slopes, slopes.above == 1 {
      let slope = Slope(slopes.below)
      return try builder.apply(
        TableRequest("leaky_relu", parameters: [slope.numerator, slope.denominatorBits]), x,
        name: site.name, fractionalBits: site.value.bits)
    }
    if let bounds = form.bounds {
      let limits = [bounds.lowerBound, bounds.upperBound].map {
        FixedPoint.bound($0, fractionalBits: site.value.bits)
      }
      return try builder.apply(
        TableRequest("clip", parameters: limits), x, name: site.name,
        fractionalBits: site.value.bits)
    }
    throw CircuitLanguageError("this function has no table", instance: site.name)
  }

  mutating func quotient(
    _ a: FormRead, _ b: FormRead, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let (top, bottom) = (plan[node.operands[a.operand]].bits, plan[node.operands[b.operand]].bits)
    let shift = site.value.bits - top + bottom
    var divisor = try read(b, node, site)
    divisor = try affine(divisor, times: 1 << max(-shift, 0), bits: bottom - min(shift, 0), site)
    return try instantiate(
      "quotient", [try read(a, node, site), divisor], site,
      ["shift": max(shift, 0), "width": site.value.range.width])
  }

  mutating func root(
    _ a: FormRead, _ isInverse: Bool, _ node: FormGraph.Node, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    throw CircuitLanguageError("roots have no circuit", instance: site.name)
  }
}

/// A slope as a fraction of 15 bits, in lowest terms. That of −1 is a little less steep, as 16 bits do
/// not hold the negative of the least number that they hold.
struct Slope {
  var numerator: Int
  var denominatorBits = 15

  init(_ slope: Double) {
    numerator = max(-32767, Int((slope * 32768).rounded()))
    while denominatorBits > 0, numerator % 2 == 0 {
      numerator /= 2
      denominatorBits -= 1
    }
  }
}
