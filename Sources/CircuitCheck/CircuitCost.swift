import ConstraintSystem

/// What a proof pays for an instance of a circuit by itself.
public struct CircuitCost: Sendable {
  /// A table and what looks into it.
  public struct Table: Sendable {
    public let name: String
    public let rows: Int
    /// Tuples that are looked up in it.
    public let lookups: Int
  }

  /// Values that are committed with each proof, outputs included.
  public let cells: Int
  /// Tuples that are looked up.
  public let lookups: Int
  /// Equalities, counted once for each value of their domains' indices.
  public let equalities: Int
  /// Statements as they are written, whatever the sizes.
  public let statements: Int
  public let tables: [Table]

  public init(_ system: ConstraintSystem) {
    // Private inputs are somebody else's to pay.
    cells = system.tensors.reduce(0) {
      $0 + ($1.role.isWitness && $1.role != .privateInput ? $1.count : 0)
    }
    lookups = system.lookups.reduce(0) { $0 + system.tupleCount(of: $1) }
    equalities = system.equalities.reduce(0) { sum, equality in
      sum + equality.indices.prefix(equality.domainRank).reduce(1) { $0 * $1.size }
    }
    statements = system.equalities.count + system.lookups.count
    let all = system.tables.map { ($0.name, $0.rows) } + system.rowTables.map { ($0.name, $0.rows) }
    tables = all.enumerated().map { number, table in
      Table(
        name: table.0, rows: table.1,
        lookups: system.lookups.reduce(0) {
          $0 + ($1.table == number ? system.tupleCount(of: $1) : 0)
        })
    }
  }
}
