import Evaluation
import TensorGraph

/// What an equation reads: elements of single or double precision, or integers.
package struct EquationOperand: Sendable {
  private enum Elements: Sendable {
    case single([Float])
    case double([Double])
    case integer([Int64])
  }

  package let shape: [Int]
  private let elements: Elements

  /// A tensor's elements.
  package init(_ tensor: Tensor) {
    shape = tensor.shape
    switch tensor.elements {
    case .real(let values): elements = .single(values)
    case .integer(let values): elements = .integer(values)
    }
  }

  /// Reals in double precision, row-major.
  ///
  /// Throws `.shape` unless there are as many as the shape says.
  package init(shape: [Int], doubles: [Double]) throws(GraphError) {
    guard try Shape.elementCount(shape) == doubles.count else {
      throw GraphError(
        .shape, "\(doubles.count) elements do not fill a tensor of shape \(shape)")
    }
    self.shape = shape
    elements = .double(doubles)
  }

  /// The elements in double precision; integers beyond 2^53 are rounded.
  package var doubles: [Double] {
    switch elements {
    case .single(let values): values.map(Double.init)
    case .double(let values): values
    case .integer(let values): values.map(Double.init)
    }
  }

  /// Calls `body` with where the elements are, which is nowhere if there are none.
  fileprivate func withElements<Result>(
    _ body: (ElementPointer?) throws(EquationFailure) -> Result
  ) throws(EquationFailure) -> Result {
    switch elements {
    case .single(let values):
      try values.withUnsafeBufferPointer { values throws(EquationFailure) in
        try body(values.baseAddress.map { .float($0) })
      }
    case .double(let values):
      try values.withUnsafeBufferPointer { values throws(EquationFailure) in
        try body(values.baseAddress.map { .double($0) })
      }
    case .integer(let values):
      try values.withUnsafeBufferPointer { values throws(EquationFailure) in
        try body(values.baseAddress.map { .int64($0) })
      }
    }
  }
}

extension [EquationOperand] {
  /// Calls `body` with the operands as the machine reads them, by their places in the list.
  func withSources<Result>(
    _ body: (TensorSources) throws(EquationFailure) -> Result
  ) throws(EquationFailure) -> Result {
    try withSources(TensorSources(), body)
  }

  private func withSources<Result>(
    _ sources: TensorSources, _ body: (TensorSources) throws(EquationFailure) -> Result
  ) throws(EquationFailure) -> Result {
    guard sources.count < count else { return try body(sources) }
    let operand = self[sources.count]
    return try operand.withElements { pointer throws(EquationFailure) in
      var more = sources
      _ = more.append(shape: operand.shape, pointer)
      return try withSources(more, body)
    }
  }
}
