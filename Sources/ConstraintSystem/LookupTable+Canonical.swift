extension LookupTable: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(first)
    writer.write(rows)
    writer.write(functions)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      name: try reader.name(), first: try reader.value(), rows: try reader.integer(),
      functions: try reader.list())
  }
}

extension TableExpression: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    switch self {
    case .argument: writer.write(tag: 0)
    case .constant(let value):
      writer.write(tag: 1)
      writer.write(value)
    case .add(let a, let b): Self.encode(2, [a, b], into: &writer)
    case .subtract(let a, let b): Self.encode(3, [a, b], into: &writer)
    case .multiply(let a, let b): Self.encode(4, [a, b], into: &writer)
    case .floorDivide(let a, let divisor):
      Self.encode(5, [a], into: &writer)
      writer.write(divisor)
    case .minimum(let a, let b): Self.encode(6, [a, b], into: &writer)
    case .maximum(let a, let b): Self.encode(7, [a, b], into: &writer)
    case .ifNegative(let a, let b, let c): Self.encode(8, [a, b, c], into: &writer)
    }
  }

  private static func encode(
    _ tag: UInt8, _ parts: [TableExpression], into writer: inout CanonicalWriter
  ) {
    writer.write(tag: tag)
    for part in parts { part.encode(into: &writer) }
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    switch try reader.byte() {
    case 0: self = .argument
    case 1: self = .constant(try reader.value())
    case 2: self = .add(try reader.nested(), try reader.nested())
    case 3: self = .subtract(try reader.nested(), try reader.nested())
    case 4: self = .multiply(try reader.nested(), try reader.nested())
    case 5: self = .floorDivide(try reader.nested(), by: try reader.value())
    case 6: self = .minimum(try reader.nested(), try reader.nested())
    case 7: self = .maximum(try reader.nested(), try reader.nested())
    case 8:
      self = .ifNegative(
        try reader.nested(), try reader.nested(), otherwise: try reader.nested())
    default: throw ConstraintSystemError(.unknownTag)
    }
  }
}
