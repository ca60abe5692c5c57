import Hashing

extension ConstraintSystem: CanonicalCodable {
  /// The one encoding of the system: `Paper/` section 3 gives the format.
  public var canonicalBytes: [UInt8] { encoded() }

  /// BLAKE3 of the canonical bytes: what a verifying key commits to.
  public var digest: Digest { Digest(hashing: canonicalBytes) }

  /// Reads canonical bytes. The system's own rules are checked by `validate`, not here.
  /// - Throws: `tooLong`, or what is wrong with the bytes.
  public init(canonicalBytes: [UInt8]) throws(ConstraintSystemError) {
    guard canonicalBytes.count <= ConstraintSystemLimits.bytes else {
      throw ConstraintSystemError(.tooLong, detail: ConstraintSystemLimits.bytes)
    }
    try self.init(decoding: canonicalBytes)
  }

  package func encode(into writer: inout CanonicalWriter) {
    writer.write(tensors)
    writer.write(unsigned: UInt64(tableCount))
    for table in tables { table.encode(into: &writer) }
    for table in rowTables { table.encode(into: &writer) }
    writer.write(equalities)
    writer.write(lookups)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(tensors: try reader.list())
    for _ in 0..<(try reader.count()) { try readTable(from: &reader) }
    equalities = try reader.list()
    lookups = try reader.list()
  }

  /// Reads a table of either kind. One of rows has its kind where a public one has its first value, and
  /// no number of rows.
  private mutating func readTable(from reader: inout CanonicalReader) throws(ConstraintSystemError)
  {
    let name = try reader.name()
    let first = try reader.value()
    let rows = try reader.integer()
    guard rows == 0 else {
      guard rowTables.isEmpty else { throw ConstraintSystemError(.tableOrder, name) }
      tables.append(try LookupTable(name: name, first: first, rows: rows, columnsFrom: &reader))
      return
    }
    guard first == 0 || first == 1 else { throw ConstraintSystemError(.unknownTag, name) }
    rowTables.append(
      RowTable(
        name: name, indices: try reader.list(), rowRank: try reader.integer(),
        source: try LinearExpression(from: &reader), isPermutation: first == 1))
  }
}

extension RowTable {
  fileprivate func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(isPermutation ? 1 : 0)
    writer.write(0)
    writer.write(indices)
    writer.write(rowRank)
    source.encode(into: &writer)
  }
}

extension TensorDeclaration: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(shape)
    writer.write(tag: role.rawValue)
    writer.write(range.lowerBound)
    writer.write(range.upperBound)
    writer.write(fractionalBits)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    let name = try reader.name()
    let shape = try reader.integers()
    guard let role = TensorRole(rawValue: try reader.byte()) else {
      throw ConstraintSystemError(.unknownTag, name)
    }
    let low = try reader.value()
    let high = try reader.value()
    guard low <= high else { throw ConstraintSystemError(.emptyRange, name) }
    self.init(
      name: name, shape: shape, role: role, range: low...high,
      fractionalBits: try reader.integer())
  }
}

extension AffineIndex: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(constant)
    writer.write(terms)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(constant: try reader.integer(), terms: try reader.list())
    for (place, term) in terms.enumerated() {
      guard place == 0 || terms[place - 1].index < term.index else {
        throw ConstraintSystemError(.termsUnordered)
      }
      guard term.coefficient != 0 else { throw ConstraintSystemError(.coefficientIsZero) }
    }
  }
}

extension AffineIndex.Term: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(index)
    writer.write(coefficient)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(index: try reader.integer(), coefficient: try reader.integer())
  }
}

extension TensorRead: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(tensor)
    writer.write(positions)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(tensor: try reader.integer(), positions: try reader.list())
  }
}

extension LinearExpression: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(constant)
    writer.write(terms)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(constant: try reader.value(), terms: try reader.list())
  }
}

extension LinearExpression.Term: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(coefficient)
    read.encode(into: &writer)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(coefficient: try reader.value(), read: try TensorRead(from: &reader))
  }
}

extension StatementIndex: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(size)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(name: try reader.name(), size: try reader.integer())
  }
}

extension Equality: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(indices)
    writer.write(domainRank)
    writer.write(terms)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      name: try reader.name(), indices: try reader.list(), domainRank: try reader.integer(),
      terms: try reader.list())
  }
}

extension Equality.Term: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(coefficient)
    writer.write(summed)
    writer.write(factors)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      coefficient: try reader.value(), summed: try reader.integers(), factors: try reader.list())
  }
}

extension Lookup: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(indices)
    writer.write(columns)
    writer.write(table)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      name: try reader.name(), indices: try reader.list(), columns: try reader.list(),
      table: try reader.integer())
  }
}
