import Witness

/// The greatest difference between fixed-point values and what they approximate.
func maximalDifference(
  _ values: IntegerBuffer, _ fractionalBits: Int, _ reference: [Float]
) -> Double {
  let unit = FixedPoint.real(1, fractionalBits: fractionalBits)
  return values.withInt64 { integers in
    zip(integers, reference).reduce(0) { max($0, abs(Double($1.0) * unit - Double($1.1))) }
  }
}
