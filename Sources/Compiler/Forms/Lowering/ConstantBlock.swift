import ConstraintSystem
import Equations
import TensorGraph

/// The values of an expression at all values of the indices that it uses, row-major.
struct ConstantBlock {
  /// Ascending.
  var indices: [Int]
  var values: [Double]
  /// Where the expression has read outside of an operand; nil where it nowhere does.
  var outside: [Bool]?

  /// How many values one has at the most.
  static let maximumCount = 1 << 27
}

/// Evaluates expressions over constants as whole tensors.
struct ConstantEvaluation {
  /// The sizes of all indices.
  let sizes: [Int]
  /// The values of operands; nil for those that are not constants.
  let operands: [Tensor?]

  func block(_ expression: RealExpression) throws(GraphError) -> ConstantBlock {
    switch expression {
    case .constant(let value): return ConstantBlock(indices: [], values: [value])
    case .index(let position):
      return try generate([position].usedIndices) { Double(position.value(at: $0)) }
    case .read(let read): return try self.read(read)
    case .unary(let function, let operand):
      var result = try block(operand)
      for place in result.values.indices {
        result.values[place] = function.value(result.values[place])
      }
      return result
    case .binary(let operation, let left, let right):
      return try combine([block(left), block(right)]) { operation.real($0[0], $0[1]) }
    case .select(let condition, let first, let second):
      return try combine([block(condition), block(first), block(second)]) {
        $0[0] != 0 ? $0[1] : $0[2]
      }
    case .reduce(let reduction, let over, let term):
      return try reduce(reduction, over, block(term))
    }
  }

  private func count(_ indices: [Int]) throws(GraphError) -> Int {
    var count = 1
    for index in indices {
      let (product, overflow) = count.multipliedReportingOverflow(by: sizes[index])
      guard !overflow, product <= ConstantBlock.maximumCount else {
        throw GraphError(
          .unsupported,
          "a constant of more than \(ConstantBlock.maximumCount) elements would have to be computed"
        )
      }
      count = product
    }
    return count
  }

  /// One value for each place of the given indices; `value` is handed all indices.
  func generate(
    _ indices: [Int], _ value: ([Int]) throws(GraphError) -> Double
  ) throws(GraphError) -> ConstantBlock {
    let count = try count(indices)
    var values: [Double] = []
    values.reserveCapacity(count)
    var place = [Int](repeating: 0, count: sizes.count)
    for _ in 0..<count {
      values.append(try value(place))
      advance(&place, indices)
    }
    return ConstantBlock(indices: indices, values: values)
  }

  private func advance(_ place: inout [Int], _ indices: [Int]) {
    for index in indices.reversed() {
      place[index] += 1
      if place[index] < sizes[index] { return }
      place[index] = 0
    }
  }

  private func read(_ read: OperandRead) throws(GraphError) -> ConstantBlock {
    guard let tensor = operands[read.operand] else {
      throw GraphError(.structure, "operand \(read.operand) is no constant")
    }
    var computed: [ConstantBlock?] = []
    var used: Set<Int> = []
    for position in read.positions {
      switch position {
      case .affine(let affine):
        computed.append(nil)
        used.formUnion([affine].usedIndices)
      case .computed(let expression):
        let block = try block(expression)
        computed.append(block)
        used.formUnion(block.indices)
      }
    }
    let strides = Shape.strides(tensor.shape)
    let lookup = computed.map { block in block.map { strideTable($0.indices) } }
    let elements = Elements(tensor)
    var outside: [Bool] = []
    var result = try generate(used.sorted()) { place throws(GraphError) in
      var offset: Int? = 0
      for (axis, position) in read.positions.enumerated() {
        let at: Int
        if case .affine(let affine) = position {
          at = affine.value(at: place)
        } else {
          at = try Self.position(computed[axis], lookup[axis], place, tensor.shape[axis])
        }
        offset =
          (0..<tensor.shape[axis]).contains(at) ? offset.map { $0 + at * strides[axis] } : nil
      }
      outside.append(offset == nil)
      return offset.map { elements[$0] } ?? 0
    }
    if outside.contains(true) { result.outside = outside }
    return result
  }

  private static func position(
    _ block: ConstantBlock?, _ strides: [(index: Int, stride: Int)]?, _ place: [Int], _ extent: Int
  ) throws(GraphError) -> Int {
    let offset = (strides ?? []).reduce(0) { $0 + place[$1.index] * $1.stride }
    let value = block?.values[offset] ?? 0
    guard let position = Int(exactly: value), (0..<extent).contains(position) else {
      throw GraphError(.value, "an element \(value) of \(extent) is read")
    }
    return position
  }

  private func strideTable(_ indices: [Int]) -> [(index: Int, stride: Int)] {
    zip(indices, Shape.strides(indices.map { sizes[$0] })).map { ($0, $1) }
  }
}

extension ConstantEvaluation {
  /// An operation on values that are broadcast against each other.
  func combine(
    _ blocks: [ConstantBlock], _ operation: ([Double]) -> Double
  ) throws(GraphError) -> ConstantBlock {
    let indices = Set(blocks.flatMap(\.indices)).sorted()
    let tables = blocks.map { strideTable($0.indices) }
    let hasOutside = blocks.contains { $0.outside != nil }
    var arguments = [Double](repeating: 0, count: blocks.count)
    var outside: [Bool] = []
    var result = try generate(indices) { place in
      var isOutside = false
      for (number, block) in blocks.enumerated() {
        let offset = tables[number].reduce(0) { $0 + place[$1.index] * $1.stride }
        arguments[number] = block.values[offset]
        if hasOutside, block.outside?[offset] == true { isOutside = true }
      }
      if hasOutside { outside.append(isOutside) }
      return operation(arguments)
    }
    if hasOutside { result.outside = outside }
    return result
  }

  private func reduce(
    _ reduction: RealExpression.Reduction, _ over: [Int], _ term: ConstantBlock
  ) throws(GraphError) -> ConstantBlock {
    let kept = term.indices.filter { !over.contains($0) }
    let inner = over.filter { term.indices.contains($0) }
    let repeats = over.filter { !inner.contains($0) }.reduce(1) { $0 * sizes[$1] }
    let table = strideTable(term.indices)
    let count = try count(inner)
    return try generate(kept) { place in
      var result = ReducedConstant(reduction)
      var place = place
      for index in inner { place[index] = 0 }
      for _ in 0..<count {
        let offset = table.reduce(0) { $0 + place[$1.index] * $1.stride }
        if !(reduction.skipsOutside && term.outside?[offset] == true) {
          result.add(term.values[offset], at: inner.last.map { place[$0] } ?? 0)
        }
        advance(&place, inner)
      }
      return result.value(repeats: repeats, isSpread: inner.isEmpty)
    }
  }
}

/// What a reduction has come to.
private struct ReducedConstant {
  let reduction: RealExpression.Reduction
  private var best: Double
  private var place = 0
  private var isEmpty = true

  init(_ reduction: RealExpression.Reduction) {
    self.reduction = reduction
    switch reduction {
    case .sum: best = 0
    case .product: best = 1
    case .maximum, .firstMaximum, .lastMaximum: best = -.infinity
    case .minimum, .firstMinimum, .lastMinimum: best = .infinity
    }
  }

  mutating func add(_ value: Double, at index: Int) {
    let replaces: Bool
    switch reduction {
    case .sum:
      best += value
      return
    case .product:
      best *= value
      return
    case .maximum, .firstMaximum: replaces = value > best
    case .lastMaximum: replaces = value >= best
    case .minimum, .firstMinimum: replaces = value < best
    case .lastMinimum: replaces = value <= best
    }
    if isEmpty || replaces { (best, place, isEmpty) = (value, index, false) }
  }

  /// - Parameter repeats: how often every term counts that is the same along indices it does not use.
  /// - Parameter isSpread: whether it uses none of them.
  func value(repeats: Int, isSpread: Bool) -> Double {
    switch reduction {
    case .sum: best * Double(repeats)
    case .product: best.power(Double(repeats))
    case .lastMaximum, .lastMinimum: Double(isSpread ? repeats - 1 : place)
    case .firstMaximum, .firstMinimum: Double(place)
    case .maximum, .minimum: best
    }
  }
}

/// A tensor's elements as reals.
struct Elements {
  private let tensor: Tensor.Elements

  init(_ tensor: Tensor) { self.tensor = tensor.elements }

  subscript(_ offset: Int) -> Double {
    switch tensor {
    case .real(let values): Double(values[offset])
    case .integer(let values): Double(values[offset])
    }
  }
}
