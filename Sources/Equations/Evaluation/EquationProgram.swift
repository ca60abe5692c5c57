import ConstraintSystem
import Evaluation

/// Makes a program of an expression over reals, or over integers where every part of it is one.
struct EquationProgram<Element: LaneElement> {
  private(set) var program: ExpressionProgram<Element>
  private let sources: TensorSources
  /// How a number is written in the program.
  private let number: (Double) -> Element

  typealias Part = ExpressionProgram<Element>.Part

  /// The program of `expression` over a row-major domain.
  static func make(
    _ expression: RealExpression, indices: [StatementIndex], domain: [Int],
    sources: TensorSources, number: @escaping (Double) -> Element
  ) throws(MalformedRead) -> ExpressionProgram<Element> {
    var maker = try EquationProgram(
      program: ExpressionProgram(indices: indices, domain: domain), sources: sources,
      number: number)
    maker.program.finish(root: try maker.add(expression))
    return maker.program
  }

  private mutating func add(_ expression: RealExpression) throws(MalformedRead) -> Part {
    switch expression {
    case .constant(let value): return program.constant(number(value))
    case .index(let position): return try program.position(position)
    case .read(let read): return try add(read)
    case .unary(let function, let operand): return try add(function, operand)
    case .binary(let operation, let left, let right): return try add(operation, left, right)
    case .select(let condition, let first, let second):
      let condition = try add(condition)
      let first = try add(first)
      return program.select(condition, first, try add(second))
    case .reduce(let reduction, let bound, let term): return try add(reduction, bound, term)
    }
  }

  // MARK: Reads

  private mutating func add(_ read: OperandRead) throws(MalformedRead) -> Part {
    if let read = read.tensorRead { return try program.read(read, of: sources) }
    return program.element(at: try place(read), ofTensor: read.operand)
  }

  /// The row-major position of an element, −1 outside.
  private mutating func place(_ read: OperandRead) throws(MalformedRead) -> Part {
    let shape = sources.shape(of: read.operand) ?? []
    guard shape.count == read.positions.count else {
      throw MalformedRead(reason: "a read of \(read.positions.count) positions in \(shape)")
    }
    var place = program.constant(0)
    for (size, position) in zip(shape, read.positions) {
      switch position {
      case .affine(let position):
        let along = try program.position(position)
        place = program.axis(place, along, size: size, mustExist: false)
      case .computed(let expression):
        let along = try add(expression)
        place = program.axis(place, along, size: size, mustExist: true)
      }
    }
    return place
  }

  // MARK: Operations

  private mutating func add(
    _ function: RealExpression.Unary, _ operand: RealExpression
  ) throws(MalformedRead) -> Part {
    if Element.self == Int64.self, let part = try addIntegers(function, operand) { return part }
    return program.apply(function.operation, try add(operand))
  }

  /// Roundings of quotients of integers, and of integers.
  private mutating func addIntegers(
    _ function: RealExpression.Unary, _ operand: RealExpression
  ) throws(MalformedRead) -> Part? {
    switch (function, operand) {
    case (.floor, .binary(.divide, let a, let b)):
      return try add(.signedFloorDivide, a, b)
    case (.truncate, .binary(.divide, let a, let b)):
      return try add(.truncatedDivide, a, b)
    case (.ceil, .binary(.divide, let a, let b)):
      return try add(.signedCeilDivide, a, b)
    case (.floor, _), (.ceil, _), (.round, _), (.truncate, _): return try add(operand)
    default: return nil
    }
  }

  private mutating func add(
    _ operation: RealExpression.Binary, _ left: RealExpression, _ right: RealExpression
  ) throws(MalformedRead) -> Part {
    if case .constant(let divisor) = right, divisor > 0 {
      switch operation {
      case .floorDivide: return try add(LaneOperation.floorDivide, left, right)
      case .modulo: return try add(LaneOperation.remainder, left, right)
      default: break
      }
    }
    return try add(operation.operation, left, right)
  }

  private mutating func add(
    _ operation: LaneOperation, _ left: RealExpression, _ right: RealExpression
  ) throws(MalformedRead) -> Part {
    let left = try add(left)
    return program.apply(operation, left, try add(right))
  }
}

// MARK: - Reductions

extension EquationProgram {
  private mutating func add(
    _ reduction: RealExpression.Reduction, _ bound: [Int], _ term: RealExpression
  ) throws(MalformedRead) -> Part {
    let space = try program.beginReduction(over: bound)
    let skips = reduction.skipsOutside && mayReadOutside(term)
    let neutral: Element = reduction.reduction.neutral()
    let body = skips ? try add(term, outside: neutral) : try add(term)
    return program.endReduction(space, reduction.reduction, of: body, skips: skips)
  }

  /// A term that is the neutral element where it reads outside of an operand.
  private mutating func add(
    _ term: RealExpression, outside neutral: Element
  ) throws(MalformedRead) -> Part {
    if case .read(let read) = term, let read = read.tensorRead {
      return try program.read(read, of: sources, outside: neutral)
    }
    let value = try add(term)
    guard let presence = try presence(term) else { return value }
    return program.select(presence, value, program.constant(neutral))
  }

  /// Whether a read of a term, but for those of its own reductions, can be outside of its operand.
  private func mayReadOutside(_ term: RealExpression) -> Bool {
    switch term {
    case .constant, .index, .reduce: return false
    case .read(let read):
      guard let read = read.tensorRead else { return true }
      return read.canBeOutside(sources.shape(of: read.tensor) ?? [], program.indices)
    case .unary(_, let operand): return mayReadOutside(operand)
    case .binary(_, let left, let right): return mayReadOutside(left) || mayReadOutside(right)
    case .select(let condition, let first, let second):
      return [condition, first, second].contains(where: mayReadOutside)
    }
  }

  /// 1 where every read of a term that counts is within its operand; nil where that is always so.
  private mutating func presence(_ term: RealExpression) throws(MalformedRead) -> Part? {
    switch term {
    case .constant, .index, .reduce: return nil
    case .read(let read): return try presence(of: read)
    case .unary(_, let operand): return try presence(operand)
    case .binary(_, let left, let right): return both(try presence(left), try presence(right))
    case .select(let condition, let first, let second):
      let (a, b) = (try presence(first), try presence(second))
      var branch: Part?
      if a != nil || b != nil {
        let always = program.constant(1)
        branch = program.select(try add(condition), a ?? always, b ?? always)
      }
      return both(try presence(condition), branch)
    }
  }

  private mutating func presence(of read: OperandRead) throws(MalformedRead) -> Part? {
    if let read = read.tensorRead { return try program.presence(of: read, in: sources) }
    var result: Part?
    for position in read.positions {
      if case .computed(let place) = position { result = both(result, try presence(place)) }
    }
    let outside = program.apply(.less, try place(read), program.constant(0))
    return both(result, program.apply(.not, outside))
  }

  private mutating func both(_ first: Part?, _ second: Part?) -> Part? {
    guard let first, let second else { return first ?? second }
    return program.apply(.and, first, second)
  }
}
