import ConstraintSystem
import Evaluation

/// The first statement that an assignment does not satisfy, and where. Positions are indices along
/// each axis, or the statement's indices.
public enum StatementViolation: Error, Equatable, Sendable {
  case wrongCount(tensor: String, expected: Int, found: Int)
  case outOfRange(tensor: String, position: [Int], value: Int, range: ClosedRange<Int>)
  /// The sum is not zero; `value` is nil where it leaves the 64-bit integers.
  case equality(name: String, position: [Int], value: Int?)
  case lookup(name: String, position: [Int], table: String, tuple: [Int])
  /// A row of a table whose rows are to be looked up once each.
  case rowCount(table: String, row: [Int], count: Int)
  /// The statement can't be evaluated.
  case malformed(EvaluationError)
}

extension StatementViolation: CustomStringConvertible {
  public var description: String {
    switch self {
    case .wrongCount(let tensor, let expected, let found):
      "the tensor \(tensor) has \(found) values instead of \(expected)"
    case .outOfRange(let tensor, let position, let value, let range):
      "\(tensor)\(position) is \(value), outside of [\(range.lowerBound), \(range.upperBound)]"
    case .equality(let name, let position, let value):
      "the equality \(name) does not hold at \(position): the sum is "
        + (value.map(String.init) ?? "beyond 64 bits") + " instead of 0"
    case .lookup(let name, let position, let table, let tuple):
      "the lookup \(name) fails at \(position): \(tuple) is not a row of the table \(table)"
    case .rowCount(let table, let row, let count):
      EvaluationError.rowCount(table: table, row: row, count: count).description
    case .malformed(let error): error.description
    }
  }
}

/// Checks an assignment against every statement of a system, over the integers.
public enum StatementChecker {
  /// Checks ranges, then equalities, then lookups, as fast as evaluating them.
  ///
  /// - Throws: the first violation in the system's order.
  public static func check(
    _ system: ConstraintSystem, _ assignment: Assignment
  ) throws(StatementViolation) {
    try checkRanges(system, assignment)
    var failed: (name: String, position: [Int], value: Int)?
    do throws(EvaluationError) {
      let tensors = try TensorElements(system.tensors, assignment)
      let tables = try TableColumns(of: system.tables)
      for equality in system.equalities where failed == nil {
        guard let (position, value) = try firstNonzero(equality, tensors, tables) else { continue }
        failed = (equality.name, position, value)
      }
      if failed == nil { _ = try Multiplicities(of: system, in: assignment) }
    } catch {
      throw violation(error)
    }
    if let failed {
      throw .equality(name: failed.name, position: failed.position, value: failed.value)
    }
  }

  /// Counts and declared ranges of all tensors.
  static func checkRanges(
    _ system: ConstraintSystem, _ assignment: Assignment
  ) throws(StatementViolation) {
    for (number, tensor) in system.tensors.enumerated() {
      let found = assignment.tensors.indices.contains(number) ? assignment[number].count : 0
      guard found == tensor.count else {
        throw .wrongCount(tensor: tensor.name, expected: tensor.count, found: found)
      }
      if let position = assignment[number].firstPosition(outside: tensor.range) {
        throw .outOfRange(
          tensor: tensor.name, position: coordinates(of: position, shape: tensor.shape),
          value: assignment[number][position], range: tensor.range)
      }
    }
  }

  /// The first position at which an equality's sum is not zero, and the sum.
  private static func firstNonzero(
    _ equality: Equality, _ tensors: TensorElements, _ tables: TableColumns
  ) throws(EvaluationError) -> ([Int], Int)? {
    let shape = equality.indices.prefix(equality.domainRank).map(\.size)
    let sum = try SumOfProducts(
      equality.terms,
      over: .init(
        indices: equality.indices, rank: equality.domainRank, step: equality.name, shape: shape),
      tensors: tensors, tables: tables)
    var failure: EvaluationError?
    let buffer = IntegerBuffer(width: .int64, count: shape.reduce(1, *)) { bytes in
      guard let target = bytes.bindMemory(to: Int64.self).baseAddress else { return }
      do throws(EvaluationError) { try sum.write(to: target) } catch { failure = error }
    }
    if let failure { throw failure }
    guard let position = buffer.firstPosition(outside: 0...0) else { return nil }
    return (coordinates(of: position, shape: shape), buffer[position])
  }

  private static func violation(_ error: EvaluationError) -> StatementViolation {
    switch error {
    case .overflow(let name, let position):
      .equality(name: name, position: position, value: nil)
    case .lookupMiss(let name, let position, let table, let tuple):
      .lookup(name: name, position: position, table: table, tuple: tuple)
    case .rowCount(let table, let row, let count):
      .rowCount(table: table, row: row, count: count)
    default: .malformed(error)
    }
  }
}
