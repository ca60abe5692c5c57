import ConstraintSystem

/// An expression prepared for evaluation over arrays of positions. It is put together from its leaves
/// to its root.
package struct ExpressionProgram<Element: LaneElement>: Sendable {
  /// Part of an expression, by number.
  package typealias Part = Int

  enum Operation: Sendable {
    case constant(Element)
    /// The number of a source, and what it gives outside of its tensor.
    case read(Int, outside: Element)
    /// 1 where a source has an element, 0 where it reads outside of its tensor.
    case presence(Int)
    case lanes(LaneOperation)
    case select
    /// Over the indices of a space. With `skips` it is an error that every term is left out.
    case reduce(LaneReduction, space: Int, skips: Bool)
    case lookup(Int)
    /// A place so far, and one more axis: the row-major position, or −1 outside.
    case axis(size: Int, mustExist: Bool)
    /// The element of a tensor at a row-major position; zero at −1.
    case element(tensor: Int)
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

  package let indices: [StatementIndex]
  /// The lists of indices over which arrays may run: first the domain's, then the reductions'.
  private(set) var spaces: [[Int]]
  private(set) var nodes: [Node] = []
  package var root: Part = 0
  /// For each source and each space, how to read the source over the space.
  private(set) var plans: [[GatherPlan]] = []
  private(set) var lookups: [LookupColumn] = []
  private var reads: [StridedRead] = []
  /// The indices that have a value where the next node is evaluated; those of size 1 always have.
  private var bound: [Bool]

  /// The domain is spanned by the listed indices, row-major.
  ///
  /// - Parameter fixed: an index that each run gives a value.
  package init(
    indices: [StatementIndex], domain: [Int], fixed: Int? = nil
  ) throws(MalformedRead) {
    if let empty = indices.first(where: { $0.size < 1 }) {
      throw MalformedRead(reason: "the index \(empty.name) has no values")
    }
    self.indices = indices
    spaces = [domain]
    bound = indices.indices.map {
      indices[$0].size == 1 || domain.contains($0) || $0 == fixed
    }
  }

  /// Makes the program ready to run, once all its parts are there.
  package mutating func finish(root: Part) {
    self.root = root
    plans = reads.map { read in
      spaces.map { GatherPlan(read, space: $0, indices: indices) }
    }
  }

  /// The number of positions of the domain.
  package var count: Int { size(ofSpace: 0) }

  func size(ofSpace space: Int) -> Int { spaces[space].reduce(1) { $0 * indices[$1].size } }
}

// MARK: - Parts

extension ExpressionProgram {
  package mutating func constant(_ value: Element) -> Part { append(.constant(value)) }

  /// The value of an affine function of the indices.
  package mutating func position(_ position: AffineIndex) throws(MalformedRead) -> Part {
    try requireBound(position)
    reads.append(try StridedRead(position: position, indices: indices))
    return append(.read(reads.count - 1, outside: .zero))
  }

  /// An element of a tensor, or `outside` where there is none.
  package mutating func read(
    _ read: TensorRead, of tensors: TensorSources, outside: Element = .zero
  ) throws(MalformedRead) -> Part {
    append(.read(try source(read, of: tensors), outside: outside))
  }

  /// 1 where a read has an element, 0 where it is outside; nil where it never is.
  package mutating func presence(
    of read: TensorRead, in tensors: TensorSources
  ) throws(MalformedRead) -> Part? {
    let source = try source(read, of: tensors)
    return reads[source].guards.isEmpty ? nil : append(.presence(source))
  }

  /// The row-major position of one more axis, of an outer position and one along the axis; −1
  /// outside, which is an error where the place must exist.
  package mutating func axis(
    _ outer: Part, _ position: Part, size: Int, mustExist: Bool
  ) -> Part { append(.axis(size: size, mustExist: mustExist), outer, position) }

  /// The element of a tensor at a row-major position, zero at −1.
  package mutating func element(
    at position: Part, ofTensor tensor: Int
  ) -> Part { append(.element(tensor: tensor), position) }

  package mutating func apply(_ operation: LaneOperation, _ first: Part, _ second: Part = -1)
    -> Part
  { append(.lanes(operation), first, second) }

  /// The second where the first is not zero, otherwise the third.
  package mutating func select(_ condition: Part, _ first: Part, _ second: Part) -> Part {
    append(.select, condition, first, second)
  }

  /// The value of a table's column.
  package mutating func lookup(_ column: LookupColumn, _ argument: Part) -> Part {
    lookups.append(column)
    return append(.lookup(lookups.count - 1), argument)
  }

  /// Begins a reduction over the listed indices, which have values until it ends; the result is its
  /// number.
  package mutating func beginReduction(over: [Int]) throws(MalformedRead) -> Int {
    for index in over {
      guard indices.indices.contains(index), !bound[index] || indices[index].size == 1 else {
        throw MalformedRead(reason: "a reduction runs over index \(index), which has a value")
      }
      bound[index] = true
    }
    spaces.append(over)
    return spaces.count - 1
  }

  /// The reduction that was begun under a number. With `skips`, terms that equal the neutral element
  /// are none.
  package mutating func endReduction(
    _ space: Int, _ reduction: LaneReduction, of body: Part, skips: Bool = false
  ) -> Part {
    for index in spaces[space] { bound[index] = indices[index].size == 1 }
    return append(.reduce(reduction, space: space, skips: skips), body)
  }

  private mutating func source(
    _ read: TensorRead, of tensors: TensorSources
  ) throws(MalformedRead) -> Int {
    guard let shape = tensors.shape(of: read.tensor) else {
      throw MalformedRead(reason: "tensor \(read.tensor) is read before it has values")
    }
    for position in read.positions { try requireBound(position) }
    reads.append(try StridedRead(read, shape: shape, indices: indices))
    return reads.count - 1
  }

  private func requireBound(_ position: AffineIndex) throws(MalformedRead) {
    for term in position.terms {
      guard indices.indices.contains(term.index), bound[term.index] else {
        throw MalformedRead(reason: "index \(term.index) has no value where it is read")
      }
    }
  }

  private mutating func append(
    _ operation: Operation, _ first: Int = -1, _ second: Int = -1, _ third: Int = -1
  ) -> Part {
    // A select keeps its condition and a mask while it evaluates its branches, a reduction to a
    // place the extreme; everything else keeps the operands that it already has.
    let operands = [first, second, third].filter { $0 >= 0 }
    var held = 0
    var most = 0
    if case .reduce(let reduction, _, _) = operation, reduction.isPlace { held = 1 }
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

/// A column of a lookup table, whose first column counts from `first` on.
package struct LookupColumn: Sendable {
  /// The table's number, for errors.
  let table: Int
  let first: Int64
  let rows: Int
  /// Nil for the first column itself.
  let values: [Int64]?

  package init(table: Int, first: Int, rows: Int, values: [Int64]?) {
    self.table = table
    self.first = Int64(first)
    self.rows = rows
    self.values = values
  }

  @inline(__always)
  subscript(row: Int) -> Int64 { values?[row] ?? first + Int64(row) }
}
