extension LookupTable {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.integer(first)
    writer.natural(rows)
    writer.list(functions) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      name: try reader.text(), first: try reader.integer(), rows: try reader.natural(),
      functions: try reader.list { (reader) throws(CanonicalBytesError) in
        try TableExpression(from: &reader)
      })
  }
}

extension TableExpression {
  /// Codes of the cases, part of the format.
  private enum Code: Int {
    case argument, constant, add, subtract, multiply, floorDivide, minimum, maximum, ifNegative
  }

  func write(to writer: inout CanonicalWriter) {
    func binary(_ code: Code, _ a: TableExpression, _ b: TableExpression) {
      writer.natural(code.rawValue)
      a.write(to: &writer)
      b.write(to: &writer)
    }
    switch self {
    case .argument: writer.natural(Code.argument.rawValue)
    case .constant(let value):
      writer.natural(Code.constant.rawValue)
      writer.integer(value)
    case .add(let a, let b): binary(.add, a, b)
    case .subtract(let a, let b): binary(.subtract, a, b)
    case .multiply(let a, let b): binary(.multiply, a, b)
    case .floorDivide(let a, let divisor):
      writer.natural(Code.floorDivide.rawValue)
      a.write(to: &writer)
      writer.integer(divisor)
    case .minimum(let a, let b): binary(.minimum, a, b)
    case .maximum(let a, let b): binary(.maximum, a, b)
    case .ifNegative(let condition, let a, let b):
      writer.natural(Code.ifNegative.rawValue)
      condition.write(to: &writer)
      a.write(to: &writer)
      b.write(to: &writer)
    }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    func next(_ reader: inout CanonicalReader) throws(CanonicalBytesError) -> TableExpression {
      try reader.nested { (reader) throws(CanonicalBytesError) in
        try TableExpression(from: &reader)
      }
    }
    guard let code = Code(rawValue: try reader.natural()) else { throw .malformed }
    switch code {
    case .argument: self = .argument
    case .constant: self = .constant(try reader.integer())
    case .add: self = .add(try next(&reader), try next(&reader))
    case .subtract: self = .subtract(try next(&reader), try next(&reader))
    case .multiply: self = .multiply(try next(&reader), try next(&reader))
    case .floorDivide: self = .floorDivide(try next(&reader), by: try reader.integer())
    case .minimum: self = .minimum(try next(&reader), try next(&reader))
    case .maximum: self = .maximum(try next(&reader), try next(&reader))
    case .ifNegative:
      self = .ifNegative(try next(&reader), try next(&reader), otherwise: try next(&reader))
    }
  }
}
