extension ConstraintSystem {
  /// Whether every element of the tensor is read. As no index occurs in two positions, it is enough
  /// that each position runs through its axis.
  package func covers(_ read: TensorRead, _ indices: [StatementIndex]) -> Bool {
    for (position, size) in zip(read.positions, tensors[read.tensor].shape) {
      var low = position.constant
      var length = 1
      for term in position.termsByMagnitude {
        let last = indices[term.index].size - 1
        // A step that is longer than what has been covered so far leaves gaps.
        guard last == 0 || term.coefficient.magnitude <= UInt(length) else { return false }
        length += Int(term.coefficient.magnitude) * last
        if term.coefficient < 0 { low += term.coefficient * last }
      }
      guard low <= 0, low + length >= size else { return false }
    }
    return true
  }
}
