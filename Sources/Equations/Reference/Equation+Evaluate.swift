import ConstraintSystem
import TensorGraph

extension Equation {
  /// The value of the equation, element by element: what it means, and slow.
  ///
  /// Reals are computed in double precision and given in single precision. Integers are exact: a
  /// quotient of two that is cut off by `truncate` is too. A term that reads outside of an operand
  /// counts as zero, or is left out of an extreme; an extreme of nothing is infinite.
  /// - Parameter kind: what the elements are; truth values are given as the integers 0 and 1.
  ///
  /// Throws what `check` throws, and `.value` for an integer beyond 64 bits, a division of integers
  /// by zero, a computed position that does not exist, or a value that is not of `kind`.
  public func evaluate(
    operands: [Tensor], kind: ElementKind
  ) throws(GraphError) -> Tensor {
    try check(operands: operands.map(\.shape))
    let count = try Shape.elementCount(shape)
    var evaluation = ScalarEvaluation(equation: self, operands: operands)
    var (reals, integers): ([Float], [Int64]) = ([], [])
    for _ in 0..<count {
      let value = try evaluation.value(self.value)
      if kind == .real {
        reals.append(Float(value.double))
      } else {
        integers.append(try value.element(of: kind))
      }
      evaluation.advance()
    }
    return try Tensor(shape: shape, kind == .real ? .real(reals) : .integer(integers))
  }
}

extension Number {
  fileprivate func element(of kind: ElementKind) throws(GraphError) -> Int64 {
    guard let value = exactInteger, kind == .integer || value == 0 || value == 1 else {
      throw GraphError(.value, "\(double) is computed where a value is \(kind.rawValue)")
    }
    return value
  }
}

/// Evaluates the expression of an equation at one element after the other.
private struct ScalarEvaluation {
  let equation: Equation
  let operands: [Tensor]
  let strides: [[Int]]
  private var index: [Int]
  /// Whether the term of the innermost reduction has read outside of an operand.
  private var isOutside = false

  init(equation: Equation, operands: [Tensor]) {
    self.equation = equation
    self.operands = operands
    strides = operands.map { Shape.strides($0.shape) }
    index = [Int](repeating: 0, count: equation.indices.count)
  }

  mutating func advance() {
    for axis in (0..<equation.domainRank).reversed() {
      index[axis] += 1
      if index[axis] < equation.indices[axis].size { return }
      index[axis] = 0
    }
  }

  mutating func value(_ expression: RealExpression) throws(GraphError) -> Number {
    switch expression {
    case .constant(let value): return Int64(exactly: value).map { .integer($0) } ?? .real(value)
    case .index(let position): return .integer(Int64(position.value(at: index)))
    case .read(let read): return try self.read(read)
    case .unary(.truncate, .binary(.divide, let left, let right)):
      return try truncated(value(left), value(right))
    case .unary(let function, let operand): return try function.value(value(operand))
    case .binary(let operation, let left, let right):
      return try operation.value(value(left), value(right))
    case .select(let condition, let first, let second):
      return try value(condition).isTrue ? value(first) : value(second)
    case .reduce(let reduction, let bound, let term): return try reduce(reduction, bound, term)
    }
  }

  /// The quotient towards zero, exact of integers.
  private func truncated(_ left: Number, _ right: Number) throws(GraphError) -> Number {
    guard case .integer(let a) = left, case .integer(let b) = right else {
      return try RealExpression.Unary.truncate.value(.real(left.double / right.double))
    }
    let (quotient, overflow) = a.dividedReportingOverflow(by: b)
    guard !overflow else {
      throw GraphError(.value, "the integer \(a) is divided by \(b)")
    }
    return .integer(quotient)
  }

  private mutating func read(_ read: OperandRead) throws(GraphError) -> Number {
    let shape = operands[read.operand].shape
    var offset: Int? = 0
    for (axis, position) in read.positions.enumerated() {
      let place = try self.place(position, extent: shape[axis])
      offset = offset.flatMap { sum in place.map { sum + $0 * strides[read.operand][axis] } }
    }
    guard let offset else {
      isOutside = true
      return .integer(0)
    }
    switch operands[read.operand].elements {
    case .real(let values): return .real(Double(values[offset]))
    case .integer(let values): return .integer(values[offset])
    }
  }

  /// Nil outside of the operand.
  private mutating func place(
    _ position: ReadPosition, extent: Int
  ) throws(GraphError) -> Int? {
    switch position {
    case .affine(let position):
      let place = position.value(at: index)
      return (0..<extent).contains(place) ? place : nil
    case .computed(let expression):
      let value = try value(expression)
      guard let place = value.exactInteger, (0..<Int64(extent)).contains(place) else {
        throw GraphError(.value, "an element \(value.double) of \(extent) is read")
      }
      return Int(place)
    }
  }
}

// Reductions.
extension ScalarEvaluation {
  private mutating func reduce(
    _ reduction: RealExpression.Reduction, _ bound: [Int], _ term: RealExpression
  ) throws(GraphError) -> Number {
    let wasOutside = isOutside
    defer { isOutside = wasOutside }
    let sizes = bound.map { equation.indices[$0].size }
    for place in bound { index[place] = 0 }
    var result = Reduced(reduction)
    for _ in 0..<sizes.reduce(1, *) {
      isOutside = false
      let value = try value(term)
      if !(isOutside && reduction.skipsOutside) {
        try result.add(value, at: bound.last.map { index[$0] } ?? 0)
      }
      for (place, size) in zip(bound, sizes).reversed() {
        index[place] += 1
        if index[place] < size { break }
        index[place] = 0
      }
    }
    return result.value
  }
}

/// What a reduction has come to.
private struct Reduced {
  let reduction: RealExpression.Reduction
  private var best: Number
  private var place = 0
  private var isEmpty = true

  init(_ reduction: RealExpression.Reduction) {
    self.reduction = reduction
    switch reduction {
    case .sum: best = .integer(0)
    case .product: best = .integer(1)
    case .maximum, .firstMaximum, .lastMaximum: best = .real(-.infinity)
    case .minimum, .firstMinimum, .lastMinimum: best = .real(.infinity)
    }
  }

  var value: Number { reduction.isPlace ? .integer(Int64(place)) : best }

  mutating func add(_ value: Number, at index: Int) throws(GraphError) {
    switch reduction {
    case .sum: best = try RealExpression.Binary.add.value(best, value)
    case .product: best = try RealExpression.Binary.multiply.value(best, value)
    default:
      guard isEmpty || replaces(value) || value.double.isNaN else { return }
      (best, place, isEmpty) = (value, index, false)
    }
  }

  private func replaces(_ value: Number) -> Bool {
    switch reduction {
    case .maximum, .firstMaximum: Number.isLess(best, value)
    case .lastMaximum: !Number.isLess(value, best)
    case .minimum, .firstMinimum: Number.isLess(value, best)
    default: !Number.isLess(best, value)
    }
  }
}
