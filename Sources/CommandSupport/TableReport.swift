import CircuitLanguage
import ConstraintSystem
import RealTables

/// What computing a key's tables of real functions again has found.
public struct TableReport: Sendable {
  /// How many tables there are whose values were computed.
  public let count: Int
  /// Which table is wrong, and where; nil if all are right.
  public let fault: String?

  /// Computes the values again of all tables that are named by formulas.
  ///
  /// - Parameter isDerived: whether the others come of circuits. Where they do not, nothing says what a
  ///   table of other functions holds, and that is a fault.
  public init(_ system: ConstraintSystem, isDerived: Bool) {
    var count = 0
    var fault: String?
    for table in system.tables where !table.columns.isEmpty && fault == nil {
      if table.formulas != nil {
        count += 1
        fault = table.fault().map { Self.line(table, "\($0)") }
      } else if !isDerived {
        fault = Self.line(table, "nothing says what it holds")
      }
    }
    self.count = count
    self.fault = fault
  }

  private static func line(_ table: LookupTable, _ reason: String) -> String {
    "the table \"\(Text.printable(table.name, limit: Text.lineLimit))\" is wrong: \(reason)"
  }

  /// What is right, in a few words.
  public var text: String {
    switch count {
    case 0: "no table is of real functions"
    case 1: "the table of real functions is that of its formula"
    default: "all \(count) tables of real functions are those of their formulas"
    }
  }
}
