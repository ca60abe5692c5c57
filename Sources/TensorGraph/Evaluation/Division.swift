extension Tensor {
  /// The elementwise quotient, broadcast by numpy's rule. Reals divided by zero are infinite or not a
  /// number; integers divide towards zero, and a zero divisor of them, or a quotient beyond 64 bits,
  /// is an error.
  public func divided(by divisor: Tensor) throws(GraphError) -> Tensor {
    let target = try Shape.broadcast(shape, divisor.shape)
    _ = try Shape.elementCount(target)
    switch (elements, divisor.elements) {
    case (.real(let left), .real(let right)):
      let quotients = broadcastMap(left, shape, right, divisor.shape, to: target, /)
      return Tensor(derived: target, .real(quotients))
    case (.integer(let left), .integer(let right)):
      var failed = false
      let quotients = broadcastMap(left, shape, right, divisor.shape, to: target) {
        let (quotient, overflow) = $0.dividedReportingOverflow(by: $1)
        failed = failed || overflow
        return quotient
      }
      guard !failed else {
        throw GraphError(.value, "a division of integers by zero, or out of range")
      }
      return Tensor(derived: target, .integer(quotients))
    default:
      throw GraphError(.elementType, "a division mixes reals and integers")
    }
  }
}
