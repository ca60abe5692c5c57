extension ExpressionWorker {
  /// Reduces the values of the node `body`, in whichever way evaluates it in less time. The terms are
  /// taken in the same order either way.
  func reduce(
    _ reduction: LaneReduction, _ space: Int, _ body: Int, _ frame: Frame, _ slot: Int,
    _ mask: Lanes?
  ) throws(ExpressionFailure) {
    if program.prefersAlong(space, lanes: frame.count, of: frame.space) {
      try reduceAlong(reduction, space, body, frame, slot, mask)
    } else {
      try reduceAcross(reduction, space, body, frame, slot, mask)
    }
  }

  /// Reduces lane by lane, the arrays running along the reduction's space.
  private func reduceAlong(
    _ reduction: LaneReduction, _ space: Int, _ body: Int, _ frame: Frame, _ slot: Int,
    _ mask: Lanes?
  ) throws(ExpressionFailure) {
    let outer = program.spaces[frame.space]
    let shape = outer.map { program.indices[$0].size }
    defer { for index in outer { fixed[index] = 0 } }
    for lane in 0..<frame.count {
      if mask.map({ $0[lane] == 0 }) ?? false {
        array(slot)[lane] = 0
        continue
      }
      let place = coordinates(of: frame.start + lane, shape: shape)
      for (index, value) in zip(outer, place) { fixed[index] = value }
      let position = frame.domainPosition(ofLane: lane)
      if reduction.isPlace {
        try placeAlong(reduction, space, body, slot, lane, position)
      } else {
        array(slot)[lane] = try totalAlong(reduction, space, body, slot, position)
      }
    }
  }

  private func totalAlong(
    _ reduction: LaneReduction, _ space: Int, _ body: Int, _ slot: Int, _ position: Int
  ) throws(ExpressionFailure) -> Element {
    var total: Element?
    let size = program.size(ofSpace: space)
    let values = array(slot + 1)
    for start in stride(from: 0, to: size, by: ExpressionBlock.size) {
      let count = min(ExpressionBlock.size, size - start)
      let part = Frame(space: space, start: start, count: count, domainPosition: position)
      try evaluate(body, part, slot + 1, nil)
      var sum = total ?? values[0]
      for term in (total == nil ? 1 : 0)..<count {
        guard let next = Element.combine(reduction, sum, values[term]) else {
          throw ExpressionFailure(reason: .overflow, position: position)
        }
        sum = next
      }
      total = sum
    }
    return total ?? 0
  }

  private func placeAlong(
    _ reduction: LaneReduction, _ space: Int, _ body: Int, _ slot: Int, _ lane: Int,
    _ position: Int
  ) throws(ExpressionFailure) {
    var (best, place): (Element, Int) = (reduction.neutral(), 0)
    let size = program.size(ofSpace: space)
    let values = array(slot + 2)
    for start in stride(from: 0, to: size, by: ExpressionBlock.size) {
      let count = min(ExpressionBlock.size, size - start)
      let part = Frame(space: space, start: start, count: count, domainPosition: position)
      try evaluate(body, part, slot + 2, nil)
      for term in 0..<count
      where start + term == 0 || reduction.replaces(best, values[term]) {
        (best, place) = (values[term], start + term)
      }
    }
    array(slot)[lane] = Element(stored: Int64(place))
    array(slot + 1)[lane] = best
  }

  /// Reduces all lanes at once, term by term.
  private func reduceAcross(
    _ reduction: LaneReduction, _ space: Int, _ body: Int, _ frame: Frame, _ slot: Int,
    _ mask: Lanes?
  ) throws(ExpressionFailure) {
    let inner = program.spaces[space]
    let result = array(slot)
    let values = array(reduction.isPlace ? slot + 2 : slot + 1)
    for term in 0..<program.size(ofSpace: space) {
      try evaluate(body, frame, reduction.isPlace ? slot + 2 : slot + 1, mask)
      if reduction.isPlace {
        improve(reduction, term, frame.count, slot)
      } else if term == 0 {
        result.update(from: values, count: frame.count)
      } else if Element.combine(reduction, result, values, frame.count) {
        for lane in 0..<frame.count where mask.map({ $0[lane] != 0 }) ?? true {
          guard Element.combine(reduction, result[lane], values[lane]) == nil else { continue }
          throw ExpressionFailure(
            reason: .overflow, position: frame.domainPosition(ofLane: lane))
        }
        Element.combineWrapping(reduction, result, values, frame.count)
      }
      step(inner)
    }
  }

  /// Takes a term's place where it is more extreme: places are in the array `slot`, extremes in the
  /// next, terms in the one after.
  private func improve(_ reduction: LaneReduction, _ term: Int, _ count: Int, _ slot: Int) {
    let (places, extremes, values) = (array(slot), array(slot + 1), array(slot + 2))
    let place = Element(stored: Int64(term))
    for lane in 0..<count where term == 0 || reduction.replaces(extremes[lane], values[lane]) {
      places[lane] = place
      extremes[lane] = values[lane]
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

extension ExpressionProgram {
  /// Whether a reduction is faster lane by lane than term by term: reads may be in the order of memory
  /// along it and not across it, but each evaluation takes some time for itself.
  func prefersAlong(_ space: Int, lanes: Int, of outer: Int) -> Bool {
    let size = size(ofSpace: space)
    let evaluation = 100.0
    let block = Double(ExpressionBlock.size)
    let along = plans.reduce(0) { $0 + $1[space].costPerValue }
    let across = plans.reduce(0) { $0 + $1[outer].costPerValue }
    let blocks = (Double(size) / block).rounded(.up)
    return Double(lanes) * (blocks * evaluation + Double(size) * along)
      < Double(size) * (evaluation + Double(lanes) * across)
  }
}

/// The indices along each axis of a row-major position.
package func coordinates(of position: Int, shape: [Int]) -> [Int] {
  var rest = position
  var result = [Int](repeating: 0, count: shape.count)
  for axis in shape.indices.reversed() {
    result[axis] = rest % shape[axis]
    rest /= shape[axis]
  }
  return result
}
