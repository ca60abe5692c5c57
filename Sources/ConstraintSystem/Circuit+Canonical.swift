import Hashing

extension Circuit {
  /// The system's and the program's bytes, one after the other.
  public var canonicalBytes: [UInt8] {
    var writer = CanonicalWriter()
    system.write(to: &writer)
    program.write(to: &writer)
    return writer.bytes
  }

  /// Reads canonical bytes. The system still has to be validated.
  public init(canonicalBytes: [UInt8]) throws(CanonicalBytesError) {
    var reader = CanonicalReader(canonicalBytes)
    let system = try ConstraintSystem(from: &reader)
    self.init(system: system, program: try WitnessProgram(from: &reader))
    try reader.finish()
  }
}

extension WitnessProgram {
  func write(to writer: inout CanonicalWriter) {
    writer.list(temporaries) { $1.write(to: &$0) }
    writer.list(steps) { $1.write(to: &$0) }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    self.init(
      temporaries: try reader.list { (reader) throws(CanonicalBytesError) in
        try TensorDeclaration(from: &reader)
      },
      steps: try reader.list { (reader) throws(CanonicalBytesError) in
        try Step(from: &reader)
      })
  }
}

extension WitnessProgram.Step {
  func write(to writer: inout CanonicalWriter) {
    writer.text(name)
    writer.natural(target)
    writer.list(indices) { $1.write(to: &$0) }
    switch computation {
    case .sumOfProducts(let terms):
      writer.natural(0)
      writer.list(terms) { $1.write(to: &$0) }
    case .expression(let expression):
      writer.natural(1)
      expression.write(to: &writer)
    }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    let name = try reader.text()
    let target = try reader.natural()
    let indices = try reader.list { (reader) throws(CanonicalBytesError) in
      try StatementIndex(from: &reader)
    }
    let computation: WitnessProgram.Computation
    switch try reader.natural() {
    case 0:
      computation = .sumOfProducts(
        try reader.list { (reader) throws(CanonicalBytesError) in
          try Equality.Term(from: &reader)
        })
    case 1: computation = .expression(try HintExpression(from: &reader))
    default: throw .malformed
    }
    self.init(name: name, target: target, indices: indices, computation: computation)
  }
}

extension HintExpression {
  /// Codes of the cases, part of the format.
  private enum Code: Int {
    case constant, read, index, add, subtract, multiply, floorDivide, remainder, minimum, maximum
    case less, equal, select, sum, minimumOver, maximumOver, table
  }

  func write(to writer: inout CanonicalWriter) {
    writer.natural(code.rawValue)
    switch self {
    case .constant(let value): writer.integer(value)
    case .read(let read): read.write(to: &writer)
    case .index(let index): index.write(to: &writer)
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .floorDivide(let a, let b), .remainder(let a, let b), .minimum(let a, let b),
      .maximum(let a, let b), .less(let a, let b), .equal(let a, let b):
      a.write(to: &writer)
      b.write(to: &writer)
    case .select(let condition, let a, let b):
      condition.write(to: &writer)
      a.write(to: &writer)
      b.write(to: &writer)
    case .sum(let indices, let body), .minimumOver(let indices, let body),
      .maximumOver(let indices, let body):
      writer.list(indices) { $0.natural($1) }
      body.write(to: &writer)
    case .table(let table, let column, let argument):
      writer.natural(table)
      writer.natural(column)
      argument.write(to: &writer)
    }
  }

  private var code: Code {
    switch self {
    case .constant: .constant
    case .read: .read
    case .index: .index
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .floorDivide: .floorDivide
    case .remainder: .remainder
    case .minimum: .minimum
    case .maximum: .maximum
    case .less: .less
    case .equal: .equal
    case .select: .select
    case .sum: .sum
    case .minimumOver: .minimumOver
    case .maximumOver: .maximumOver
    case .table: .table
    }
  }

  init(from reader: inout CanonicalReader) throws(CanonicalBytesError) {
    func next(_ reader: inout CanonicalReader) throws(CanonicalBytesError) -> HintExpression {
      try reader.nested { (reader) throws(CanonicalBytesError) in
        try HintExpression(from: &reader)
      }
    }
    func indices(_ reader: inout CanonicalReader) throws(CanonicalBytesError) -> [Int] {
      try reader.list { (reader) throws(CanonicalBytesError) in try reader.natural() }
    }
    guard let code = Code(rawValue: try reader.natural()) else { throw .malformed }
    switch code {
    case .constant: self = .constant(try reader.integer())
    case .read: self = .read(try TensorRead(from: &reader))
    case .index: self = .index(try AffineIndex(from: &reader))
    case .add: self = .add(try next(&reader), try next(&reader))
    case .subtract: self = .subtract(try next(&reader), try next(&reader))
    case .multiply: self = .multiply(try next(&reader), try next(&reader))
    case .floorDivide: self = .floorDivide(try next(&reader), try next(&reader))
    case .remainder: self = .remainder(try next(&reader), try next(&reader))
    case .minimum: self = .minimum(try next(&reader), try next(&reader))
    case .maximum: self = .maximum(try next(&reader), try next(&reader))
    case .less: self = .less(try next(&reader), try next(&reader))
    case .equal: self = .equal(try next(&reader), try next(&reader))
    case .select: self = .select(try next(&reader), try next(&reader), try next(&reader))
    case .sum: self = .sum(over: try indices(&reader), try next(&reader))
    case .minimumOver: self = .minimumOver(try indices(&reader), try next(&reader))
    case .maximumOver: self = .maximumOver(try indices(&reader), try next(&reader))
    case .table:
      self = .table(try reader.natural(), column: try reader.natural(), try next(&reader))
    }
  }
}
