import ConstraintSystem
import Evaluation
import TensorGraph

extension ViewStep {
  /// The operands' elements, moved, on all threads: what `apply` gives. A reshape copies nothing.
  ///
  /// Throws what `outputShape` throws, and `.elementType` for operands of two element types.
  public func result(on operands: [Tensor]) throws(GraphError) -> Tensor {
    let shape = try outputShape(operands.map(\.shape))
    let integers = operands.compactMap(\.integers)
    guard integers.isEmpty || integers.count == operands.count else {
      throw GraphError(.elementType, "operands of integers and of reals are joined")
    }
    if case .reshape = self { return try Tensor(shape: shape, operands[0].elements) }
    if case .concatenate(let axis) = self {
      let shapes = operands.map(\.shape)
      guard integers.isEmpty else {
        return try Tensor(shape: shape, integer: Self.joined(integers, shapes, axis))
      }
      return try Tensor(shape: shape, real: Self.joined(operands.map(\.reals), shapes, axis))
    }
    return try moved(operands[0], to: shape)
  }

  /// The operands' elements in double precision, moved, as `result` moves them.
  ///
  /// Throws what `outputShape` throws.
  package func doubles(on operands: [EquationOperand]) throws(GraphError) -> [Double] {
    let shapes = operands.map(\.shape)
    let shape = try outputShape(shapes)
    if case .reshape = self { return operands[0].doubles }
    if case .concatenate(let axis) = self {
      return Self.joined(operands.map(\.doubles), shapes, axis)
    }
    let read = TensorRead(tensor: 0, positions: positions(of: shapes[0]))
    let copy = CopiedRead(read: read, source: shapes[0], target: shape)
    return try copy.elements(of: operands[0].doubles) { read, from, to throws(MalformedRead) in
      try StridedCopy.run(read, shape: copy.source, indices: copy.indices, from: from, to: to)
    }
  }

  private func moved(_ operand: Tensor, to shape: [Int]) throws(GraphError) -> Tensor {
    let read = TensorRead(tensor: 0, positions: positions(of: operand.shape))
    let copy = CopiedRead(read: read, source: operand.shape, target: shape)
    switch operand.elements {
    case .real(let values):
      return try Tensor(
        shape: shape,
        real: copy.elements(of: values) { read, from, to throws(MalformedRead) in
          try StridedCopy.run(
            read, shape: copy.source, indices: copy.indices, from: from, to: to)
        })
    case .integer(let values):
      return try Tensor(
        shape: shape,
        integer: copy.elements(of: values) { read, from, to throws(MalformedRead) in
          try StridedCopy.run(
            read, shape: copy.source, indices: copy.indices, from: from, to: to)
        })
    }
  }

  /// Where each axis of the one operand is read, in terms of the result's axes.
  private func positions(of shape: [Int]) -> [AffineIndex] {
    switch self {
    case .reshape, .concatenate: return shape.indices.map { AffineIndex(index: $0) }
    case .transpose(let permutation):
      var result = shape.indices.map { AffineIndex(index: $0) }
      for (place, axis) in permutation.enumerated() { result[axis] = AffineIndex(index: place) }
      return result
    case .slice(let slices):
      return slices.enumerated().map { axis, slice in
        AffineIndex(
          constant: slice.start, terms: [.init(index: axis, coefficient: slice.step)])
      }
    case .pad(let before, _):
      return before.enumerated().map { axis, count in
        AffineIndex(constant: -count, terms: [.init(index: axis, coefficient: 1)])
      }
    case .broadcast(let target):
      return shape.indices.map { axis in
        shape[axis] == 1
          ? AffineIndex() : AffineIndex(index: target.count - shape.count + axis)
      }
    }
  }

  private static func joined<Element>(
    _ operands: [[Element]], _ shapes: [[Int]], _ axis: Int
  ) -> [Element] {
    let blocks = shapes[0].prefix(axis).reduce(1, *)
    let lengths = shapes.map { $0.dropFirst(axis).reduce(1, *) }
    var result: [Element] = []
    result.reserveCapacity(operands.reduce(0) { $0 + $1.count })
    for block in 0..<blocks {
      for (operand, length) in zip(operands, lengths) {
        result += operand[block * length..<(block + 1) * length]
      }
    }
    return result
  }
}

/// A read that is copied over a whole shape.
private struct CopiedRead {
  let read: TensorRead
  let source: [Int]
  let target: [Int]

  var indices: [StatementIndex] {
    target.enumerated().map { StatementIndex(name: "axis \($0.offset)", size: $0.element) }
  }

  func elements<Element>(
    of values: [Element],
    _ copy: (TensorRead, UnsafePointer<Element>, UnsafeMutablePointer<Element>)
      throws(MalformedRead) -> Void
  ) throws(GraphError) -> [Element] where Element: Numeric {
    let count = target.reduce(1, *)
    // Nothing is read from an operand without elements: the result is padding.
    guard count > 0, !values.isEmpty else { return Array(repeating: .zero, count: count) }
    var failure: MalformedRead?
    let result = [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
      values.withUnsafeBufferPointer { values in
        guard let from = values.baseAddress, let to = buffer.baseAddress else { return }
        do throws(MalformedRead) {
          try copy(read, from, to)
          initialized = count
        } catch { failure = error }
      }
    }
    if let failure { throw GraphError(.structure, failure.reason) }
    return result
  }
}
