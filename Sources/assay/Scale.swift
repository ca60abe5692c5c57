import CommandSupport
import Compiler

/// What a tensor's scale holds, in real numbers.
struct Scale {
  let limits: ClosedRange<Double>
  let unit: Double

  init(_ port: ModelInterface.Port) {
    limits = port.limits
    unit = FixedPoint.real(1, fractionalBits: port.fractionalBits)
  }

  var text: String {
    "\(Quantity.text(limits.lowerBound)) to \(Quantity.text(limits.upperBound)) in steps of "
      + Quantity.text(unit, digits: 2)
  }
}
