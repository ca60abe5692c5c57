/// The greatest difference between values that belong together; infinite where one of them is no
/// number, or is missing.
public func largestDifference<Value: BinaryFloatingPoint>(
  _ left: [Value], _ right: [Double]
) -> Double {
  guard left.count == right.count else { return .infinity }
  return zip(left, right).reduce(0) { largest, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
}
