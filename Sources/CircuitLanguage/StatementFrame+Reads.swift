import ConstraintSystem

extension TensorView {
  /// The digit of an axis that is not split, if there is one.
  func soleDigit(of axis: Int) -> Int? {
    let significant = significantDigits(of: axis)
    return significant.isEmpty ? axes[axis].last : significant.count == 1 ? significant[0] : nil
  }
}

extension CircuitBuilder {
  func declaration(_ tensor: Int) -> TensorDeclaration {
    tensor < Self.temporaryBase
      ? system.tensors[tensor] : program.temporaries[tensor - Self.temporaryBase]
  }

  /// Whether the view's terms are zero where the digit lies within the bounds but not within its
  /// size.
  func isZero(_ view: TensorView, outside digit: Int, within bounds: ClosedRange<Int>) -> Bool {
    var outside: [ClosedRange<Int>] = []
    if bounds.lowerBound < 0 { outside.append(bounds.lowerBound...min(-1, bounds.upperBound)) }
    let size = view.digits[digit]
    if bounds.upperBound >= size {
      outside.append(max(size, bounds.lowerBound)...bounds.upperBound)
    }
    return outside.allSatisfy { values in
      view.terms.allSatisfy { term in
        term.factors.contains { factor in
          factor.constant == 0
            && factor.terms.allSatisfy { leaves($0.read, digit, values, view) }
        }
      }
    }
  }

  /// Whether the read lies outside of its tensor for all values of the digit.
  private func leaves(
    _ read: TensorRead, _ digit: Int, _ values: ClosedRange<Int>, _ view: TensorView
  ) -> Bool {
    let shape = declaration(read.tensor).shape
    for (position, size) in zip(read.positions, shape) {
      guard position.terms.contains(where: { $0.index == digit }) else { continue }
      var (low, high) = (position.constant, position.constant)
      for term in position.terms {
        let last =
          term.index < view.digits.count
          ? view.digits[term.index] - 1 : view.summed[term.index - view.digits.count] - 1
        let range = term.index == digit ? values : 0...last
        let ends = [range.lowerBound * term.coefficient, range.upperBound * term.coefficient]
        low += min(ends[0], ends[1])
        high += max(ends[0], ends[1])
      }
      if high < 0 || low >= size { return true }
    }
    return false
  }
}

extension StatementFrame {
  /// The digits of a view as functions of the statement's indices.
  private func digitValues(
    _ view: TensorView, _ use: ReadUse
  ) throws(CircuitLanguageError) -> [AffineIndex] {
    var values = [AffineIndex](repeating: AffineIndex(), count: view.digits.count)
    for (axis, position) in use.positions.enumerated() {
      if let chain = space.chain(position, size: view.shape[axis]) {
        assign(chain, axis, view, &values)
      } else if let digit = view.soleDigit(of: axis) {
        values[digit] = try affine(position)
      }
    }
    return values
  }

  /// A position in terms of the statement's indices.
  func affine(_ position: AffineIndex) throws(CircuitLanguageError) -> AffineIndex {
    var result = AffineIndex(constant: position.constant)
    for term in position.terms {
      let entry = space.entries[term.index]
      result.constant += term.coefficient * entry.lower
      for part in entry.parts {
        result = result.adding(AffineIndex(index: part.index), times: term.coefficient * part.place)
      }
    }
    return try result.moderate()
  }

  private func assign(
    _ chain: [Int], _ axis: Int, _ view: TensorView, _ values: inout [AffineIndex]
  ) {
    var digitPlace = 1
    var places: [Int: Int] = [:]
    for digit in view.axes[axis].reversed() {
      places[digit] = digitPlace
      digitPlace *= view.digits[digit]
    }
    var entryPlace = 1
    for entry in chain.reversed() {
      for part in space.entries[entry].parts {
        let place = part.place * entryPlace
        let home = view.axes[axis].first {
          let first = places[$0] ?? 1
          return part.size == 1
            ? view.digits[$0] == 1 : first <= place && place < first * view.digits[$0]
        }
        guard let home else { continue }
        values[home] = values[home].adding(
          AffineIndex(index: part.index), times: part.size == 1 ? 1 : place / (places[home] ?? 1))
      }
      entryPlace *= space.size(entry)
    }
  }

  /// The terms of a view at the read's positions; sums of accumulators get indices of their own.
  mutating func terms(
    _ view: TensorView, _ use: ReadUse
  ) throws(CircuitLanguageError) -> [Equality.Term] {
    var values = try digitValues(view, use)
    for (place, size) in view.summed.enumerated() {
      values.append(AffineIndex(index: indices.count))
      indices.append(StatementIndex(name: "\(use.name).\(place)", size: size))
    }
    let substitution = IndexSubstitution(values: values)
    return view.terms.map(substitution.apply)
  }

  /// The shape and the axes of what is on the left.
  func targetAxes(_ name: String) throws(CircuitLanguageError) -> (shape: [Int], axes: [[Int]]) {
    let axes = zip(left, leftShape).map { position, size in
      (space.chain(position, size: size) ?? []).flatMap { entry in
        space.entries[entry].parts.map(\.index)
      }
    }
    return (leftShape, axes)
  }

  /// The accumulator that a definition's left side names.
  func target(
    _ name: String, _ terms: [Equality.Term], _ builder: CircuitBuilder
  ) throws(CircuitLanguageError) -> TensorView {
    let (shape, axes) = try targetAxes(name)
    try builder.checkSizes(domainSizes)
    try builder.checkPositions(terms)
    guard let range = builder.interval(of: terms, indices: indices) else {
      throw CircuitLanguageError(
        "the values of '\(name)' may leave the 64-bit integers; use narrower weights or activations"
      )
    }
    var view = TensorView(
      tensor: 0,
      declaration: TensorDeclaration(
        name: name, shape: domainSizes, role: .witness, range: range.low...range.high),
      identity: 0)
    view.shape = shape
    view.axes = axes
    (view.terms, view.summed) = withoutUnusedIndices(terms)
    view.tensor = nil
    // A rearrangement of tensors is as good as them.
    view.isVirtual = !terms.allSatisfy {
      $0.coefficient == 1 && $0.summed.isEmpty && $0.factors.count == 1
        && $0.factors[0].constant == 0 && $0.factors[0].terms.allSatisfy { $0.coefficient == 1 }
    }
    return view
  }
}

extension StatementFrame {
  /// The terms, and the sizes of the indices that some of them sum over, which are numbered anew.
  private func withoutUnusedIndices(_ terms: [Equality.Term]) -> ([Equality.Term], [Int]) {
    let used = Set(terms.flatMap(\.summed))
    let kept = (domainRank..<indices.count).filter(used.contains)
    guard kept.count < indices.count - domainRank else {
      return (terms, kept.map { indices[$0].size })
    }
    var values = indices.indices.map { AffineIndex(index: $0) }
    for (place, index) in kept.enumerated() {
      values[index] = AffineIndex(index: domainRank + place)
    }
    let substitution = IndexSubstitution(values: values)
    return (terms.map(substitution.apply), kept.map { indices[$0].size })
  }
}

extension CircuitBuilder {
  /// What a sum of products may be, given the declared ranges of what it reads.
  func interval(of terms: [Equality.Term], indices: [StatementIndex]) -> IntegerInterval? {
    terms.interval(indices: indices) { interval(of: $0, indices) }
  }

  func interval(
    of expression: LinearExpression, _ indices: [StatementIndex]
  ) -> IntegerInterval? {
    expression.interval(
      indices: indices, shape: { declaration($0).shape },
      range: { IntegerInterval(declaration($0).range) })
  }
}
