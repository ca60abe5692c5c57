import ConstraintSystem

/// A hint expression prepared for evaluation over arrays of positions.
struct ExpressionProgram: Sendable {
  enum Reduction: Sendable { case sum, minimum, maximum }

  enum Operation: Sendable {
    case constant(Int64)
    /// The number of a source.
    case read(Int)
    case add, subtract, multiply, floorDivide, remainder, minimum, maximum, less, equal
    /// Of the first operand; the second counts for nothing.
    case squareRoot, logarithm
    case select
    /// Over the indices of a space.
    case reduce(Reduction, space: Int)
    case table(Int, column: Int)
  }

  struct Node: Sendable {
    var operation: Operation
    /// Operands, by number of the node.
    var first = -1
    var second = -1
    var third = -1
    /// How many arrays the evaluation of the node takes, its own result included.
    var arrays = 1
  }

  let indices: [StatementIndex]
  /// The lists of indices over which arrays may run: first the domain's, then the reductions'.
  private(set) var spaces: [[Int]]
  private(set) var nodes: [Node] = []
  private(set) var root = 0
  /// For each source and each space, how to read the source over the space.
  private(set) var plans: [[GatherPlan]] = []
  private var reads: [StridedRead] = []
  /// The indices that have a value where the next node is evaluated; those of size 1 always have.
  private var bound: [Bool]

  /// The first `domainRank` of the indices span the domain.
  init(
    _ expression: HintExpression, indices: [StatementIndex], domainRank: Int, tables: TableColumns,
    tensors: TensorElements
  ) throws(MalformedRead) {
    if let empty = indices.first(where: { $0.size < 1 }) {
      throw MalformedRead(reason: "the index \(empty.name) has no values")
    }
    self.indices = indices
    spaces = [Array(0..<domainRank)]
    bound = indices.indices.map { $0 < domainRank || indices[$0].size == 1 }
    root = try add(expression, tables: tables, tensors: tensors)
    plans = reads.map { read in
      spaces.map { GatherPlan(read, space: $0, indices: indices) }
    }
  }

  /// The number of positions of the domain.
  var count: Int { size(ofSpace: 0) }

  func size(ofSpace space: Int) -> Int { spaces[space].reduce(1) { $0 * indices[$1].size } }

  private mutating func add(
    _ expression: HintExpression, tables: TableColumns, tensors: TensorElements
  ) throws(MalformedRead) -> Int {
    switch expression {
    case .constant(let value): return append(.constant(Int64(value)))
    case .read(let read): return try add(read, tensors: tensors)
    case .index(let position):
      try requireBound(position)
      reads.append(try StridedRead(position: position, indices: indices))
      return append(.read(reads.count - 1))
    case .select(let condition, let a, let b):
      let condition = try add(condition, tables: tables, tensors: tensors)
      let first = try add(a, tables: tables, tensors: tensors)
      return append(.select, condition, first, try add(b, tables: tables, tensors: tensors))
    case .sum(let over, let body):
      return try add(.sum, over, body, tables: tables, tensors: tensors)
    case .minimumOver(let over, let body):
      return try add(.minimum, over, body, tables: tables, tensors: tensors)
    case .maximumOver(let over, let body):
      return try add(.maximum, over, body, tables: tables, tensors: tensors)
    case .table(let table, let column, let argument):
      guard tables.contains(column: column, ofTable: table) else {
        throw MalformedRead(reason: "there is no table \(table) with a column \(column)")
      }
      let argument = try add(argument, tables: tables, tensors: tensors)
      return append(.table(table, column: column), argument)
    default:
      guard let (operation, a, b) = Self.binary(expression) else {
        throw MalformedRead(reason: "unknown expression")
      }
      let first = try add(a, tables: tables, tensors: tensors)
      return append(operation, first, try add(b, tables: tables, tensors: tensors))
    }
  }

  private mutating func add(
    _ read: TensorRead, tensors: TensorElements
  ) throws(MalformedRead) -> Int {
    guard let shape = tensors.shape(of: read.tensor) else {
      throw MalformedRead(reason: "tensor \(read.tensor) is read before it has values")
    }
    for position in read.positions { try requireBound(position) }
    reads.append(try StridedRead(read, shape: shape, indices: indices))
    return append(.read(reads.count - 1))
  }

  private mutating func add(
    _ reduction: Reduction, _ over: [Int], _ body: HintExpression, tables: TableColumns,
    tensors: TensorElements
  ) throws(MalformedRead) -> Int {
    for index in over {
      guard indices.indices.contains(index), !bound[index] || indices[index].size == 1 else {
        throw MalformedRead(reason: "a reduction runs over index \(index), which has a value")
      }
      bound[index] = true
    }
    spaces.append(over)
    let space = spaces.count - 1
    let body = try add(body, tables: tables, tensors: tensors)
    for index in over { bound[index] = indices[index].size == 1 }
    return append(.reduce(reduction, space: space), body)
  }

  private func requireBound(_ position: AffineIndex) throws(MalformedRead) {
    for term in position.terms {
      guard indices.indices.contains(term.index), bound[term.index] else {
        throw MalformedRead(reason: "index \(term.index) has no value where it is read")
      }
    }
  }

  private static func binary(
    _ expression: HintExpression
  ) -> (Operation, HintExpression, HintExpression)? {
    switch expression {
    case .add(let a, let b): (.add, a, b)
    case .subtract(let a, let b): (.subtract, a, b)
    case .multiply(let a, let b): (.multiply, a, b)
    case .floorDivide(let a, let b): (.floorDivide, a, b)
    case .remainder(let a, let b): (.remainder, a, b)
    case .minimum(let a, let b): (.minimum, a, b)
    case .maximum(let a, let b): (.maximum, a, b)
    case .less(let a, let b): (.less, a, b)
    case .equal(let a, let b): (.equal, a, b)
    case .squareRoot(let a): (.squareRoot, a, .constant(0))
    case .logarithm(let a): (.logarithm, a, .constant(0))
    default: nil
    }
  }

  private mutating func append(
    _ operation: Operation, _ first: Int = -1, _ second: Int = -1, _ third: Int = -1
  ) -> Int {
    // A select keeps its condition and a mask while it evaluates its branches; everything else
    // keeps the operands that it already has.
    let operands = [first, second, third].filter { $0 >= 0 }
    var held = 0
    var most = 0
    for (position, operand) in operands.enumerated() {
      most = max(most, held + nodes[operand].arrays)
      held += 1
      if case .select = operation, position == 0 { held += 1 }
    }
    nodes.append(
      Node(
        operation: operation, first: first, second: second, third: third, arrays: 1 + most))
    return nodes.count - 1
  }
}
