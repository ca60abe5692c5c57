import ConstraintSystem

extension CircuitBuilder {
  /// A view that is to be changed: another one than it was.
  mutating func derived(_ view: TensorView) -> TensorView {
    var result = view
    result.identity = freshIdentity()
    result.tensor = nil
    return result
  }

  /// The view with a digit replaced by a function of a digit of another size.
  mutating func substituting(
    _ view: TensorView, digit: Int, size: Int, _ value: (AffineIndex) -> AffineIndex
  ) -> TensorView {
    var result = derived(view)
    result.digits[digit] = size
    var values = (0..<view.digits.count + view.summed.count).map { AffineIndex(index: $0) }
    values[digit] = value(values[digit])
    let substitution = IndexSubstitution(values: values)
    result.terms = view.terms.map(substitution.apply)
    return result
  }

  /// Adds a digit that nothing reads yet.
  func insertDigit(_ size: Int, in view: inout TensorView) -> Int {
    let digit = view.digits.count
    view.digits.append(size)
    let values = (0..<digit + view.summed.count).map {
      AffineIndex(index: $0 < digit ? $0 : $0 + 1)
    }
    let substitution = IndexSubstitution(values: values)
    view.terms = view.terms.map(substitution.apply)
    return digit
  }

  func isRepeated(_ view: TensorView, _ digit: Int, _ shape: [Int], _ missing: Int) -> Bool {
    view.axes.indices.contains { axis in
      view.axes[axis].contains(digit) && view.shape[axis] != shape[axis + missing]
    }
  }

  /// Of how many reads a view may be whose digits are split: then what may be outside of its tensor
  /// does not show at one index, and the bounds of all reads add up.
  private static let maximumSplitReads = 16

  /// The view under another shape, or nil when the axes do not split where its digits do, or would
  /// take digits of too many reads apart.
  mutating func reshaped(_ view: TensorView, to shape: [Int]) -> TensorView? {
    var result = derived(view)
    result.shape = shape
    result.tensor = view.tensor
    let order = view.axes.flatMap { $0 }
    // Digits still to be given out, the most significant last.
    var pending = order.filter { view.digits[$0] > 1 }.reversed() as [Int]
    var unused = order.filter { view.digits[$0] == 1 }
    result.axes = []
    for size in shape {
      if size == 1 {
        result.axes.append(unused.isEmpty ? [] : [unused.removeFirst()])
      } else {
        guard let axis = takeDigits(size, from: &pending, of: &result) else { return nil }
        result.axes.append(axis)
      }
    }
    for digit in unused {
      let dropped = substituting(result, digit: digit, size: 1) { _ in AffineIndex() }
      result.terms = dropped.terms
    }
    return result
  }

  /// Takes digits for an axis of the size, the last of which may have to be split in two.
  private mutating func takeDigits(
    _ size: Int, from pending: inout [Int], of view: inout TensorView
  ) -> [Int]? {
    var axis: [Int] = []
    var rest = size
    while rest > 1 {
      guard let digit = pending.popLast() else { return nil }
      axis.append(digit)
      let have = view.digits[digit]
      if rest % have == 0 {
        rest /= have
        continue
      }
      guard have % rest == 0, view.terms.count <= Self.maximumSplitReads else { return nil }
      let factor = have / rest
      let low = insertDigit(factor, in: &view)
      let split = substituting(view, digit: digit, size: rest) { old in
        AffineIndex().adding(old, times: factor).adding(AffineIndex(index: low), times: 1)
      }
      view.terms = split.terms
      view.digits = split.digits
      pending.append(low)
      rest = 1
    }
    return axis
  }

  /// A committed copy with one digit an axis.
  mutating func materialised(
    _ view: TensorView, name: String, shape: [Int]? = nil
  ) throws(CircuitLanguageError) -> TensorView {
    let shape = shape ?? view.shape
    try charge(view)
    // A copy is made whatever is chosen.
    let outer = capture
    capture = nil
    defer { capture = outer }
    let (indices, substitution) = view.inOrder
    let rank = indices.count - view.summed.count
    let terms = view.terms.map(substitution.apply)
    let tensor = addWitness(
      name: name, shape: shape, range: view.range, fractionalBits: view.fractionalBits)
    addStep(.init(name: name, target: tensor, indices: indices, computation: .sumOfProducts(terms)))
    let positions = try copyPositions(view, shape: shape, name: name)
    let read = TensorRead(tensor: tensor, positions: positions)
    try addEquality(
      Equality(
        name: name + " (copy)", indices: indices, domainRank: rank,
        terms: [.init(coefficient: -1, factors: [LinearExpression(read)])] + terms))
    return TensorView(
      tensor: tensor, declaration: system.tensors[tensor], identity: freshIdentity())
  }

  /// Where the copy holds the element at the view's digits: either axis for axis, or all in one.
  func copyPositions(
    _ view: TensorView, shape: [Int], name: String
  ) throws(CircuitLanguageError) -> [AffineIndex] {
    var place = 0
    let groups = shape == view.shape ? view.axes : [view.axes.flatMap { $0 }]
    return groups.map { group in
      var position = AffineIndex()
      var weight = group.reduce(1) { $0 * view.digits[$1] }
      for digit in group {
        weight /= view.digits[digit]
        position = position.adding(AffineIndex(index: place), times: weight)
        place += 1
      }
      return position
    }
  }

  /// Adds a view of the same shape; at most one of both is not zero at each position.
  mutating func add(
    _ view: TensorView, to a: inout TensorView, name: String
  ) throws(CircuitLanguageError) {
    guard a.shape == view.shape else {
      throw CircuitLanguageError(
        "the shapes \(a.shape) and \(view.shape) do not fit", instance: name)
    }
    try charge(view)
    var b = view
    if a.digitSizes != b.digitSizes {
      // Whichever is split in another way gets whole axes; then both have one digit an axis.
      if a.digitSizes.contains(where: { $0.count != 1 }) { a = try materialised(a, name: name) }
      if b.digitSizes.contains(where: { $0.count != 1 }) { b = try materialised(b, name: name) }
    }
    a.identity = freshIdentity()
    a.tensor = nil
    var values = [AffineIndex](repeating: AffineIndex(), count: b.digits.count)
    for (mine, theirs) in zip(a.axes, b.axes) {
      for (digit, other) in zip(mine, theirs) { values[other] = AffineIndex(index: digit) }
    }
    let base = a.digits.count + a.summed.count
    values += b.summed.indices.map { AffineIndex(index: base + $0) }
    let substitution = IndexSubstitution(values: values)
    a.terms += b.terms.map(substitution.apply)
    a.summed += b.summed
    a.isVirtual = a.isVirtual || b.isVirtual
    a.range =
      min(a.range.lowerBound, b.range.lowerBound)...max(a.range.upperBound, b.range.upperBound)
  }
}

extension TensorView {
  /// The digits in the order of the axes, followed by the summed indices, as the indices of a
  /// statement, and what stands for the view's own in them.
  var inOrder: (indices: [StatementIndex], substitution: IndexSubstitution) {
    let order = axes.flatMap { $0 }
    var values = [AffineIndex](repeating: AffineIndex(), count: digits.count)
    for (place, digit) in order.enumerated() { values[digit] = AffineIndex(index: place) }
    values += summed.indices.map { AffineIndex(index: order.count + $0) }
    let indices = (order.map { digits[$0] } + summed).enumerated().map {
      StatementIndex(name: "i\($0.offset)", size: $0.element)
    }
    return (indices, IndexSubstitution(values: values))
  }

  /// The sizes of the digits of each axis.
  var digitSizes: [[Int]] { axes.map { $0.map { digits[$0] } } }
}
