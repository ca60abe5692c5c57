import CommandSupport
import Compiler
import ConstraintSystem

/// What a tensor's scale holds, in real numbers.
struct Scale {
  let limits: ClosedRange<Double>
  let unit: Double

  init(_ port: ModelInterface.Port) {
    isOrdered = port.fractionalBits == SingleOrder.scale
    limits = port.limits
    unit = FixedPoint.real(1, fractionalBits: port.fractionalBits)
  }

  private let isOrdered: Bool

  var text: String {
    if isOrdered { return "every number of float32, exactly" }
    return "\(Quantity.text(limits.lowerBound)) to \(Quantity.text(limits.upperBound)) in steps of "
      + Quantity.text(unit, digits: 2)
  }
}
