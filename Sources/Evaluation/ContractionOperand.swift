import ConstraintSystem

/// A factor of a contraction, as a matrix of doubles over some of its indices.
struct ContractionOperand: Sendable {
  private struct Part: Sendable {
    var coefficient: Double
    var plan: GatherPlan
  }

  private let constant: Double
  private let parts: [Part]
  private let tensors: TensorSources

  /// `space` lists the indices of the matrix, those of the rows before those of the columns.
  init(
    _ factor: ContractionFactor, space: [Int], indices: [StatementIndex], tensors: TensorSources
  ) throws(MalformedRead) {
    constant = factor.constant
    self.tensors = tensors
    var parts: [Part] = []
    for term in factor.terms {
      let shape = tensors.shape(of: term.read.tensor) ?? []
      let read = try StridedRead(term.read, shape: shape, indices: indices)
      parts.append(
        Part(
          coefficient: term.coefficient,
          plan: GatherPlan(read, space: space, indices: indices)))
    }
    self.parts = parts
  }

  /// An estimate of the time that gathering one element takes.
  var costPerElement: Double { parts.reduce(0) { $0 + $1.plan.costPerValue } }

  /// Writes the elements at the row-major positions `start`..<`start` + `count` of the matrix, the
  /// indices that are not its own having the values `fixed`.
  func gather(
    fixed: UnsafePointer<Int>, start: Int, count: Int, into target: UnsafeMutablePointer<Double>
  ) {
    if parts.count == 1, constant == 0, parts[0].coefficient == 1 {
      tensors.gather(
        parts[0].plan, outside: 0, fixed: fixed, start: start, count: count, into: target)
      return
    }
    target.update(repeating: constant, count: count)
    let block = ExpressionBlock.size
    withUnsafeTemporaryAllocation(of: Double.self, capacity: block) { scratch in
      guard let values = scratch.baseAddress else { return }
      for part in parts {
        for first in stride(from: 0, to: count, by: block) {
          let length = min(block, count - first)
          tensors.gather(
            part.plan, outside: 0, fixed: fixed, start: start + first, count: length, into: values)
          for i in 0..<length { target[first + i] += part.coefficient * values[i] }
        }
      }
    }
  }
}
