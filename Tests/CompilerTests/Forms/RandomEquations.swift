import ConstraintSystem
import Equations
import TensorGraph
import TestSupport

@testable import NetworkTestSupport

/// Writes small graphs of random equations.
struct RandomEquations {
  private var numbers: SeededGenerator
  private var builder = EquationGraphBuilder()
  /// Those of reals that can be read, the newest last.
  private var values: [ValueID] = []
  private let size: Int
  private(set) var indices: [Equation.Index] = []
  private var operands: [ValueID] = []

  init(seed: UInt64, size: Int) {
    numbers = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(size))
    for _ in 0..<8 { _ = numbers.next() }
    self.size = size
  }

  mutating func graph(nodes: Int) throws -> EquationGraph {
    for number in 0..<2 {
      values.append(try builder.addInput(named: "x\(number)", shape: shape(rank: 1 + number)))
    }
    for number in 0..<2 {
      values.append(try constant(shape(rank: 1 + number)))
    }
    for number in 0..<nodes {
      let layer = builder.addLayer(named: "layer\(number)", operation: "Random")
      values.append(try node(layer, "v\(number)"))
    }
    let last = values.suffix(2)
    for (number, value) in last.enumerated() {
      try builder.addOutput(named: "y\(number)", value)
    }
    return try builder.finish()
  }

  /// Inputs for a graph, none of which is a number of few digits.
  mutating func inputs(of graph: EquationGraph) -> [[Double]] {
    graph.inputs.map { id in
      (0..<graph[id].count).map { _ in Double(numbers.real(1.5)) + 1e-9 * Double(numbers.real()) }
    }
  }

  private mutating func pick(_ count: Int) -> Int { Int((numbers.next() >> 20) % UInt64(count)) }

  private mutating func shape(rank: Int) -> [Int] {
    (0..<rank).map { _ in pick(3) == 0 ? 1 + pick(3) : size }
  }

  /// Of powers of two, so that what is computed of them is exact in single precision too.
  private mutating func constant(_ shape: [Int]) throws -> ValueID {
    let choices: [Float] = [-2, -1, -0.5, 0.5, 1, 2]
    let list = (0..<shape.reduce(1, *)).map { _ in choices[pick(choices.count)] }
    return builder.addConstant(named: "c", try Tensor(shape: shape, real: list))
  }

  private mutating func node(_ layer: Int, _ name: String) throws -> ValueID {
    if pick(6) == 0, let view = try view(layer, name) { return view }
    let domain = shape(rank: pick(3))
    indices = domain.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) }
    operands = []
    let known = Array(domain.indices)
    let value = expression(3, known)
    let equation = Equation(indices: indices, domainRank: domain.count, value: value)
    return try builder.append(equation, operands, layer: layer, name: name)
  }

  private mutating func view(_ layer: Int, _ name: String) throws -> ValueID? {
    let value = values[pick(values.count)]
    let shape = builder[value].shape
    guard !shape.isEmpty else { return nil }
    let step: ViewStep
    switch pick(4) {
    case 0: step = .reshape([shape.reduce(1, *)])
    case 1: step = .transpose(Array(shape.indices.reversed()))
    case 2: step = .slice(shape.map { .init(start: $0 - 1, count: $0, step: -1) })
    default: step = .pad(before: shape.map { _ in 1 }, after: shape.map { _ in 0 })
    }
    return try builder.append(step, [value], layer: layer, name: name)
  }
}

extension RandomEquations {
  private mutating func operand(_ value: ValueID) -> Int {
    if let known = operands.firstIndex(of: value) { return known }
    operands.append(value)
    return operands.count - 1
  }

  /// A read at indices, fixed places, or windows that may leave the value.
  private mutating func read(_ known: [Int], staysInside: Bool) -> RealExpression {
    let value = values[pick(3) == 0 ? pick(values.count) : values.count - 1 - pick(2)]
    let shape = builder[value].shape
    var free = known
    let positions = shape.map { extent -> ReadPosition in
      let fitting = free.filter { indices[$0].size <= extent }
      if !staysInside, pick(4) == 0, let index = free.first {
        free.removeFirst()
        let shift = pick(3) - 1
        return .affine(
          AffineIndex(constant: shift, terms: [.init(index: index, coefficient: 1 + pick(2))]))
      }
      guard !fitting.isEmpty, pick(8) > 0 else {
        return .affine(AffineIndex(constant: pick(extent)))
      }
      let index = fitting[pick(fitting.count)]
      if pick(8) > 0 { free.removeAll { $0 == index } }
      return .affine(AffineIndex(index: index))
    }
    return .read(.init(operand: operand(value), positions: positions))
  }

  private func readsInput(_ expression: RealExpression) -> Bool {
    switch expression {
    case .constant, .index: false
    case .read(let read): builder.constantValue(operands[read.operand]) == nil
    case .unary(_, let operand): readsInput(operand)
    case .binary(_, let left, let right): readsInput(left) || readsInput(right)
    case .select(let condition, let first, let second):
      [condition, first, second].contains { readsInput($0) }
    case .reduce(_, _, let term): readsInput(term)
    }
  }

  private func hasReduction(_ expression: RealExpression) -> Bool {
    switch expression {
    case .constant, .index, .read: false
    case .unary(_, let operand): hasReduction(operand)
    case .binary(_, let left, let right): hasReduction(left) || hasReduction(right)
    case .select(_, let first, let second): hasReduction(first) || hasReduction(second)
    case .reduce: true
    }
  }

  private mutating func expression(
    _ depth: Int, _ known: [Int], staysInside: Bool = false
  ) -> RealExpression {
    guard depth > 0 else { return leaf(known, staysInside) }
    func part(_ generator: inout Self) -> RealExpression {
      generator.expression(depth - 1, known, staysInside: staysInside)
    }
    switch pick(13) {
    case 0, 1: return .binary(.add, part(&self), part(&self))
    case 2: return .binary(.subtract, part(&self), part(&self))
    case 3, 4: return .binary(.multiply, part(&self), part(&self))
    case 5: return .binary(pick(2) == 0 ? .maximum : .minimum, part(&self), part(&self))
    case 6, 7: return function(of: part(&self))
    case 8: return .select(condition(depth, known, staysInside), part(&self), part(&self))
    case 9, 10: return reduction(depth, known, staysInside)
    case 11: return ratio(part(&self), part(&self))
    default: return leaf(known, staysInside)
    }
  }

  private mutating func leaf(_ known: [Int], _ staysInside: Bool) -> RealExpression {
    switch pick(8) {
    case 0: return .constant([-1, 0.5, 2, 3][pick(4)])
    case 1 where !known.isEmpty:
      return .index(AffineIndex(index: known[pick(known.count)]))
    default: return read(known, staysInside: staysInside)
    }
  }

  /// Smooth ones of anything, and a root and a power of what is positive; constants stay as they are,
  /// because a function of them is rounded to single precision.
  private mutating func function(of value: RealExpression) -> RealExpression {
    guard readsInput(value) else { return .unary(.negate, value) }
    let square = RealExpression.binary(.power, value, .constant(2))
    // An index is bound once, so that a reduction is not to be read twice.
    switch pick(hasReduction(value) ? 8 : 9) {
    case 0: return .unary(.tanh, value)
    case 1: return .unary(.sin, value)
    case 2: return .unary(.abs, value)
    case 3: return .unary(.erf, value)
    case 4: return .unary(.sqrt, .binary(.add, square, .constant(0.25)))
    case 5: return .binary(.divide, .constant(1), .binary(.add, .constant(1), square))
    case 6: return .unary(.exp, .unary(.tanh, value))
    case 7: return square
    default:
      return .binary(.divide, value, .unary(.sqrt, .binary(.add, square, .constant(1))))
    }
  }

  private mutating func ratio(
    _ numerator: RealExpression, _ denominator: RealExpression
  ) -> RealExpression {
    guard readsInput(denominator) else { return .binary(.subtract, numerator, denominator) }
    let positive = RealExpression.binary(
      .add, .constant(1), .unary(.abs, denominator))
    return .binary(.divide, numerator, positive)
  }

  private mutating func condition(
    _ depth: Int, _ known: [Int], _ staysInside: Bool
  ) -> RealExpression {
    let (a, b) = (leaf(known, staysInside), leaf(known, staysInside))
    let first = RealExpression.binary(pick(2) == 0 ? .less : .lessOrEqual, a, b)
    guard pick(3) == 0, depth > 1 else { return first }
    let second = condition(depth - 1, known, staysInside)
    switch pick(4) {
    case 0: return .binary(.and, first, second)
    case 1: return .binary(.or, first, second)
    case 2: return .binary(.xor, first, second)
    default: return .unary(.not, second)
    }
  }

  private mutating func reduction(
    _ depth: Int, _ known: [Int], _ staysInside: Bool
  ) -> RealExpression {
    let index = indices.count
    indices.append(.init(name: "r\(index)", size: size))
    let choice = pick(5)
    // Windows that leave a value are all that an extreme is of.
    if choice == 0, pick(2) == 0 {
      return .reduce(.maximum, over: [index], window(index, known))
    }
    let isExtreme = choice < 2
    let term = expression(
      depth - 1, known + [index], staysInside: staysInside || isExtreme)
    let reductions: [RealExpression.Reduction] = [
      .maximum, .minimum, .sum, .sum, depth > 1 ? .sum : .product,
    ]
    return .reduce(reductions[choice], over: [index], term)
  }

  /// A read whose every window has an element inside.
  private mutating func window(_ index: Int, _ known: [Int]) -> RealExpression {
    let value = values[pick(values.count)]
    let shape = builder[value].shape
    var positions = shape.map { _ in ReadPosition.affine(AffineIndex(constant: 0)) }
    if !shape.isEmpty {
      let shift = -pick(min(size, 2))
      positions[shape.count - 1] = .affine(
        AffineIndex(constant: shift, terms: [.init(index: index, coefficient: 1)]))
    }
    return .read(.init(operand: operand(value), positions: positions))
  }
}
