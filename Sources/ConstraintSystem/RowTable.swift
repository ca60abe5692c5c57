/// A table of which the rows are values of the system's tensors, each behind its number: an embedding's
/// rows, the elements of a list that is to be sorted (`Paper/` section 7.4).
///
/// A row is a tuple of the values of the row indices, in order, and of the source's values at all values
/// of the column indices; one value without any. A lookup in the table has the columns' indices behind
/// those of its tuples, and as its last column the expression that is to have the row's values. The
/// columns before it are the numbers; numbers at the front that have no column are those of the lookup's
/// own first indices.
public struct RowTable: Equatable, Sendable {
  public var name: String
  /// Those of the rows, then those of the columns.
  public var indices: [StatementIndex]
  /// How many of the indices number the rows; at least 1.
  public var rowRank: Int
  /// What the rows hold. Model tensors that it reads have a column index alone as their first position.
  public var source: LinearExpression
  /// Whether each row is looked up exactly once, so that nothing needs to be counted: what is looked up
  /// is the table in another order. Otherwise rows are looked up as often as it comes.
  public var isPermutation: Bool

  public init(
    name: String, indices: [StatementIndex], rowRank: Int, source: LinearExpression,
    isPermutation: Bool = false
  ) {
    self.name = name
    self.indices = indices
    self.rowRank = rowRank
    self.source = source
    self.isPermutation = isPermutation
  }

  /// How many indices run through the columns.
  public var columnRank: Int { indices.count - rowRank }

  /// The sizes of the row indices.
  public var rowShape: [Int] { indices[..<rowRank].map { $0.size } }

  /// The number of rows.
  public var rows: Int { rowShape.reduce(1, *) }

  /// How many numbers a fingerprint is made of: the row's, and one for all of its values.
  public var width: Int { rowRank + 1 }
}

/// The tables are numbered through, those of rows behind the public ones.
extension ConstraintSystem {
  public var tableCount: Int { tables.count + rowTables.count }

  /// The table of rows of a number; nil for a public one, or none.
  public func rowTable(_ number: Int) -> RowTable? {
    number >= tables.count && number < tableCount ? rowTables[number - tables.count] : nil
  }

  /// The most numbers that a fingerprint is made of.
  public var tableWidth: Int {
    let widest = tables.reduce(0) { max($0, $1.columnCount) }
    return rowTables.reduce(widest) { max($0, $1.width) }
  }

  /// The shape of what is committed for a table, which counts how often its rows are looked up: nil where
  /// each is looked up once.
  public func countShape(ofTable number: Int) -> [Int]? {
    guard let table = rowTable(number) else { return [tables[number].rows] }
    return table.isPermutation ? nil : table.rowShape
  }

  /// How many indices of a lookup run through its tuples; the others run through a tuple's columns.
  public func tupleRank(of lookup: Lookup) -> Int {
    lookup.indices.count - (rowTable(lookup.table)?.columnRank ?? 0)
  }

  /// The number of tuples that a lookup is of.
  public func tupleCount(of lookup: Lookup) -> Int {
    lookup.indices.prefix(tupleRank(of: lookup)).reduce(1) { $0 * $1.size }
  }

  /// How many of a lookup's first indices are at the same time the first numbers of the rows that it
  /// looks up.
  public func sharedRank(of lookup: Lookup) -> Int {
    rowTable(lookup.table).map { $0.width - lookup.columns.count } ?? 0
  }

  /// The column index through which model tensors of a table's source are read along their first axis.
  public func laneIndex(of table: RowTable) -> Int? {
    for term in table.source.terms where tensors[term.read.tensor].role == .model {
      return term.read.positions.first?.terms.first?.index
    }
    return nil
  }
}
