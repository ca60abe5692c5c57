import ConstraintSystem

// Shape operations: other views of the same tensors. Where indexing can not say it, a copy is
// committed, which costs its cells and an equality.
extension CircuitBuilder {
  /// The same values in the same order under another shape.
  public mutating func reshape(
    _ view: TensorView, to shape: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    guard shape.allSatisfy({ $0 >= 1 }), shape.reduce(1, *) == view.count else {
      throw CircuitLanguageError("can not reshape \(view.shape) to \(shape)", instance: name)
    }
    if let result = reshaped(view, to: shape) { return result }
    let flat = try materialised(view, name: name, shape: [view.count])
    return reshaped(flat, to: shape) ?? flat
  }

  /// Axis i of the result is axis permutation[i] of the view.
  public mutating func transpose(
    _ view: TensorView, _ permutation: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    guard permutation.sorted() == Array(view.shape.indices) else {
      throw CircuitLanguageError("\(permutation) is not an order of the axes", instance: name)
    }
    var result = derived(view)
    result.shape = permutation.map { view.shape[$0] }
    result.axes = permutation.map { view.axes[$0] }
    return result
  }

  /// `count` elements of an axis, from `start` on in steps of `step`, which may be negative.
  public mutating func slice(
    _ view: TensorView, axis: Int, start: Int, count: Int, step: Int = 1, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    guard view.shape.indices.contains(axis), count >= 1 else {
      throw CircuitLanguageError("can not take \(count) elements of axis \(axis)", instance: name)
    }
    let last = start + (count - 1) * step
    guard (0..<view.shape[axis]).contains(start), (0..<view.shape[axis]).contains(last) else {
      throw CircuitLanguageError(
        "slice \(start)...\(last) leaves the axis of size \(view.shape[axis])", instance: name)
    }
    if start == 0, count == view.shape[axis], step == 1 { return view }
    var source = view
    var scale = 1
    if view.significantDigits(of: axis).count > 1 {
      // Whole blocks of the digits after the first can be cut off the first.
      let block = view.shape[axis] / view.digits[view.significantDigits(of: axis)[0]]
      if step == 1, start % block == 0, count % block == 0 {
        scale = block
      } else {
        source = try materialised(view, name: name)
      }
    }
    guard let digit = source.significantDigits(of: axis).first ?? source.axes[axis].last else {
      return view
    }
    var result = substituting(source, digit: digit, size: count / scale) { old in
      AffineIndex(constant: start / scale).adding(old, times: step)
    }
    result.shape[axis] = count
    return result
  }

  /// The views one after the other along an axis.
  public mutating func concat(
    _ views: [TensorView], axis: Int, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    guard let first = views.first, first.shape.indices.contains(axis),
      views.allSatisfy({ $0.shape.count == first.shape.count })
    else { throw CircuitLanguageError("nothing to concatenate along \(axis)", instance: name) }
    let size = views.reduce(0) { $0 + $1.shape[axis] }
    var offset = 0
    var result: TensorView?
    for view in views {
      var shape = view.shape
      shape[axis] = size
      var before = [Int](repeating: 0, count: shape.count)
      before[axis] = offset
      var after = before
      after[axis] = size - offset - view.shape[axis]
      let padded = try pad(view, before: before, after: after, name: name)
      if var sum = result.take() {
        try add(padded, to: &sum, name: name)
        result = consume sum
      } else {
        result = padded
      }
      offset += view.shape[axis]
    }
    return result ?? first
  }

  /// The view with zeros around it.
  public mutating func pad(
    _ view: TensorView, before: [Int], after: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    guard before.count == view.shape.count, after.count == view.shape.count,
      (before + after).allSatisfy({ $0 >= 0 })
    else {
      throw CircuitLanguageError("the padding does not fit \(view.shape)", instance: name)
    }
    var result = view
    for axis in view.shape.indices where before[axis] + after[axis] > 0 {
      let size = result.shape[axis] + before[axis] + after[axis]
      let bounds = -before[axis]...result.shape[axis] + after[axis] - 1
      var digit = result.soleDigit(of: axis)
      if let sole = digit, !isZero(result, outside: sole, within: bounds) { digit = nil }
      if digit == nil {
        result = try materialised(result, name: name)
        digit = result.soleDigit(of: axis)
      }
      guard let digit else { continue }
      let offset = before[axis]
      result = substituting(result, digit: digit, size: size) { old in
        AffineIndex(constant: -offset).adding(old, times: 1)
      }
      result.shape[axis] = size
      result.range = min(0, result.range.lowerBound)...max(0, result.range.upperBound)
    }
    return result
  }

  /// The view repeated to a larger shape: axes are matched from the last one on, and an axis of
  /// size 1 or a missing one is repeated.
  public mutating func broadcast(
    _ view: TensorView, to shape: [Int], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    let missing = shape.count - view.shape.count
    guard missing >= 0,
      zip(shape[missing...], view.shape).allSatisfy({ $0 == $1 || $1 == 1 }),
      shape.allSatisfy({ $0 >= 1 })
    else {
      throw CircuitLanguageError("can not repeat \(view.shape) to \(shape)", instance: name)
    }
    if view.shape == shape { return view }
    var result = derived(view)
    for digit in view.digits.indices where isRepeated(view, digit, shape, missing) {
      result = substituting(result, digit: digit, size: 1) { _ in AffineIndex() }
    }
    result.shape = shape
    result.axes = [[Int]](repeating: [], count: missing) + result.axes
    for axis in shape.indices where axis < missing || view.shape[axis - missing] != shape[axis] {
      result.axes[axis] = [insertDigit(shape[axis], in: &result)]
    }
    return result
  }

  /// The view's values in a committed tensor of their own.
  public mutating func copy(
    _ view: TensorView, name: String
  ) throws(CircuitLanguageError) -> TensorView {
    do {
      return try accounting(name: name, circuit: "copy") {
        (builder: inout CircuitBuilder) throws(CircuitLanguageError) in
        try builder.materialised(view, name: name)
      }
    } catch {
      throw error.inInstance(name)
    }
  }

  /// Makes the view an output, which is a tensor of its own under this name, seen by the verifier or
  /// committed with the witness.
  ///
  /// - Returns: the index of the tensor.
  public mutating func markOutput(
    _ view: TensorView, name: String, isPublic: Bool = true
  ) throws(CircuitLanguageError) -> Int {
    var result = view.tensor ?? -1
    if result < 0 || system.tensors[result].role != .witness
      || system.tensors[result].shape != view.shape
    {
      let copied = try copy(view, name: name)
      result = copied.tensor ?? -1
    }
    system.tensors[result].role = isPublic ? .publicOutput : .privateOutput
    system.tensors[result].name = name
    system.tensors[result].fractionalBits = view.fractionalBits
    return result
  }
}
