import ConstraintSystem
import Evaluation

extension ExpressionProgram<Int64> {
  /// A hint expression over a domain.
  init(
    _ expression: HintExpression, over domain: StepDomain, tables: TableColumns,
    tensors: TensorSources
  ) throws(MalformedRead) {
    try self.init(
      indices: domain.indices, domain: Array(0..<domain.rank), fixed: domain.fixed)
    finish(root: try add(expression, HintContext(tables: tables, tensors: tensors)))
  }

  private mutating func add(
    _ expression: HintExpression, _ context: HintContext
  ) throws(MalformedRead) -> Part {
    switch expression {
    case .constant(let value): return constant(Int64(value))
    case .read(let read): return try self.read(read, of: context.tensors)
    case .element(let tensor, let positions): return try element(tensor, positions, context)
    case .index(let position): return try self.position(position)
    case .select(let condition, let a, let b):
      let condition = try add(condition, context)
      let first = try add(a, context)
      return select(condition, first, try add(b, context))
    case .sum(let over, let body): return try add(.sum, over, body, context)
    case .minimumOver(let over, let body): return try add(.minimum, over, body, context)
    case .maximumOver(let over, let body): return try add(.maximum, over, body, context)
    case .table(let table, let column, let argument):
      guard let column = context.tables.lookup(column: column, ofTable: table) else {
        throw MalformedRead(reason: "there is no table \(table) with a column \(column)")
      }
      return lookup(column, try add(argument, context))
    case .add(let a, let b): return try add(.add, a, b, context)
    case .subtract(let a, let b): return try add(.subtract, a, b, context)
    case .multiply(let a, let b): return try add(.multiply, a, b, context)
    case .floorDivide(let a, let b): return try add(.floorDivide, a, b, context)
    case .remainder(let a, let b): return try add(.remainder, a, b, context)
    case .minimum(let a, let b): return try add(.minimum, a, b, context)
    case .maximum(let a, let b): return try add(.maximum, a, b, context)
    case .less(let a, let b): return try add(.less, a, b, context)
    case .equal(let a, let b): return try add(.equal, a, b, context)
    case .squareRoot(let a): return apply(.squareRoot, try add(a, context))
    case .logarithm(let a): return apply(.logarithm, try add(a, context))
    }
  }

  /// An element at computed positions; it is an error where there is none.
  private mutating func element(
    _ tensor: Int, _ positions: [HintExpression], _ context: HintContext
  ) throws(MalformedRead) -> Part {
    guard let shape = context.tensors.shape(of: tensor) else {
      throw MalformedRead(reason: "tensor \(tensor) is read before it has values")
    }
    guard shape.count == positions.count else {
      throw MalformedRead(reason: "a read of \(positions.count) positions in \(shape)")
    }
    var place = constant(0)
    for (size, position) in zip(shape, positions) {
      place = axis(place, try add(position, context), size: size, mustExist: true)
    }
    return self.element(at: place, ofTensor: tensor)
  }

  private mutating func add(
    _ operation: LaneOperation, _ a: HintExpression, _ b: HintExpression, _ context: HintContext
  ) throws(MalformedRead) -> Part {
    let first = try add(a, context)
    return apply(operation, first, try add(b, context))
  }

  private mutating func add(
    _ reduction: LaneReduction, _ over: [Int], _ body: HintExpression, _ context: HintContext
  ) throws(MalformedRead) -> Part {
    let space = try beginReduction(over: over)
    return endReduction(space, reduction, of: try add(body, context))
  }
}

/// What a hint expression may read.
private struct HintContext {
  let tables: TableColumns
  let tensors: TensorSources
}

extension TableColumns {
  /// A column for looking up, 0 being the first; nil where there is none.
  fileprivate func lookup(column: Int, ofTable table: Int) -> LookupColumn? {
    guard contains(column: column, ofTable: table) else { return nil }
    return LookupColumn(
      table: table, first: first(ofTable: table), rows: rows(ofTable: table),
      values: column == 0 ? nil : self.column(column, ofTable: table))
  }
}
