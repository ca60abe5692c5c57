import ConstraintSystem
import Kernels
import TestSupport
import Testing
import Witness

@Suite struct StatementTests {
  /// A system whose equality says what its step computes.
  private static func system(_ circuit: Circuit) -> ConstraintSystem {
    var system = circuit.system
    guard case .sumOfProducts(var terms) = circuit.program.steps[0].computation else {
      return system
    }
    let target = system.tensors.count - 1
    let rank = system.tensors[target].shape.count
    let result = TensorRead(tensor: target, positions: (0..<rank).map { index($0) })
    terms.append(.init(coefficient: -1, factors: [LinearExpression(result)]))
    system.equalities = [
      Equality(
        name: "definition", indices: circuit.program.steps[0].indices, domainRank: rank,
        terms: terms)
    ]
    return system
  }

  @Test(arguments: 0..<150) func equalitiesHoldAndOneWrongValueIsFound(seed: Int) throws {
    var step = RandomStep(seed: UInt64(seed) + 777)
    let circuit = step.sumOfProducts()
    let system = Self.system(circuit)
    var generator = SeededGenerator(seed: UInt64(seed))
    let (model, inputs) = randomValues(for: circuit, &generator, in: -40...40)
    let assignment = try Evaluator.evaluate(circuit, model: model, inputs: inputs)
    try StatementChecker.check(system, assignment)
    try StatementChecker.checkByDefinition(system, assignment)

    let target = system.tensors.count - 1
    var values = assignment[target].values
    let wrong = Int.random(in: 0..<values.count, using: &generator)
    values[wrong] += 2
    let changed = Assignment(assignment.tensors.dropLast() + [IntegerBuffer(values)])
    var position: [Int] = []
    var rest = wrong
    for size in system.tensors[target].shape.reversed() {
      position.insert(rest % size, at: 0)
      rest /= size
    }
    let expected = StatementViolation.equality(name: "definition", position: position, value: -2)
    #expect(throws: expected) { try StatementChecker.check(system, changed) }
    #expect(throws: expected) { try StatementChecker.checkByDefinition(system, changed) }
  }

  /// Two lookups of (x, y) and (2·x[0, j] + 1, its image) in the table of squares and one of y alone.
  private static let lookups: ConstraintSystem = {
    let squares = LookupTable(
      name: "square", first: -40, rows: 81, columns: [(-40...40).map { $0 * $0 }])
    let range = LookupTable(name: "range", first: 0, rows: 2000)
    let x = LinearExpression(read(0, index(0), index(1)))
    let y = LinearExpression(read(1, index(0), index(1)))
    let odd = LinearExpression(
      constant: 1, terms: [.init(coefficient: 2, read: read(0, constant(0), index(0)))])
    return ConstraintSystem(
      tensors: [
        tensor("x", [5, 7], .witness), tensor("y", [5, 7], .witness), tensor("z", [7], .witness),
      ], tables: [squares, range],
      lookups: [
        Lookup(name: "pairs", indices: indices(5, 7), columns: [x, y], table: 0),
        Lookup(name: "values", indices: indices(5, 7), columns: [y], table: 1),
        Lookup(
          name: "odd", indices: indices(7), columns: [odd, LinearExpression(read(2, index(0)))],
          table: 0),
      ])
  }()

  private func values() -> [[Int]] {
    let x = (0..<35).map { ($0 * 17) % 23 - 11 }
    return [x, x.map { $0 * $0 }, x.prefix(7).map { (2 * $0 + 1) * (2 * $0 + 1) }]
  }

  @Test func multiplicitiesCountEveryLookup() throws {
    let values = values()
    var expected = [[Int64](repeating: 0, count: 81), [Int64](repeating: 0, count: 2000)]
    for x in values[0] { expected[0][x + 40] += 1 }
    for y in values[1] { expected[1][y] += 1 }
    for x in values[0].prefix(7) { expected[0][2 * x + 1 + 40] += 1 }
    let assignment = Assignment(values.map { IntegerBuffer($0) })
    #expect(try Multiplicities(of: Self.lookups, in: assignment).counts == expected)
    try StatementChecker.check(Self.lookups, assignment)
    try StatementChecker.checkByDefinition(Self.lookups, assignment)
  }

  @Test func aTupleThatIsInNoRowIsNamed() throws {
    // (wrong tensor, position, value) and the lookup that fails first
    let cases: [(tensor: Int, position: Int, value: Int, failure: StatementViolation)] = [
      (0, 9, 41, .lookup(name: "pairs", position: [1, 2], table: "square", tuple: [41, 16])),
      (0, 9, -41, .lookup(name: "pairs", position: [1, 2], table: "square", tuple: [-41, 16])),
      (1, 34, 50, .lookup(name: "pairs", position: [4, 6], table: "square", tuple: [-8, 50])),
      (2, 6, 2, .lookup(name: "odd", position: [6], table: "square", tuple: [-1, 2])),
    ]
    for (tensor, position, value, failure) in cases {
      var values = values()
      values[tensor][position] = value
      let assignment = Assignment(values.map { IntegerBuffer($0) })
      #expect(throws: failure) { try StatementChecker.check(Self.lookups, assignment) }
      #expect(throws: failure) { try StatementChecker.checkByDefinition(Self.lookups, assignment) }
      #expect(throws: EvaluationError.self) {
        try Multiplicities(of: Self.lookups, in: assignment)
      }
    }
  }

  @Test func manyLookupsAreCountedOnAllThreads() throws {
    let count = 100_000
    let table = LookupTable(name: "range", first: -7, rows: 1000)
    let system = ConstraintSystem(
      tensors: [tensor("x", [count], .witness)], tables: [table],
      lookups: [
        Lookup(
          name: "all", indices: indices(count), columns: [LinearExpression(read(0, index(0)))],
          table: 0)
      ])
    var values = (0..<count).map { ($0 * $0) % 1000 - 7 }
    var expected = [Int64](repeating: 0, count: 1000)
    for value in values { expected[value + 7] += 1 }
    let assignment = Assignment([IntegerBuffer(values)])
    values[99_000] = 993
    values[55_555] = -8
    let wrong = Assignment([IntegerBuffer(values)])
    for threads in [1, 2, 7] {
      Parallelism.threads = threads
      #expect(try Multiplicities(of: system, in: assignment).counts == [expected])
      #expect(
        throws: EvaluationError.lookupMiss(
          lookup: "all", position: [55_555], table: "range", tuple: [-8])
      ) { try Multiplicities(of: system, in: wrong) }
    }
    Parallelism.threads = 0
  }

  @Test func rangesAndCountsAreChecked() throws {
    let system = ConstraintSystem(tensors: [tensor("x", [2, 2], .witness, range: 0...9)])
    let short = Assignment([IntegerBuffer([1, 2, 3])])
    let large = Assignment([IntegerBuffer([1, 2, 10, 3])])
    let expected = StatementViolation.outOfRange(
      tensor: "x", position: [1, 0], value: 10, range: 0...9)
    #expect(throws: StatementViolation.wrongCount(tensor: "x", expected: 4, found: 3)) {
      try StatementChecker.check(system, short)
    }
    #expect(throws: expected) { try StatementChecker.check(system, large) }
    #expect(throws: expected) { try StatementChecker.checkByDefinition(system, large) }
    #expect(throws: EvaluationError.wrongCount(tensor: "x", expected: 4, found: 3)) {
      try Multiplicities(of: system, in: short)
    }
  }
}
