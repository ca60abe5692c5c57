import ConstraintSystem

// `lookup (…) in rows (…)`, `permute (…) in rows (…)`.
extension CircuitBuilder {
  /// Row tables have numbers from here on until all public tables are known, behind which they are
  /// numbered.
  static let rowTableBase = 1 << 40

  /// An index that the numbers of tuples and the rows have in common numbers rows too, as the samples of a
  /// batch do; one that only what is looked up and the rows have in common runs through the columns.
  mutating func lookup(
    _ columns: [Expression], in rows: RowsTarget, _ binders: [Binder],
    at location: SourceLocation, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    var frame = try frame(nil, nil, "", columns + [rows.source], binders, in: &scope)
    if rows.numbers.contains(where: { frame.digits(of: $0.name).count > 1 }) {
      try materialise(frame.expressions[columns.count], in: &scope)
      frame = try self.frame(nil, nil, "", columns + [rows.source], binders, in: &scope)
    }
    var linear: [LinearExpression] = []
    for expression in frame.expressions {
      let polynomial = try frame.polynomial(expression, in: scope, self)
      guard polynomial.terms.isEmpty else {
        throw CircuitLanguageError(
          "only linear expressions can be looked up in rows, and be rows; commit the value with a hint "
            + "first", at: location)
      }
      linear.append(polynomial.linear)
    }
    let numbers = rows.numbers.flatMap { frame.digits(of: $0.name) }
    let split = RowIndices(frame, linear, numbers: numbers)
    try addLookup(
      Lookup(
        name: name(at: location, in: scope), indices: split.lookup.map { frame.indices[$0] },
        columns: linear.dropLast().map { split.inLookup.apply($0) }, table: 0),
      in: RowTable(
        name: name(at: location, in: scope), indices: split.table.map { frame.indices[$0] },
        rowRank: split.shared.count + numbers.count,
        source: split.inTable.apply(linear[columns.count]), isPermutation: rows.isPermutation))
  }

  /// Copies what an expression reads, so that each axis is one digit.
  private mutating func materialise(
    _ expression: ResolvedExpression, in scope: inout Scope
  ) throws(CircuitLanguageError) {
    var uses: [ReadUse] = []
    expression.collectReads(into: &uses)
    for name in Set(uses.map(\.name)).sorted() {
      guard let view = scope.values[name] else { continue }
      scope.values[name] = try materialised(view, name: "\(scope.name).\(name).rows")
    }
  }

  private mutating func addLookup(
    _ lookup: Lookup, in table: RowTable
  ) throws(CircuitLanguageError) {
    for expression in lookup.columns + [table.source] {
      try charge(1 + expression.terms.count)
      try checkPositions(expression)
    }
    var conforming = lookup
    conforming.columns = lookup.columns.map { readingCopies($0) }
    var rows = table
    if !bindsModel(table) { rows.source = readingCopies(table.source) }
    conforming.table = Self.rowTableBase + number(of: rows)
    system.lookups.append(conforming)
  }

  /// The number of a table of rows among its like, which is added unless it is there; a permutation is
  /// each time another one.
  private mutating func number(of table: RowTable) -> Int {
    let key = RowTableKey(table)
    if let known = rowTableNumbers[key], !table.isPermutation { return known }
    system.rowTables.append(table)
    if !table.isPermutation { rowTableNumbers[key] = system.rowTables.count - 1 }
    return system.rowTables.count - 1
  }

  /// Whether the argument can bind the model by the rows: its tensors' first axes are one whole column.
  private func bindsModel(_ table: RowTable) -> Bool {
    var lane: Int?
    for term in table.source.terms
    where system.tensors.indices.contains(term.read.tensor)
      && system.tensors[term.read.tensor].role == .model
    {
      guard let first = term.read.positions.first?.plainIndex, first >= table.rowRank,
        table.indices[first].size == system.tensors[term.read.tensor].shape.first,
        lane == nil || lane == first
      else { return false }
      lane = first
    }
    return true
  }

  /// The system with all tables numbered through.
  var numberedSystem: ConstraintSystem {
    var result = system
    guard !system.rowTables.isEmpty else { return result }
    for place in result.lookups.indices where result.lookups[place].table >= Self.rowTableBase {
      result.lookups[place].table += result.tables.count - Self.rowTableBase
    }
    return result
  }

  /// The number of tuples that a lookup is of.
  func tupleCount(of lookup: Lookup) -> Int {
    let table = lookup.table - Self.rowTableBase
    let columns = table >= 0 ? system.rowTables[table].columnRank : 0
    return lookup.indices.dropLast(columns).saturatingCount
  }
}

/// What makes a table of rows the same as another one, whatever it is called.
struct RowTableKey: Hashable {
  private let sizes: [Int]
  private let rowRank: Int
  private let constant: Integer
  private let coefficients: [Integer]
  private let reads: [TensorRead]

  init(_ table: RowTable) {
    sizes = table.indices.map(\.size)
    rowRank = table.rowRank
    constant = table.source.constant
    coefficients = table.source.terms.map(\.coefficient)
    reads = table.source.terms.map(\.read)
  }
}

/// The indices of a statement as those of a lookup and of its table.
private struct RowIndices {
  /// Numbers of rows that are indices of the lookup.
  let shared: [Int]
  let lookup: [Int]
  let table: [Int]
  let inLookup: IndexSubstitution
  let inTable: IndexSubstitution

  /// - Parameters:
  ///   - linear: the lookup's columns, then the source.
  ///   - numbers: the indices that number the rows alone.
  init(_ frame: StatementFrame, _ linear: [LinearExpression], numbers: [Int]) {
    let others = (0..<frame.domainRank).filter { !numbers.contains($0) }
    let inSource = linear[linear.count - 1].usedIndices
    let inNumbers = linear.dropLast(2).reduce(into: Set<Int>()) { $0.formUnion($1.usedIndices) }
    shared = others.filter { inSource.contains($0) && inNumbers.contains($0) }
    let columns = others.filter { inSource.contains($0) && !inNumbers.contains($0) }
    lookup = shared + others.filter { !inSource.contains($0) } + columns
    table = shared + numbers + columns
    inLookup = Self.places(lookup, count: frame.indices.count)
    inTable = Self.places(table, count: frame.indices.count)
  }

  private static func places(_ indices: [Int], count: Int) -> IndexSubstitution {
    var values = [AffineIndex](repeating: AffineIndex(), count: count)
    for (place, index) in indices.enumerated() { values[index] = AffineIndex(index: place) }
    return IndexSubstitution(values: values)
  }
}

extension LinearExpression {
  fileprivate var usedIndices: Set<Int> {
    terms.reduce(into: []) { used, term in
      for position in term.read.positions { used.formUnion(position.terms.map(\.index)) }
    }
  }
}

extension StatementFrame {
  /// The digits that an index is made of.
  fileprivate func digits(of name: String) -> [Int] {
    space.scope[name].map { space.entries[$0].parts.map(\.index) } ?? []
  }
}
