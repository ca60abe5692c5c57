import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

/// Equations at random, against their meaning.
@Suite struct RandomEquationTests {
  @Test(arguments: 0..<150) func reals(seed: Int) throws { try check(seed, integers: false) }

  @Test(arguments: 0..<150) func integers(seed: Int) throws { try check(seed, integers: true) }

  private func check(_ seed: Int, integers: Bool) throws {
    var maker = EquationMaker(seed: UInt64(seed), integers: integers)
    let operands = try maker.operands()
    let equation = maker.equation()
    let kind: ElementKind = integers ? .integer : .real
    let meaning = try? equation.evaluate(operands: operands, kind: kind)
    do throws(GraphError) {
      _ = try equation.result(on: operands, kind: kind)
    } catch {
      // By its meaning an extreme of nothing is infinite; here it is refused.
      if error.reason.contains("of nothing") { return }
    }
    guard let meaning, meaning.reals.allSatisfy({ $0.isFinite && $0.magnitude < 1e30 }) else {
      return
    }
    try expectMeaning(equation, operands, kind: kind)
  }
}

private struct EquationMaker {
  private var numbers: SeededGenerator
  private let integers: Bool
  private let sizes: [Int]
  private let rank: Int
  private var shapes: [[Int]] = []
  /// The indices that no reduction has bound yet.
  private var free: [Int]

  init(seed: UInt64, integers: Bool) {
    numbers = SeededGenerator(seed: seed)
    self.integers = integers
    rank = Int.random(in: 0...3, using: &numbers)
    var sizes: [Int] = []
    for _ in 0..<rank + 4 { sizes.append([1, 2, 3, 5, 7, 11].randomElement(using: &numbers) ?? 1) }
    self.sizes = sizes
    free = Array(rank..<sizes.count)
  }

  mutating func operands() throws -> [Tensor] {
    var result: [Tensor] = []
    for _ in 0..<3 {
      let shape = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in
        [1, 3, 5, 8].randomElement(using: &numbers) ?? 1
      }
      shapes.append(shape)
      result.append(integers ? try numbers.integers(shape) : try numbers.reals(shape))
    }
    return result
  }

  mutating func equation() -> Equation {
    let value = expression(depth: 4, known: Array(0..<rank))
    // Every index is bound somewhere.
    let rest = free
    free = []
    let total =
      rest.isEmpty
      ? value
      : .binary(.add, value, .reduce(.maximum, over: rest, .constant(1)))
    return Equation(
      indices: sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
      domainRank: rank, value: total)
  }

  private mutating func expression(depth: Int, known: [Int]) -> RealExpression {
    guard depth > 0 else { return leaf(known) }
    switch Int.random(in: 0..<9, using: &numbers) {
    case 0: return leaf(known)
    case 1:
      let functions: [RealExpression.Unary] =
        integers ? [.negate, .abs, .sign, .not, .floor] : [.negate, .abs, .tanh, .erf, .sin]
      return .unary(
        functions.randomElement(using: &numbers) ?? .abs,
        expression(depth: depth - 1, known: known))
    case 2:
      let condition = RealExpression.binary(.less, leaf(known), leaf(known))
      let first = expression(depth: depth - 1, known: known)
      return .select(condition, first, expression(depth: depth - 1, known: known))
    case 3, 4, 5:
      return reduction(depth: depth, known: known)
    default:
      let operations: [RealExpression.Binary] =
        integers
        ? [.add, .subtract, .multiply, .minimum, .maximum, .modulo, .floorDivide, .xor]
        : [.add, .subtract, .multiply, .multiply, .minimum, .maximum]
      let operation = operations.randomElement(using: &numbers) ?? .add
      let left = expression(depth: depth - 1, known: known)
      return .binary(operation, left, expression(depth: depth - 1, known: known))
    }
  }

  private mutating func reduction(depth: Int, known: [Int]) -> RealExpression {
    guard !free.isEmpty else { return leaf(known) }
    let count = Int.random(in: 1...min(2, free.count), using: &numbers)
    let bound = Array(free.suffix(count))
    free.removeLast(count)
    let reductions: [RealExpression.Reduction] = [.sum, .sum, .sum, .maximum, .minimum]
    let inner = known + bound
    var term = expression(depth: depth - 1, known: inner)
    if Bool.random(using: &numbers) { term = .binary(.multiply, leaf(inner), term) }
    return .reduce(reductions.randomElement(using: &numbers) ?? .sum, over: bound, term)
  }

  private mutating func leaf(_ known: [Int]) -> RealExpression {
    let kind = Int.random(in: 0..<8, using: &numbers)
    if kind == 0 {
      let value = Int.random(in: -3...3, using: &numbers)
      return .constant(integers ? Double(value) : Double(value) / 2)
    }
    if kind == 1 { return .index(position(known)) }
    let operand = Int.random(in: 0..<shapes.count, using: &numbers)
    let positions = shapes[operand].map { _ in ReadPosition.affine(position(known)) }
    return .read(OperandRead(operand: operand, positions: positions))
  }

  private mutating func position(_ known: [Int]) -> AffineIndex {
    var terms: [AffineIndex.Term] = []
    for index in known where Int.random(in: 0..<3, using: &numbers) == 0 {
      let coefficient = [1, 1, 1, -1, 2].randomElement(using: &numbers) ?? 1
      terms.append(.init(index: index, coefficient: coefficient))
    }
    return AffineIndex(constant: Int.random(in: -1...2, using: &numbers), terms: terms)
  }
}
