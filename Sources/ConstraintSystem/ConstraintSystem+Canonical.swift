import Hashing

extension ConstraintSystem {
  /// The system as bytes: equal systems have equal bytes, and every system has one encoding only.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// The BLAKE3 hash of the canonical bytes, which names the system.
  public var digest: Digest { Digest(hashing: canonicalBytes) }

  /// Reads canonical bytes. The system still has to be validated.
  public init(canonicalBytes: [UInt8]) throws(CanonicalBytesError) {
    var reader = CanonicalReader(canonicalBytes)
    try self.init(from: &reader)
    try reader.finish()
  }

  func write(to writer: inout CanonicalWriter) {
    writer.list(tensors) { $1.write(to: &$0) }
    writer.list(tables) { $1.write(to: &$0) }
    writer.list(equalities) { $1.write(to: &$0) }
    writer.list(lookups) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      tensors: try reader.list { (reader) throws(CanonicalBytesError) in
        try TensorDeclaration(from: &reader)
      },
      tables: try reader.list { (reader) throws(CanonicalBytesError) in
        try LookupTable(from: &reader)
      },
      equalities: try reader.list { (reader) throws(CanonicalBytesError) in
        try Equality(from: &reader)
      },
      lookups: try reader.list { (reader) throws(CanonicalBytesError) in
        try Lookup(from: &reader)
      })
  }
}

extension TensorDeclaration {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.list(shape) { $0.natural($1) }
    writer.natural(Int(role.rawValue))
    writer.integer(range.lowerBound)
    writer.integer(range.upperBound)
    writer.integer(fractionalBits)
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    let name = try reader.text()
    let shape = try reader.list { (reader) throws(CanonicalBytesError) in try reader.natural() }
    guard let code = UInt8(exactly: try reader.natural()), let role = TensorRole(rawValue: code)
    else { throw .malformed }
    let (low, high) = (try reader.integer(), try reader.integer())
    guard low <= high else { throw .malformed }
    self.init(
      name: name, shape: shape, role: role, range: low...high,
      fractionalBits: try reader.integer())
  }
}

extension AffineIndex {
  func write(to writer: inout CanonicalWriter) {
    writer.integer(constant)
    writer.list(terms) {
      $0.natural($1.index)
      $0.integer($1.coefficient)
    }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      constant: try reader.integer(),
      terms: try reader.list { (reader) throws(CanonicalBytesError) in
        Term(index: try reader.natural(), coefficient: try reader.integer())
      })
    for (term, next) in zip(terms, terms.dropFirst()) where term.index >= next.index {
      throw .nonCanonical
    }
    for term in terms where term.coefficient == 0 { throw .nonCanonical }
  }
}

extension TensorRead {
  func write(to writer: inout CanonicalWriter) {
    writer.natural(tensor)
    writer.list(positions) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      tensor: try reader.natural(),
      positions: try reader.list { (reader) throws(CanonicalBytesError) in
        try AffineIndex(from: &reader)
      })
  }
}

extension LinearExpression {
  func write(to writer: inout CanonicalWriter) {
    writer.integer(constant)
    writer.list(terms) {
      $0.integer($1.coefficient)
      $1.read.write(to: &$0)
    }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      constant: try reader.integer(),
      terms: try reader.list { (reader) throws(CanonicalBytesError) in
        Term(coefficient: try reader.integer(), read: try TensorRead(from: &reader))
      })
  }
}

extension StatementIndex {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.natural(size)
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(name: try reader.text(), size: try reader.natural())
  }
}

extension Equality.Term {
  func write(to writer: inout CanonicalWriter) {
    writer.integer(coefficient)
    writer.list(summed) { $0.natural($1) }
    writer.list(factors) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      coefficient: try reader.integer(),
      summed: try reader.list { (reader) throws(CanonicalBytesError) in try reader.natural() },
      factors: try reader.list { (reader) throws(CanonicalBytesError) in
        try LinearExpression(from: &reader)
      })
  }
}

extension Equality {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.list(indices) { $1.write(to: &$0) }
    writer.natural(domainRank)
    writer.list(terms) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      name: try reader.text(),
      indices: try reader.list { (reader) throws(CanonicalBytesError) in
        try StatementIndex(from: &reader)
      },
      domainRank: try reader.natural(),
      terms: try reader.list { (reader) throws(CanonicalBytesError) in
        try Term(from: &reader)
      })
  }
}

extension Lookup {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.list(indices) { $1.write(to: &$0) }
    writer.list(columns) { $1.write(to: &$0) }
    writer.natural(table)
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      name: try reader.text(),
      indices: try reader.list { (reader) throws(CanonicalBytesError) in
        try StatementIndex(from: &reader)
      },
      columns: try reader.list { (reader) throws(CanonicalBytesError) in
        try LinearExpression(from: &reader)
      },
      table: try reader.natural())
  }
}
