import CircuitLanguage
import CircuitTestSupport
import ConstraintSystem
import FieldArithmetic
import Testing
import Witness

@testable import CircuitCheck

@Suite("The search through all assignments")
struct SearchTests {
  /// A read of one cell of a tensor of one axis.
  private static func read(_ tensor: Int) -> LinearExpression {
    LinearExpression(TensorRead(tensor: tensor, positions: [AffineIndex()]))
  }

  /// Three cells in 0..<4 and some random equalities that their honest values satisfy.
  private struct Puzzle {
    var system = ConstraintSystem()
    var honest: [Int] = []

    init(seed: UInt64) {
      var generator = SeededNumbers(seed: seed)
      let roles: [TensorRole] = [.publicInput, .privateOutput, .witness, .witness]
      for (number, role) in roles.enumerated() {
        system.tensors.append(
          TensorDeclaration(name: "t\(number)", shape: [1], role: role, range: 0...3))
        honest.append(Int.random(in: 0..<4, using: &generator))
      }
      system.tables = [LookupTable(name: "range(4)", first: 0, rows: 4)]
      for number in 1..<4 {
        system.lookups.append(
          Lookup(name: "l\(number)", indices: [], columns: [SearchTests.read(number)], table: 0))
      }
      for _ in 0..<Int.random(in: 1...3, using: &generator) { addEquality(&generator) }
    }

    private mutating func addEquality(_ generator: inout SeededNumbers) {
      var terms: [Equality.Term] = []
      var sum = 0
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let coefficient = Int.random(in: 1...5, using: &generator)
        let factors = (0..<Int.random(in: 1...2, using: &generator)).map { _ in
          Int.random(in: 0..<4, using: &generator)
        }
        terms.append(.init(coefficient: coefficient, factors: factors.map(SearchTests.read)))
        sum += factors.reduce(coefficient) { $0 * honest[$1] }
      }
      terms.append(.init(coefficient: 1, factors: [LinearExpression(constant: -sum)]))
      system.equalities.append(Equality(name: "e", indices: [], domainRank: 0, terms: terms))
    }

    /// Whether another output satisfies all, by trying everything.
    var hasSecond: Bool {
      (0..<64).contains { number in
        let values = [honest[0], number % 4, number / 4 % 4, number / 16]
        let assignment = Assignment(values.map { IntegerBuffer([$0]) })
        return values[1] != honest[1]
          && (try? StatementChecker.checkByDefinition(system, assignment)) != nil
      }
    }
  }

  @Test("agrees with trying everything", arguments: 0..<300 as Range<UInt64>)
  func bruteForce(seed: UInt64) throws {
    let puzzle = Puzzle(seed: seed)
    let search = AssignmentSearch(
      system: try UnrolledSystem(puzzle.system), honest: puzzle.honest.map { Fp($0) })
    switch search.run(work: 100_000) {
    case .unique: #expect(!puzzle.hasSecond)
    case .second(let values):
      #expect(puzzle.hasSecond)
      #expect(values[1] != Fp(puzzle.honest[1]) && values[0] == Fp(puzzle.honest[0]))
    case .unfinished: Issue.record("three cells of four values are not all")
    }
  }

  @Test("says so where it runs out of steps")
  func unfinished() throws {
    let puzzle = Puzzle(seed: 3)
    let search = AssignmentSearch(
      system: try UnrolledSystem(puzzle.system), honest: puzzle.honest.map { Fp($0) })
    guard case .unfinished = search.run(work: 0) else {
      Issue.record("no work was allowed")
      return
    }
  }

  @Test("square roots")
  func squareRoots() {
    var generator = SeededNumbers(seed: 1)
    for number in 0..<200 {
      let value = number < 20 ? Fp(number) : Fp(generator.next())
      let square = value * value
      #expect(square.squareRoot == value || square.squareRoot == -value)
      // The generator of the group is no square, so no product of it and a square is one.
      #expect(value == .zero || (square * Fp.generator).squareRoot == nil)
    }
  }

  @Test("roots of quadratic equations")
  func roots() {
    #expect(Fp.roots(square: .zero, slope: .zero, value: .zero) == nil)
    #expect(Fp.roots(square: .zero, slope: .zero, value: .one) == [])
    #expect(Fp.roots(square: .zero, slope: Fp(2), value: Fp(-6)) == [Fp(3)])
    let two = Fp.roots(square: .one, slope: Fp(-7), value: Fp(12)) ?? []
    #expect(Set(two) == [Fp(3), Fp(4)])
    #expect(Fp.roots(square: Fp(2), slope: Fp(-4), value: Fp(2)) == [.one])
    #expect(Fp.roots(square: .one, slope: .zero, value: -Fp.generator) == [])
  }
}

@Suite("Statements written out")
struct UnrolledSystemTests {
  /// Over integers both say the same of small values.
  @Test(
    "agree with their definition",
    arguments: [
      ("argmax", TrialSizes(sizes: ["size": 4], rest: [2], parameters: ["last": 0])),
      ("relu", TrialSizes(rest: [3])),
      ("matmul", TrialSizes(sizes: ["rows": 2, "inner": 3, "columns": 2], rest: [2])),
      (
        "max_pool1d",
        TrialSizes(
          sizes: ["batch": 1, "channels": 2, "length": 5],
          parameters: ["kernel": 3, "stride": 2, "pad_begin": 1, "pad_end": 1, "dilation": 1])
      ),
    ])
  func agree(circuit: String, sizes: TrialSizes) throws {
    let trial = try TrialCircuit(circuit, of: .withExamples(), sizes)
    var generator = SeededNumbers(seed: 9)
    let honest = try #require(trial.honestAssignment())
    var system = trial.circuit.system
    for tensor in system.tensors.indices { system.tensors[tensor].range = -(1 << 40)...(1 << 40) }
    let unrolled = try UnrolledSystem(system)
    var outcomes: Set<Bool> = []
    for round in 0..<200 {
      var tensors = honest.tensors
      let number = Int.random(in: tensors.indices, using: &generator)
      var values = tensors[number].values
      let place = Int.random(in: values.indices, using: &generator)
      values[place] += round % 4 == 0 ? 0 : Int.random(in: -2...2, using: &generator)
      tensors[number] = IntegerBuffer(values)
      let changed = Assignment(tensors)
      let holds = (try? StatementChecker.checkByDefinition(system, changed)) != nil
      #expect(unrolled.violations(unrolled.cells.values(changed)).isEmpty == holds)
      outcomes.insert(holds)
    }
    #expect(outcomes.count == 2)
  }
}
