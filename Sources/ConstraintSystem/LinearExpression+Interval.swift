extension LinearExpression {
  /// What the expression may be, given the shapes and the ranges of the tensors that it reads, or
  /// nil when that leaves 64 bits.
  ///
  /// Reads of which at most one is inside of its tensor at a time, as in a concatenation, are not
  /// added up. Takes n·log n steps for n reads.
  public func interval(
    indices: [StatementIndex], shape: (Int) -> [Int], range: (Int) -> IntegerInterval?
  ) -> IntegerInterval? {
    var reads: [IntegerInterval] = []
    reads.reserveCapacity(terms.count)
    var total = WideInterval()
    for term in terms {
      guard let known = range(term.read.tensor)?.multiplied(by: term.coefficient) else {
        return nil
      }
      reads.append(known.withZero)
      total.add(known.withZero)
    }
    var best = total.interval
    if reads.count > 1 {
      for spans in spans(indices: indices, shape: shape) where !spans.isEmpty {
        guard let tighter = Self.union(of: reads, spans, total) else { continue }
        if best.map({ tighter.magnitude < $0.magnitude }) ?? true { best = tighter }
      }
    }
    return best?.adding(.init(low: constant, high: constant))
  }

  /// The values of an index outside of which a read is zero; none if it is zero everywhere.
  private struct Span {
    var read: Int
    var values: ClosedRange<Int>?
  }

  /// For each index the spans of the reads in which it stands alone with the coefficient 1.
  private func spans(indices: [StatementIndex], shape: (Int) -> [Int]) -> [[Span]] {
    var spans = [[Span]](repeating: [], count: indices.count)
    for (read, term) in terms.enumerated() {
      let positions = term.read.positions
      guard positions.contains(where: { $0.terms.count == 1 }) else { continue }
      let shape = shape(term.read.tensor)
      guard shape.count == positions.count else { continue }
      for (position, size) in zip(positions, shape) where position.terms.count == 1 {
        let term = position.terms[0]
        guard term.coefficient == 1, indices.indices.contains(term.index) else { continue }
        let (low, lowOverflows) = 0.subtractingReportingOverflow(position.constant)
        let (high, highOverflows) = low.addingReportingOverflow(size - 1)
        if lowOverflows || highOverflows { continue }
        let first = max(0, low)
        let last = min(indices[term.index].size - 1, high)
        let span = Span(read: read, values: first <= last ? first...last : nil)
        if spans[term.index].last?.read == read { spans[term.index].removeLast() }
        spans[term.index].append(span)
      }
    }
    return spans
  }

  /// The union, over the values of one index, of what the reads that are not zero there add up to;
  /// nil when a sum leaves 64 bits, or where no span is known.
  ///
  /// Goes through the values at which a span begins, or has ended, in ascending order.
  /// - Parameter total: the sum of all reads.
  private static func union(
    of reads: [IntegerInterval], _ spans: [Span], _ total: WideInterval
  ) -> IntegerInterval? {
    var here = total
    var changes: [(value: Int, read: Int, begins: Bool)] = []
    for span in spans {
      here.subtract(reads[span.read])
      guard let values = span.values else { continue }
      changes.append((values.lowerBound, span.read, true))
      changes.append((values.upperBound + 1, span.read, false))
    }
    guard !changes.isEmpty else { return nil }
    changes.sort { $0.value < $1.value }
    var union: IntegerInterval?
    var next = 0
    var value = 0
    // The last change ends a span at the last value, or later: nothing more is read from there.
    while next < changes.count {
      while next < changes.count, changes[next].value == value {
        let change = changes[next]
        if change.begins { here.add(reads[change.read]) } else { here.subtract(reads[change.read]) }
        next += 1
      }
      guard let sum = here.interval else { return nil }
      union = union.map { $0.joined(with: sum) } ?? sum
      if next < changes.count { value = changes[next].value }
    }
    return union
  }
}

extension [Equality.Term] {
  /// What the sum may be, given what each of its factors may be; nil when that leaves 64 bits, or
  /// nothing is known of a factor.
  package func interval(
    indices: [StatementIndex], factor: (LinearExpression) -> IntegerInterval?
  ) -> IntegerInterval? {
    var sum = IntegerInterval.zero
    for term in self {
      var product = IntegerInterval(low: term.coefficient, high: term.coefficient)
      for expression in term.factors {
        guard let interval = factor(expression), let next = product.multiplied(by: interval)
        else { return nil }
        product = next
      }
      for index in term.summed {
        guard let next = product.multiplied(by: Integer(indices[index].size)) else { return nil }
        product = next
      }
      guard let next = sum.adding(product) else { return nil }
      sum = next
    }
    return sum
  }
}

/// A sum of intervals with zero in them, exact however many are added.
private struct WideInterval {
  private var low = WideInteger()
  private var high = WideInteger()

  mutating func add(_ interval: IntegerInterval) {
    low.add(interval.low, times: 1)
    high.add(interval.high, times: 1)
  }

  mutating func subtract(_ interval: IntegerInterval) {
    low.add(interval.low, times: -1)
    high.add(interval.high, times: -1)
  }

  /// nil if an end needs more than 64 bits.
  var interval: IntegerInterval? {
    guard let low = low.value, let high = high.value else { return nil }
    return IntegerInterval(low: low, high: high)
  }
}

/// A sum of up to 2^30 integers in two halves that do not overflow.
private struct WideInteger {
  private var upper: Integer = 0
  private var lower: Integer = 0

  mutating func add(_ value: Integer, times sign: Integer) {
    upper += sign * (value >> 32)
    lower += sign * (value & 0xffff_ffff)
  }

  /// nil if it needs more than 64 bits.
  var value: Integer? {
    let (carried, rest) = (upper + lower >> 32, lower & 0xffff_ffff)
    guard let high = Int32(exactly: carried) else { return nil }
    return Integer(high) << 32 | rest
  }
}
