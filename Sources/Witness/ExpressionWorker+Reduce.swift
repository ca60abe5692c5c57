extension ExpressionWorker {
  /// Reduces the values of the node `body`, in whichever way evaluates it fewer times.
  func reduce(
    _ reduction: ExpressionProgram.Reduction, _ space: Int, _ body: Int, _ frame: Frame,
    _ slot: Int, _ mask: Lanes?
  ) throws(Failure) {
    let size = program.size(ofSpace: space)
    if frame.count * ((size + Self.block - 1) / Self.block) < size {
      try reduceAlong(reduction, space, body, frame, slot, mask)
    } else {
      try reduceAcross(reduction, space, body, frame, slot, mask)
    }
  }

  /// Reduces lane by lane, the arrays running along the reduction's space.
  private func reduceAlong(
    _ reduction: ExpressionProgram.Reduction, _ space: Int, _ body: Int, _ frame: Frame,
    _ slot: Int, _ mask: Lanes?
  ) throws(Failure) {
    let size = program.size(ofSpace: space)
    let outer = program.spaces[frame.space]
    let shape = outer.map { program.indices[$0].size }
    defer { for index in outer { fixed[index] = 0 } }
    for lane in 0..<frame.count {
      var total: Int64?
      if mask.map({ $0[lane] == 0 }) ?? false {
        array(slot)[lane] = 0
        continue
      }
      let place = coordinates(of: frame.start + lane, shape: shape)
      for (index, value) in zip(outer, place) { fixed[index] = value }
      let position = frame.domainPosition(ofLane: lane)
      for start in stride(from: 0, to: size, by: Self.block) {
        let part = Frame(
          space: space, start: start, count: min(Self.block, size - start),
          domainPosition: position)
        try evaluate(body, part, slot + 1, nil)
        let values = array(slot + 1)
        for term in 0..<part.count {
          guard let sum = reduction.combine(total, values[term]) else {
            throw Failure(reason: .overflow, position: position)
          }
          total = sum
        }
      }
      array(slot)[lane] = total ?? 0
    }
  }

  /// Reduces all lanes at once, term by term.
  private func reduceAcross(
    _ reduction: ExpressionProgram.Reduction, _ space: Int, _ body: Int, _ frame: Frame,
    _ slot: Int, _ mask: Lanes?
  ) throws(Failure) {
    let inner = program.spaces[space]
    let result = array(slot)
    let values = array(slot + 1)
    for term in 0..<program.size(ofSpace: space) {
      try evaluate(body, frame, slot + 1, mask)
      if term == 0 {
        result.update(from: values, count: frame.count)
      } else if reduction.combine(result, values, frame.count) {
        for lane in 0..<frame.count where mask.map({ $0[lane] != 0 }) ?? true {
          guard reduction.combine(result[lane], values[lane]) == nil else { continue }
          throw Failure(reason: .overflow, position: frame.domainPosition(ofLane: lane))
        }
        for lane in 0..<frame.count { result[lane] &+= values[lane] }
      }
      step(inner)
    }
  }

  /// Advances fixed indices to their next value; after the last they are zero again.
  private func step(_ list: [Int]) {
    for index in list.reversed() {
      fixed[index] += 1
      if fixed[index] < program.indices[index].size { return }
      fixed[index] = 0
    }
  }
}

extension ExpressionProgram.Reduction {
  /// The reduction of one more term, nil where it overflows.
  @inline(__always)
  func combine(_ total: Int64?, _ term: Int64) -> Int64? {
    guard let total else { return term }
    switch self {
    case .sum:
      let (sum, overflow) = total.addingReportingOverflow(term)
      return overflow ? nil : sum
    case .minimum: return min(total, term)
    case .maximum: return max(total, term)
    }
  }

  /// Reduces one more term into each total. When it returns true a sum overflows and no total has
  /// changed.
  func combine(
    _ totals: UnsafeMutablePointer<Int64>, _ terms: UnsafeMutablePointer<Int64>, _ count: Int
  ) -> Bool {
    switch self {
    case .sum:
      var overflow = false
      for lane in 0..<count {
        overflow = totals[lane].addingReportingOverflow(terms[lane]).overflow || overflow
      }
      if overflow { return true }
      for lane in 0..<count { totals[lane] &+= terms[lane] }
    case .minimum: for lane in 0..<count { totals[lane] = min(totals[lane], terms[lane]) }
    case .maximum: for lane in 0..<count { totals[lane] = max(totals[lane], terms[lane]) }
    }
    return false
  }
}
