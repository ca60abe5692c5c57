import ConstraintSystem
import TestSupport
import Testing
import Witness

/// Random statements: reads with random strides, offsets and missing indices, so that many positions
/// lie outside of the tensors.
struct RandomStep {
  var generator: SeededGenerator
  var sizes: [Int]
  let rank: Int
  var tensors: [TensorDeclaration] = []

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    rank = Int.random(in: 0...3, using: &generator)
    let summed = Int.random(in: 1...3, using: &generator)
    let choices = [1, 1, 2, 3, 4, 5, 7, 9]
    sizes = []
    for _ in 0..<rank + summed { sizes.append(choices.randomElement(using: &generator) ?? 1) }
  }

  /// A read of a new tensor that moves with some of the indices.
  mutating func read() -> TensorRead {
    var free = Array(0..<sizes.count).shuffled(using: &generator)
    let rank = Int.random(in: 0...3, using: &generator)
    var positions: [AffineIndex] = []
    for _ in 0..<rank {
      var terms: [AffineIndex.Term] = []
      for _ in 0..<Int.random(in: 0...2, using: &generator) where !free.isEmpty {
        let coefficient = [1, 1, 1, -1, 2, 3].randomElement(using: &generator) ?? 1
        terms.append(.init(index: free.removeLast(), coefficient: coefficient))
      }
      let constant = Int.random(in: -2...4, using: &generator)
      positions.append(
        AffineIndex(constant: constant, terms: terms.sorted { $0.index < $1.index }))
    }
    let shape = (0..<rank).map { _ in Int.random(in: 1...9, using: &generator) }
    let role: TensorRole = Bool.random(using: &generator) ? .model : .publicInput
    tensors.append(tensor("t\(tensors.count)", shape, role))
    return TensorRead(tensor: tensors.count - 1, positions: positions)
  }

  mutating func linear() -> LinearExpression {
    var result = LinearExpression(constant: Int.random(in: -1...1, using: &generator))
    for _ in 0..<Int.random(in: 1...2, using: &generator) {
      let coefficient = [1, 1, -2, 5].randomElement(using: &generator) ?? 1
      result.terms.append(.init(coefficient: coefficient, read: read()))
    }
    return result
  }

  /// A read that only uses indices of the domain and the given summed ones.
  private mutating func term() -> Equality.Term {
    let all = Array(rank..<sizes.count)
    let factors = Bool.random(using: &generator) ? [linear(), linear()] : [linear()]
    return Equality.Term(
      coefficient: [1, -1, 3].randomElement(using: &generator) ?? 1, summed: all,
      factors: factors)
  }

  mutating func sumOfProducts() -> Circuit {
    let terms = (0..<Int.random(in: 1...3, using: &generator)).map { _ in term() }
    return circuit(.sumOfProducts(terms))
  }

  mutating func circuit(_ computation: WitnessProgram.Computation) -> Circuit {
    let indices = sizes.enumerated().map { StatementIndex(name: "i\($0.offset)", size: $0.element) }
    let target = tensor("y", Array(sizes.prefix(rank)), .witness, range: -(1 << 60)...(1 << 60))
    return WitnessTests.circuit(
      tensors + [target], indices, computation, tables: [Self.table])
  }

  static let table = LookupTable(
    name: "relu", first: -5000, rows: 10_001,
    columns: [(-5000...5000).map { max($0, 0) }, (-5000...5000).map { $0 * $0 / 7 }])

  mutating func expression(depth: Int, over: [Int]) -> HintExpression {
    guard depth > 0 else {
      return Bool.random(using: &generator)
        ? .constant(Int.random(in: -9...9, using: &generator)) : .read(boundRead(over))
    }
    let kind = Int.random(in: 0..<14, using: &generator)
    let a = expression(depth: depth - 1, over: over)
    let b = expression(depth: depth - 1, over: over)
    let positive = HintExpression.maximum(
      b, .constant([1, 3, 8].randomElement(using: &generator) ?? 1))
    switch kind {
    case 0: return .add(a, b)
    case 1: return .subtract(a, b)
    case 2: return .multiply(.remainder(a, .constant(97)), .remainder(b, .constant(101)))
    case 3: return .floorDivide(a, positive)
    case 4: return .remainder(a, positive)
    case 5: return .floorDivide(a, .constant(16))
    case 6: return .minimum(a, b)
    case 7: return .maximum(a, b)
    case 8: return .less(a, b)
    case 9: return .equal(.remainder(a, .constant(3)), .remainder(b, .constant(3)))
    case 10: return .select(.less(a, .constant(0)), b, expression(depth: depth - 1, over: over))
    case 11:
      let column = Int.random(in: 0...2, using: &generator)
      return .table(0, column: column, .remainder(a, .constant(5000)))
    case 12:
      return .index(over.isEmpty ? constant(4) : index(over[0], times: -2, plus: 1))
    default: return reduction(depth: depth, over: over)
    }
  }

  private mutating func reduction(depth: Int, over: [Int]) -> HintExpression {
    let free = (rank..<sizes.count).filter { !over.contains($0) }
    guard let next = free.randomElement(using: &generator) else { return .constant(1) }
    let body = expression(depth: depth - 1, over: over + [next])
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return .sum(over: [next], body)
    case 1: return .minimumOver([next], body)
    default: return .maximumOver([next], body)
    }
  }

  /// A read that moves with the given indices only.
  private mutating func boundRead(_ over: [Int]) -> TensorRead {
    var result = read()
    for position in result.positions.indices {
      result.positions[position].terms.removeAll { !over.contains($0.index) }
    }
    return result
  }
}

@Suite struct RandomCircuitTests {
  @Test(arguments: 0..<400) func sumsOfProducts(seed: Int) throws {
    var step = RandomStep(seed: UInt64(seed))
    try expectDefinition(step.sumOfProducts(), seed: UInt64(seed), in: -40...40)
  }

  @Test(arguments: 0..<600) func expressions(seed: Int) throws {
    var step = RandomStep(seed: UInt64(seed) + 10_000)
    let expression = step.expression(depth: 4, over: Array(0..<step.rank))
    try expectDefinition(step.circuit(.expression(expression)), seed: UInt64(seed))
  }
}
