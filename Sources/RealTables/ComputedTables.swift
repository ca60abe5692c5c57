import CircuitLanguage
import ConstraintSystem
import RealFunctions
import Synchronization

/// Tables of real functions whose values are computed.
public struct ComputedTables: RealTableSource {
  private struct Key: Hashable {
    let formulas: [RealFormula]
    let first: Int
    let rows: Int
  }

  /// What was computed lately: a network is compiled several times.
  private static let known = Mutex<[Key: [[Int]]]>([:])
  private static let mostKnown = 32

  public init() {}

  public func values(
    of formulas: [RealFormula], first: Int, rows: Int
  ) throws(CircuitLanguageError) -> [[Int]] {
    let key = Key(formulas: formulas, first: first, rows: rows)
    if let values = Self.known.withLock({ $0[key] }) { return values }
    var columns: [[Int]] = []
    for formula in formulas {
      let function = try RealFunction(formula)
      do throws(RealFunctionError) {
        columns.append(try function.tableValues(first: first, rows: rows))
      } catch {
        throw CircuitLanguageError("\(formula.roundedText): \(error)")
      }
    }
    let values = columns
    Self.known.withLock {
      if $0.count >= Self.mostKnown { $0.removeAll() }
      $0[key] = values
    }
    return values
  }
}

extension RealFunction {
  /// The function's values as a table has them.
  fileprivate func tableValues(
    first: Int, rows: Int
  ) throws(RealFunctionError) -> [Int] {
    let limit = ConstraintSystemLimits.value
    return try roundedValues(first: first, rows: rows, within: -limit...limit)
  }
}

extension LookupTable {
  /// The formulas of the columns after the first, if the table is named by such.
  public var formulas: [RealFormula]? { RealFormula.columns(ofTableNamed: name) }

  /// What is wrong with the table's values, which are computed again from the formulas that it is named
  /// by; nil if they are right, or if it is not named by formulas.
  ///
  /// Whatever a table says, this ends: formulas that take too long are a fault.
  public func fault() -> TableFault? {
    guard let formulas else { return nil }
    guard formulas.count == columns.count else { return .columns(formulas.count) }
    for (number, formula) in formulas.enumerated() {
      let right: [Int]
      do {
        right = try ComputedTables().values(of: [formula], first: first, rows: rows)[0]
      } catch {
        return .notComputed(error.message)
      }
      let column = columns[number]
      if let row = right.indices.first(where: { right[$0] != column[$0] }) {
        return .value(
          argument: first + row, column: number + 1, found: column[row], right: right[row])
      }
    }
    return nil
  }
}

/// What is wrong with a table of real functions.
public enum TableFault: Equatable, Sendable, CustomStringConvertible {
  /// The first row of a column that does not have the formula's value.
  case value(argument: Int, column: Int, found: Int, right: Int)
  /// There are formulas for another number of columns.
  case columns(Int)
  /// A formula has no values.
  case notComputed(String)

  public var description: String {
    switch self {
    case .value(let argument, let column, let found, let right):
      "column \(column) has \(found) at x = \(argument), where \(right) is right"
    case .columns(let count): "its name has formulas for \(count) columns, and it has others"
    case .notComputed(let reason): reason
    }
  }
}
