extension LinearExpression {
  /// What the expression may be, given the shapes and the ranges of the tensors that it reads, or
  /// nil when that leaves 64 bits.
  ///
  /// Reads of which at most one is inside of its tensor at a time, as in a concatenation, are not
  /// added up.
  public func interval(
    indices: [StatementIndex], shape: (Int) -> [Int], range: (Int) -> IntegerInterval?
  ) -> IntegerInterval? {
    var reads: [BoundedRead] = []
    for term in terms {
      guard let known = range(term.read.tensor)?.multiplied(by: term.coefficient) else {
        return nil
      }
      reads.append(
        BoundedRead(
          interval: known.withZero,
          spans: spans(of: term.read, shape: shape(term.read.tensor), indices: indices)))
    }
    var best = Self.sum(reads.map { $0.interval })
    for index in indices.indices where reads.count > 1 {
      guard let tighter = Self.sum(reads, apartAlong: index, size: indices[index].size) else {
        continue
      }
      if best.map({ tighter.magnitude < $0.magnitude }) ?? true { best = tighter }
    }
    return best?.adding(.init(low: constant, high: constant))
  }

  private struct BoundedRead {
    var interval: IntegerInterval
    /// For some of the indices, the values outside of which the read is zero.
    var spans: [Int: ClosedRange<Int>?]
  }

  private func spans(
    of read: TensorRead, shape: [Int], indices: [StatementIndex]
  ) -> [Int: ClosedRange<Int>?] {
    var spans: [Int: ClosedRange<Int>?] = [:]
    guard shape.count == read.positions.count else { return spans }
    for (position, size) in zip(read.positions, shape) where position.terms.count == 1 {
      let term = position.terms[0]
      guard term.coefficient == 1, indices.indices.contains(term.index) else { continue }
      let (low, lowOverflows) = 0.subtractingReportingOverflow(position.constant)
      let (high, highOverflows) = low.addingReportingOverflow(size - 1)
      if lowOverflows || highOverflows { continue }
      let first = max(0, low)
      let last = min(indices[term.index].size - 1, high)
      // The assignment of nil says that the read is zero everywhere.
      spans.updateValue(first <= last ? first...last : nil, forKey: term.index)
    }
    return spans
  }

  private static func sum(_ intervals: [IntegerInterval]) -> IntegerInterval? {
    var sum = IntegerInterval.zero
    for interval in intervals {
      guard let next = sum.adding(interval) else { return nil }
      sum = next
    }
    return sum
  }

  /// The union, over the values of one index, of what the reads that are not zero there add up to.
  private static func sum(
    _ reads: [BoundedRead], apartAlong index: Int, size: Int
  ) -> IntegerInterval? {
    var starts: [Int] = [0]
    for read in reads {
      guard case .some(.some(let span)) = read.spans[index] else { continue }
      starts.append(span.lowerBound)
      if span.upperBound + 1 < size { starts.append(span.upperBound + 1) }
    }
    guard starts.count > 1 else { return nil }
    var union: IntegerInterval?
    for start in starts {
      let active = reads.filter { read in
        guard let span = read.spans[index] else { return true }
        return span?.contains(start) ?? false
      }
      guard let here = sum(active.map { $0.interval }) else { return nil }
      union =
        union.map {
          .init(low: min($0.low, here.low), high: max($0.high, here.high))
        } ?? here
    }
    return union
  }
}
