import ConstraintSystem

/// Evaluates one expression program on one thread, an array of positions at a time.
final class ExpressionWorker {
  /// The greatest number of positions of an array.
  static let block = 512

  /// Where the arrays run: a part of one of the program's spaces.
  struct Frame {
    var space: Int
    var start: Int
    var count: Int
    /// The position in the domain, where the arrays do not run over the domain.
    var domainPosition: Int?

    func domainPosition(ofLane lane: Int) -> Int { domainPosition ?? start + lane }
  }

  /// An error at a row-major position of the domain.
  struct Failure: Error {
    enum Reason: Sendable {
      case overflow
      case division(divisor: Int)
      case tableMiss(table: Int, value: Int)
    }
    var reason: Reason
    var position: Int
  }

  typealias Lanes = UnsafeMutablePointer<Int64>

  let program: ExpressionProgram
  private let tensors: TensorElements
  private let tables: TableColumns
  private let arrays: Lanes
  /// The value of each index that no array runs over, zero for the others.
  let fixed: UnsafeMutablePointer<Int>

  init(_ program: ExpressionProgram, tensors: TensorElements, tables: TableColumns) {
    self.program = program
    self.tensors = tensors
    self.tables = tables
    arrays = .allocate(capacity: program.nodes[program.root].arrays * Self.block)
    fixed = .allocate(capacity: max(1, program.indices.count))
    fixed.initialize(repeating: 0, count: max(1, program.indices.count))
  }

  deinit {
    arrays.deallocate()
    fixed.deallocate()
  }

  /// The values at `count` ≤ `block` positions of the domain from `start` on. The result is valid
  /// until the next call.
  func evaluate(start: Int, count: Int) throws(Failure) -> UnsafePointer<Int64> {
    let frame = Frame(space: 0, start: start, count: count, domainPosition: nil)
    try evaluate(program.root, frame, 0, nil)
    return UnsafePointer(arrays)
  }

  func array(_ number: Int) -> Lanes { arrays + number * Self.block }

  /// Evaluates a node into the array `slot`, using only arrays from there on. Where the mask is zero
  /// the value is not used, and nothing that goes wrong there is an error.
  func evaluate(
    _ number: Int, _ frame: Frame, _ slot: Int, _ mask: Lanes?
  ) throws(Failure) {
    let node = program.nodes[number]
    let result = array(slot)
    switch node.operation {
    case .constant(let value): result.update(repeating: value, count: frame.count)
    case .read(let source): read(source, frame, into: result)
    case .select: try select(node, frame, slot, mask)
    case .reduce(let reduction, let space):
      try reduce(reduction, space, node.first, frame, slot, mask)
    case .table(let table, let column):
      try evaluate(node.first, frame, slot + 1, mask)
      try look(up: array(slot + 1), table, column, frame, mask, into: result)
    default:
      try evaluate(node.first, frame, slot + 1, mask)
      try evaluate(node.second, frame, slot + 2, mask)
      let operands = LaneOperands(
        result: result, first: array(slot + 1), second: array(slot + 2), count: frame.count)
      guard operands.apply(node.operation) else { return }
      try report(operands, node.operation, frame, mask)
    }
  }

  private func read(_ source: Int, _ frame: Frame, into target: Lanes) {
    let plan = program.plans[source][frame.space]
    guard plan.read.tensor >= 0 else {
      plan.gather(
        PositionSource(), fixed: fixed, start: frame.start, count: frame.count, into: target)
      return
    }
    tensors.gather(plan, fixed: fixed, start: frame.start, count: frame.count, into: target)
  }

  /// Finds the first lane that counts and went wrong, if any.
  private func report(
    _ operands: LaneOperands, _ operation: ExpressionProgram.Operation, _ frame: Frame,
    _ mask: Lanes?
  ) throws(Failure) {
    for lane in 0..<frame.count where mask.map({ $0[lane] != 0 }) ?? true {
      let single = LaneOperands(
        result: operands.result + lane, first: operands.first + lane,
        second: operands.second + lane, count: 1)
      guard single.apply(operation) else { continue }
      let divisor = Int(single.second[0])
      var reason = Failure.Reason.overflow
      switch operation {
      case .floorDivide where divisor <= 0: reason = .division(divisor: divisor)
      case .remainder where divisor <= 0: reason = .division(divisor: divisor)
      default: break
      }
      throw Failure(reason: reason, position: frame.domainPosition(ofLane: lane))
    }
  }

  private func select(
    _ node: ExpressionProgram.Node, _ frame: Frame, _ slot: Int, _ outer: Lanes?
  ) throws(Failure) {
    try evaluate(node.first, frame, slot + 1, outer)
    let condition = array(slot + 1)
    let mask = array(slot + 2)
    for lane in 0..<frame.count { mask[lane] = condition[lane] != 0 ? 1 : 0 }
    restrict(mask, to: outer, frame.count)
    try evaluate(node.second, frame, slot + 3, mask)
    for lane in 0..<frame.count { mask[lane] = condition[lane] == 0 ? 1 : 0 }
    restrict(mask, to: outer, frame.count)
    try evaluate(node.third, frame, slot + 4, mask)
    let (result, a, b) = (array(slot), array(slot + 3), array(slot + 4))
    // The mask is now 1 where the third is selected; a branch here would often be mispredicted.
    for lane in 0..<frame.count {
      result[lane] = a[lane] ^ ((a[lane] ^ b[lane]) & (0 &- mask[lane]))
    }
  }

  private func restrict(_ mask: Lanes, to outer: Lanes?, _ count: Int) {
    guard let outer else { return }
    for lane in 0..<count where outer[lane] == 0 { mask[lane] = 0 }
  }

  private func look(
    up values: Lanes, _ table: Int, _ column: Int, _ frame: Frame, _ mask: Lanes?,
    into result: Lanes
  ) throws(Failure) {
    let first = Int64(tables.first(ofTable: table))
    let rows = tables.rows(ofTable: table)
    for lane in 0..<frame.count {
      let (row, overflow) = values[lane].subtractingReportingOverflow(first)
      if !overflow, row >= 0, row < rows {
        result[lane] = tables.value(table: table, column: column, row: Int(row))
      } else if mask.map({ $0[lane] != 0 }) ?? true {
        let reason = Failure.Reason.tableMiss(table: table, value: Int(values[lane]))
        throw Failure(reason: reason, position: frame.domainPosition(ofLane: lane))
      } else {
        result[lane] = 0
      }
    }
  }
}
