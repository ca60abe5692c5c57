import Testing

@testable import ConstraintSystem

/// Systems that would be verified in a bounded time only by refusing them, each short.
@Suite("Verifying takes a bounded number of steps and weights") struct WorkTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rule: ConstraintSystemError.Rule
    var system: ConstraintSystem

    init(
      _ rule: ConstraintSystemError.Rule, _ description: String, _ system: ConstraintSystem
    ) {
      testDescription = description
      self.rule = rule
      self.system = system
    }
  }

  private static func tensor(_ shape: [Int], _ role: TensorRole = .witness) -> TensorDeclaration {
    TensorDeclaration(name: "x", shape: shape, role: role, range: 0...1)
  }

  private static func indices(_ sizes: [Int]) -> [StatementIndex] {
    sizes.map { StatementIndex(name: "i", size: $0) }
  }

  /// constant + Σ coefficient·index.
  private static func position(_ constant: Int, _ coefficients: (Int, Int)...) -> AffineIndex {
    AffineIndex(
      constant: constant, terms: coefficients.map { .init(index: $0.0, coefficient: $0.1) })
  }

  /// One statement that reads the tensor at the positions, so many times.
  private static func equality(
    _ tensor: TensorDeclaration, _ sizes: [Int], times count: Int = 1, _ positions: AffineIndex...
  ) -> ConstraintSystem {
    let read = LinearExpression.Term(
      coefficient: 1, read: TensorRead(tensor: 0, positions: positions))
    let factor = LinearExpression(terms: Array(repeating: read, count: count))
    return ConstraintSystem(
      tensors: [tensor],
      equalities: [
        Equality(
          name: "e", indices: indices(sizes), domainRank: sizes.count,
          terms: [.init(coefficient: 1, factors: [factor])])
      ])
  }

  private static func lookup(
    _ tensor: TensorDeclaration, _ sizes: [Int], times count: Int = 1, _ positions: AffineIndex...
  ) -> ConstraintSystem {
    let read = LinearExpression.Term(
      coefficient: 1, read: TensorRead(tensor: 0, positions: positions))
    let column = LinearExpression(terms: Array(repeating: read, count: count))
    return ConstraintSystem(
      tensors: [tensor], tables: [LookupTable(name: "t", first: 0, rows: 2)],
      lookups: [Lookup(name: "l", indices: indices(sizes), columns: [column], table: 0)])
  }

  private static func products(_ count: Int) -> ConstraintSystem {
    let one = LinearExpression(constant: 1)
    return ConstraintSystem(
      equalities: [
        Equality(
          name: "e", indices: [], domainRank: 0,
          terms: Array(repeating: .init(coefficient: 1, factors: [one, one]), count: count))
      ])
  }

  static let cases = [
    Case(
      .tooMuchWork, "a convolution of two long indices",
      equality(tensor([1 << 16]), [1 << 15, 1 << 15], position(0, (0, 1), (1, 1)))),
    Case(
      .tooMuchWork, "the same in a lookup",
      lookup(tensor([1 << 16]), [1 << 15 - 1, 1 << 15 - 1], position(0, (0, 1), (1, 1)))),
    Case(
      .tooMuchWork, "many shifted reads of a tensor of many boxes",
      equality(
        tensor([1023, 1023, 1024]), [1024], times: 1 << 13, position(0), position(0),
        position(-1, (0, 1)))),
    Case(
      .tooMuchWork, "many reads of a public tensor",
      equality(
        tensor([1 << 8, 1 << 8], .publicInput), [1 << 8, 1 << 8], times: 1 << 12,
        position(0, (0, 1)), position(0, (1, 1)))),
    Case(
      .tooMuchWork, "many reads of a tensor of many boxes",
      equality(tensor([1023, 1023]), [1], times: 1 << 15, position(0), position(0))),
    Case(
      .tooMuchWork, "many boxes of a lookup and of what it looks up",
      lookup(
        tensor([1023, 1023]), [1023, 1023], times: 1 << 8, position(0, (0, 1)),
        position(0, (1, 1)))),
    Case(.tooMuchWork, "many products", products(1 << 18 + 1)),
    Case(
      .tooMuchMemory, "multiples of a long index",
      equality(tensor([1 << 22]), [1 << 21], times: 3, position(0, (0, 2)))),
    Case(
      .tooMuchMemory, "multiples of long indices in a lookup",
      lookup(
        tensor([1 << 22, 255]), [1 << 21, 255], position(0, (0, 2)), position(0, (1, 1)))),
  ]

  @Test(arguments: cases) func isRefused(_ c: Case) {
    let error = #expect(throws: ConstraintSystemError.self) { try c.system.validate() }
    #expect(error?.rule == c.rule, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.explanation.isEmpty == false)
    #expect(error?.detail != nil)
  }

  /// A system with what it costs by the rules of `Paper/` section 3.4.
  struct Cost: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var steps: Integer
    var weights: Integer
    var system: ConstraintSystem

    init(
      _ description: String, steps: Integer, weights: Integer, _ system: ConstraintSystem
    ) {
      testDescription = description
      self.steps = steps
      self.weights = weights
      self.system = system
    }
  }

  static let costs = [
    // 2^6 for the box of the tensor.
    Cost("a plain read", steps: 64, weights: 0, equality(tensor([8]), [8], position(0, (0, 1)))),
    // The tensor is cut into 4 + 2 + 1; the length of the position is 5.
    Cost(
      "a shifted read", steps: 3 * 64 + 5, weights: 0,
      equality(tensor([7]), [5], position(-1, (0, 1)))),
    // 5 values, then 3 times as many: (1·5 + 5) + (5·3 + 7), and 7 positions in a box of 8.
    Cost(
      "a convolution", steps: 10 + 22 + 7 + 64, weights: 7,
      equality(tensor([8]), [5, 3], position(-1, (0, 1), (1, 1)))),
    // The coefficients ascend by their magnitude: (1·3 + 3) + (3·5 + 15).
    Cost(
      "rows of a matrix", steps: 6 + 30 + 15 + 4 * 64, weights: 15,
      equality(tensor([15]), [5, 3], position(12, (0, -3), (1, 1)))),
    // 4 and 1 values: lengths of 7 and 1; (1·4 + 7) + (1·1 + 1), 4 and 1 in one segment of 4.
    Cost(
      "multiples in a lookup's boxes", steps: 2 * 64 + 11 + 2 + 5 + 2 * 64, weights: 8,
      lookup(tensor([4]), [5], position(0, (0, 2)))),
    // 2·2 of the tensor's segments for each of 2 boxes, and 3 positions for each segment of the
    // other axis, 2.
    Cost(
      "a constant beside an index", steps: 2 * 64 + 2 * 4 * 64 + 2 * 1 * 2, weights: 2,
      lookup(tensor([3, 5]), [3], position(0, (0, 1)), position(4))),
    Cost(
      "public cells", steps: 5 * 3, weights: 0,
      equality(
        tensor([9, 3], .publicOutput), [5, 4], position(2, (0, 1)), position(0, (1, 1)))),
    // Boxes of 4 + 2 values, each of which reads as many cells of 3 positions along the other axis.
    Cost(
      "public cells of a lookup", steps: 2 * 64 + 6, weights: 0,
      lookup(tensor([9], .publicOutput), [6], position(2, (0, 1)))),
    Cost("two products", steps: 1024, weights: 0, products(2)),
  ]

  @Test(arguments: costs) func costsWhatThePaperSays(_ cost: Cost) {
    #expect(throws: Never.self) {
      try cost.system.checkWork(WorkLimits(steps: cost.steps, weights: cost.weights))
    }
    let slow = #expect(throws: ConstraintSystemError.self) {
      try cost.system.checkWork(WorkLimits(steps: cost.steps - 1, weights: cost.weights))
    }
    #expect(slow?.rule == .tooMuchWork)
    guard cost.weights > 0 else { return }
    let large = #expect(throws: ConstraintSystemError.self) {
      try cost.system.checkWork(WorkLimits(steps: cost.steps, weights: cost.weights - 1))
    }
    #expect(large?.rule == .tooMuchMemory)
  }

  @Test func theLimitsHoldForBatches() throws {
    var system = ConstraintSystem(tensors: [Self.tensor([64], .publicInput)])
    let read = LinearExpression.Term(
      coefficient: 1, read: TensorRead(tensor: 0, positions: [AffineIndex(index: 0)]))
    system.equalities = [
      Equality(
        name: "e", indices: Self.indices([64]), domainRank: 1,
        terms: [
          .init(
            coefficient: 1,
            factors: [LinearExpression(terms: Array(repeating: read, count: 64))])
        ])
    ]
    try system.validate()
    #expect(try system.batched(1 << 15).tensors[0].shape == [1 << 15, 64])
    let error = #expect(throws: ConstraintSystemError.self) { try system.batched(1 << 15 + 1) }
    #expect(error?.rule == .tooMuchWork)
  }

  @Test func longSystemsAreNotRead() {
    let error = #expect(throws: ConstraintSystemError.self) {
      try ConstraintSystem(
        canonicalBytes: Array(repeating: 0, count: ConstraintSystemLimits.bytes + 1))
    }
    #expect(error?.rule == .tooLong)
  }
}
