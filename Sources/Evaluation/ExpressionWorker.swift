/// Evaluates one expression program on one thread, an array of positions at a time.
package final class ExpressionWorker<Element: LaneElement> {
  /// Where the arrays run: a part of one of the program's spaces.
  struct Frame {
    var space: Int
    var start: Int
    var count: Int
    /// The position in the domain, where the arrays do not run over the domain.
    var domainPosition: Int?

    func domainPosition(ofLane lane: Int) -> Int { domainPosition ?? start + lane }
  }

  typealias Lanes = UnsafeMutablePointer<Element>

  let program: ExpressionProgram<Element>
  private let tensors: TensorSources
  private let arrays: Lanes
  /// The value of each index that no array runs over, zero for the others.
  let fixed: UnsafeMutablePointer<Int>

  init(program: ExpressionProgram<Element>, tensors: TensorSources) {
    self.program = program
    self.tensors = tensors
    arrays = .allocate(capacity: program.nodes[program.root].arrays * ExpressionBlock.size)
    fixed = .allocate(capacity: max(1, program.indices.count))
    fixed.initialize(repeating: 0, count: max(1, program.indices.count))
  }

  deinit {
    arrays.deallocate()
    fixed.deallocate()
  }

  /// The values at `count` positions, at most a block, of the domain from `start` on. The result is
  /// valid until the next call.
  @inline(__always)
  func values(start: Int, count: Int) throws(ExpressionFailure) -> UnsafePointer<Element> {
    let frame = Frame(space: 0, start: start, count: count, domainPosition: nil)
    try evaluate(program.root, frame, 0, nil)
    return UnsafePointer(arrays)
  }

  func array(_ number: Int) -> Lanes { arrays + number * ExpressionBlock.size }

  /// Evaluates a node into the array `slot`, using only arrays from there on. Where the mask is zero
  /// the value is not used, and nothing that goes wrong there is an error.
  func evaluate(
    _ number: Int, _ frame: Frame, _ slot: Int, _ mask: Lanes?
  ) throws(ExpressionFailure) {
    let node = program.nodes[number]
    let result = array(slot)
    switch node.operation {
    case .constant(let value): result.update(repeating: value, count: frame.count)
    case .read(let source, let outside): read(source, outside, frame, into: result)
    case .presence(let source):
      program.plans[source][frame.space].gather(
        PresenceSource(), outside: .zero, fixed: fixed, start: frame.start, count: frame.count,
        into: result)
    case .select: try select(node, frame, slot, mask)
    case .reduce(let reduction, let space, let skips):
      try reduce(reduction, space, node.first, frame, slot, mask)
      if skips { try requireTerms(reduction, frame, slot, mask) }
    case .lookup(let column):
      try evaluate(node.first, frame, slot + 1, mask)
      try look(up: array(slot + 1), program.lookups[column], frame, mask, into: result)
    case .element(let tensor):
      try evaluate(node.first, frame, slot + 1, mask)
      fetch(array(slot + 1), from: tensor, frame.count, into: result)
    case .axis(let size, let mustExist):
      try evaluate(node.first, frame, slot + 1, mask)
      try evaluate(node.second, frame, slot + 2, mask)
      try extend(frame, slot, size, mustExist: mustExist, mask)
    case .lanes(let operation):
      try evaluate(node.first, frame, slot + 1, mask)
      if node.second >= 0 { try evaluate(node.second, frame, slot + 2, mask) }
      let operands = LaneOperands(
        result: result, first: array(slot + 1),
        second: array(node.second >= 0 ? slot + 2 : slot + 1), count: frame.count)
      guard Element.apply(operation, operands) else { return }
      try report(operands, operation, frame, mask)
    }
  }

  private func read(_ source: Int, _ outside: Element, _ frame: Frame, into target: Lanes) {
    let plan = program.plans[source][frame.space]
    guard plan.read.tensor >= 0 else {
      plan.gather(
        PositionSource(), outside: outside, fixed: fixed, start: frame.start, count: frame.count,
        into: target)
      return
    }
    tensors.gather(
      plan, outside: outside, fixed: fixed, start: frame.start, count: frame.count, into: target)
  }

  private func fetch(_ places: Lanes, from tensor: Int, _ count: Int, into result: Lanes) {
    for lane in 0..<count {
      let place = places[lane].position ?? -1
      result[lane] = place < 0 ? .zero : tensors.element(place, of: tensor)
    }
  }

  /// Finds the first lane that counts and went wrong, if any.
  private func report(
    _ operands: LaneOperands<Element>, _ operation: LaneOperation, _ frame: Frame, _ mask: Lanes?
  ) throws(ExpressionFailure) {
    for lane in 0..<frame.count where mask.map({ $0[lane] != 0 }) ?? true {
      let single = operands.lane(lane)
      guard Element.apply(operation, single) else { continue }
      var reason = ExpressionFailure.Reason.overflow
      switch operation {
      case .floorDivide where single.second[0] <= 0, .remainder where single.second[0] <= 0:
        reason = .division(divisor: single.second[0].position ?? 0)
      case .signedFloorDivide where single.second[0] == 0,
        .signedRemainder where single.second[0] == 0,
        .signedCeilDivide where single.second[0] == 0,
        .truncatedDivide where single.second[0] == 0:
        reason = .division(divisor: 0)
      default: break
      }
      throw ExpressionFailure(reason: reason, position: frame.domainPosition(ofLane: lane))
    }
  }

  private func select(
    _ node: ExpressionProgram<Element>.Node, _ frame: Frame, _ slot: Int, _ outer: Lanes?
  ) throws(ExpressionFailure) {
    try evaluate(node.first, frame, slot + 1, outer)
    let condition = array(slot + 1)
    let mask = array(slot + 2)
    for lane in 0..<frame.count { mask[lane] = condition[lane] != 0 ? 1 : 0 }
    restrict(mask, to: outer, frame.count)
    try evaluate(node.second, frame, slot + 3, mask)
    for lane in 0..<frame.count { mask[lane] = condition[lane] == 0 ? 1 : 0 }
    restrict(mask, to: outer, frame.count)
    try evaluate(node.third, frame, slot + 4, mask)
    // The mask is now 1 where the third is selected.
    let operands = LaneOperands(
      result: array(slot), first: array(slot + 3), second: array(slot + 4), count: frame.count)
    Element.choose(operands, mask: mask)
  }

  private func restrict(_ mask: Lanes, to outer: Lanes?, _ count: Int) {
    guard let outer else { return }
    for lane in 0..<count where outer[lane] == 0 { mask[lane] = 0 }
  }
}

/// The greatest number of positions of an array.
package enum ExpressionBlock {
  package static let size = 512
}

extension ExpressionWorker<Int64> {
  package convenience init(_ program: ExpressionProgram<Int64>, tensors: TensorSources) {
    self.init(program: program, tensors: tensors)
  }

  /// The values at `count` positions, at most a block, of the domain from `start` on. The result is
  /// valid until the next call.
  package func evaluate(
    start: Int, count: Int
  ) throws(ExpressionFailure) -> UnsafePointer<Int64> { try values(start: start, count: count) }
}
