import Hashing

extension Circuit: CanonicalCodable {
  /// The one encoding of the circuit: the system's, followed by the program's.
  public var canonicalBytes: [UInt8] { encoded() }

  /// BLAKE3 of the canonical bytes.
  public var digest: Digest { Digest(hashing: canonicalBytes) }

  /// Reads canonical bytes. The system's own rules are checked by `validate`, not here.
  public init(canonicalBytes: [UInt8]) throws(ConstraintSystemError) {
    try self.init(decoding: canonicalBytes)
  }

  package func encode(into writer: inout CanonicalWriter) {
    system.encode(into: &writer)
    program.encode(into: &writer)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      system: try ConstraintSystem(from: &reader), program: try WitnessProgram(from: &reader))
  }
}

extension WitnessProgram: CanonicalCodable {
  /// The one encoding of the program.
  public var canonicalBytes: [UInt8] { encoded() }

  /// BLAKE3 of the canonical bytes.
  public var digest: Digest { Digest(hashing: canonicalBytes) }

  /// Reads canonical bytes.
  public init(canonicalBytes: [UInt8]) throws(ConstraintSystemError) {
    try self.init(decoding: canonicalBytes)
  }

  package func encode(into writer: inout CanonicalWriter) {
    writer.write(temporaries)
    writer.write(steps)
    writer.write(loops)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      temporaries: try reader.list(), steps: try reader.list(), loops: try reader.list())
  }
}

extension WitnessProgram.Loop: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(steps.lowerBound)
    writer.write(steps.count)
    writer.write(count)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    let (first, length) = (try reader.integer(), try reader.integer())
    let (end, overflow) = first.addingReportingOverflow(length)
    guard first >= 0, length >= 0, !overflow else { throw ConstraintSystemError(.tooLarge) }
    self.init(steps: first..<end, count: try reader.integer())
  }
}

extension WitnessProgram.Step: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(target)
    writer.write(indices)
    switch computation {
    case .sumOfProducts(let terms):
      writer.write(tag: 0)
      writer.write(terms)
    case .expression(let expression):
      writer.write(tag: 1)
      expression.encode(into: &writer)
    }
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    let name = try reader.name()
    let target = try reader.integer()
    let indices: [StatementIndex] = try reader.list()
    let computation: WitnessProgram.Computation
    switch try reader.byte() {
    case 0: computation = .sumOfProducts(try reader.list())
    case 1: computation = .expression(try HintExpression(from: &reader))
    default: throw ConstraintSystemError(.unknownTag, name)
    }
    self.init(name: name, target: target, indices: indices, computation: computation)
  }
}

extension HintExpression: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    switch self {
    case .constant(let value):
      writer.write(tag: 0)
      writer.write(value)
    case .read(let read):
      writer.write(tag: 1)
      read.encode(into: &writer)
    case .index(let index):
      writer.write(tag: 2)
      index.encode(into: &writer)
    case .add(let a, let b): Self.encode(3, [a, b], into: &writer)
    case .subtract(let a, let b): Self.encode(4, [a, b], into: &writer)
    case .multiply(let a, let b): Self.encode(5, [a, b], into: &writer)
    case .floorDivide(let a, let b): Self.encode(6, [a, b], into: &writer)
    case .remainder(let a, let b): Self.encode(7, [a, b], into: &writer)
    case .minimum(let a, let b): Self.encode(8, [a, b], into: &writer)
    case .maximum(let a, let b): Self.encode(9, [a, b], into: &writer)
    case .less(let a, let b): Self.encode(10, [a, b], into: &writer)
    case .equal(let a, let b): Self.encode(11, [a, b], into: &writer)
    case .select(let a, let b, let c): Self.encode(12, [a, b, c], into: &writer)
    case .sum(let indices, let body): Self.encode(13, indices, body, into: &writer)
    case .minimumOver(let indices, let body): Self.encode(14, indices, body, into: &writer)
    case .maximumOver(let indices, let body): Self.encode(15, indices, body, into: &writer)
    case .table(let table, let column, let value):
      writer.write(tag: 16)
      writer.write(table)
      writer.write(column)
      value.encode(into: &writer)
    case .squareRoot(let a): Self.encode(17, [a], into: &writer)
    case .logarithm(let a): Self.encode(18, [a], into: &writer)
    case .element(let tensor, let positions):
      writer.write(tag: 19)
      writer.write(tensor)
      writer.write(positions)
    }
  }

  private static func encode(
    _ tag: UInt8, _ parts: [HintExpression], into writer: inout CanonicalWriter
  ) {
    writer.write(tag: tag)
    for part in parts { part.encode(into: &writer) }
  }

  private static func encode(
    _ tag: UInt8, _ indices: [Int], _ body: HintExpression, into writer: inout CanonicalWriter
  ) {
    writer.write(tag: tag)
    writer.write(indices)
    body.encode(into: &writer)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    switch try reader.byte() {
    case 0: self = .constant(try reader.value())
    case 1: self = .read(try TensorRead(from: &reader))
    case 2: self = .index(try AffineIndex(from: &reader))
    case 3: self = .add(try reader.nested(), try reader.nested())
    case 4: self = .subtract(try reader.nested(), try reader.nested())
    case 5: self = .multiply(try reader.nested(), try reader.nested())
    case 6: self = .floorDivide(try reader.nested(), try reader.nested())
    case 7: self = .remainder(try reader.nested(), try reader.nested())
    case 8: self = .minimum(try reader.nested(), try reader.nested())
    case 9: self = .maximum(try reader.nested(), try reader.nested())
    case 10: self = .less(try reader.nested(), try reader.nested())
    case 11: self = .equal(try reader.nested(), try reader.nested())
    case 12: self = .select(try reader.nested(), try reader.nested(), try reader.nested())
    case 13: self = .sum(over: try reader.integers(), try reader.nested())
    case 14: self = .minimumOver(try reader.integers(), try reader.nested())
    case 15: self = .maximumOver(try reader.integers(), try reader.nested())
    case 16:
      self = .table(
        try reader.integer(), column: try reader.integer(), try reader.nested())
    case 17: self = .squareRoot(try reader.nested())
    case 18: self = .logarithm(try reader.nested())
    case 19:
      let tensor = try reader.integer()
      var positions: [HintExpression] = []
      for _ in 0..<(try reader.count()) { positions.append(try reader.nested()) }
      self = .element(tensor: tensor, positions)
    default: throw ConstraintSystemError(.unknownTag)
    }
  }
}
