import ConstraintSystem
import Testing

@Suite struct ValidationTests {
  /// A change of the sample system and the rule that it breaks.
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var rule: ConstraintSystemError.Rule
    var change: @Sendable (inout ConstraintSystem) -> Void

    init(
      _ rule: ConstraintSystemError.Rule, _ description: String,
      _ change: @escaping @Sendable (inout ConstraintSystem) -> Void
    ) {
      testDescription = description
      self.rule = rule
      self.change = change
    }
  }

  @Test func theSampleIsSound() throws {
    try sampleCircuit().system.validate()
    let bounds = try WitnessBounds(of: sampleCircuit().system)
    #expect(bounds.intervals[3] == IntegerInterval(low: -32768, high: 32767))
    #expect(bounds.intervals[4] == IntegerInterval(low: 0, high: 255))
    #expect(bounds.intervals[6] == IntegerInterval(low: -32768, high: 32767))
  }

  private static func ports(of system: ConstraintSystem) -> [Int] {
    system.tensors.indices.filter {
      system.tensors[$0].role.isInput || system.tensors[$0].role.isOutput
    }
  }

  static let structure = [
    // The same letter with two marks below and above it, in another order.
    Case(.repeatedName, "names that Unicode takes for equal") { system in
      let names = ["q\u{0307}\u{0323}", "q\u{0323}\u{0307}"]
      for (tensor, name) in zip(ports(of: system), names) { system.tensors[tensor].name = name }
    },
    Case(.repeatedName, "a letter with its mark, in one and in two") { system in
      let names = ["\u{E9}", "e\u{0301}"]
      for (tensor, name) in zip(ports(of: system), names) { system.tensors[tensor].name = name }
    },
    Case(.repeatedName, "the sign of kelvin and the letter") { system in
      let names = ["\u{212A}", "K"]
      for (tensor, name) in zip(ports(of: system), names) { system.tensors[tensor].name = name }
    },
    Case(.repeatedName, "an output under an input's name") { system in
      for tensor in system.tensors.indices where system.tensors[tensor].role == .publicOutput {
        system.tensors[tensor].name = "x"
      }
    },
    Case(.repeatedName, "a private output under an input's name") { system in
      for tensor in system.tensors.indices where system.tensors[tensor].role == .publicOutput {
        system.tensors[tensor].role = .privateOutput
        system.tensors[tensor].name = "x"
      }
    },
    Case(.axisSize, "an empty axis") { $0.tensors[0].shape = [0, 3] },
    Case(.rank, "a model tensor without axes") { $0.tensors[2].shape = [] },
    Case(.rank, "too many axes") { $0.tensors[6].shape = Array(repeating: 1, count: 13) },
    Case(.tooLarge, "too many cells") { $0.tensors[6].shape = [1 << 20, 1 << 20] },
    Case(.tooLarge, "too many cells together") { system in
      for tensor in [0, 3, 4, 5, 6] { system.tensors[tensor].shape = [1 << 20, 1 << 10] }
    },
    Case(.tooLarge, "too many model cells") { $0.tensors[1].shape = [1 << 22, 1 << 13] },
    Case(.tooLarge, "too many boxes") {
      $0.tensors[6].shape = Array(repeating: 1023, count: 3) + [127, 63]
    },
    Case(.valueTooLarge, "a wide range") { $0.tensors[0].range = 0...1 << 49 },
    Case(.valueTooLarge, "a scale out of all proportion") { $0.tensors[0].fractionalBits = 5000 },
    Case(.valueTooLarge, "a large constant") {
      $0.equalities[0].terms[0].factors[0].constant = 1 << 49
    },
    Case(.valueTooLarge, "a large coefficient") { $0.equalities[0].terms[0].coefficient = 1 << 49 },
    Case(.tableSize, "an empty table") { $0.tables[0].rows = 0 },
    Case(.tableSize, "a large table") { $0.tables[0].rows = 65537 },
    Case(.tableValue, "a table far from zero") { $0.tables[0].first = Int.max - 3 },
    Case(.tableValue, "a table without a value") {
      $0.tables[1].columns[0].removeLast()
    },
    Case(.tableValue, "a table with too many values") { $0.tables[1].columns[0].append(0) },
    Case(.tableValue, "a table with a large value") {
      $0.tables[1].columns[0][5] = -(1 << 48) - 1
    },
    Case(.tooLarge, "tables with too many values") { system in
      let column = system.tables[1].columns[0]
      system.tables[1].columns = Array(repeating: column, count: 129)
    },
    Case(.indexSize, "an index without values") { $0.equalities[0].indices[0].size = 0 },
    Case(.indexSize, "a huge index") { $0.lookups[0].indices[0].size = 1 << 31 },
    Case(.tooLarge, "a huge statement") { system in
      system.equalities[1].indices += (0..<3).map { _ in StatementIndex(name: "", size: 1 << 20) }
    },
    Case(.domainRank, "a domain of more than all indices") { $0.equalities[0].domainRank = 4 },
    Case(.domainRank, "a negative domain") { $0.equalities[0].domainRank = -1 },
    Case(.factorCount, "no factor") { $0.equalities[0].terms[0].factors = [] },
    Case(.factorCount, "three factors") { system in
      let factor = system.equalities[0].terms[1].factors[0]
      system.equalities[0].terms[1].factors = [factor, factor, factor]
    },
    Case(.summedIndices, "a sum over the domain") { $0.equalities[0].terms[1].summed = [1, 2] },
    Case(.summedIndices, "a sum twice") { $0.equalities[0].terms[1].summed = [2, 2] },
    Case(.unknownIndex, "a read of an index that is not summed") {
      $0.equalities[0].terms[1].summed = []
    },
    Case(.unknownIndex, "a read of no index") {
      $0.lookups[0].columns[0].terms[0].read.positions[0] = AffineIndex(index: 2)
    },
    Case(.unknownTensor, "a read of no tensor") {
      $0.lookups[0].columns[0].terms[0].read.tensor = 7
    },
    Case(.unknownTensor, "a read of tensor -1") {
      $0.equalities[0].terms[1].factors[0].terms[0].read.tensor = -1
    },
    Case(.unknownTable, "no table") { $0.lookups[0].table = 2 },
    Case(.columnCount, "a column too few") { $0.lookups[1].columns.removeLast() },
    Case(.rank, "a position too few") {
      $0.lookups[0].columns[0].terms[0].read.positions.removeLast()
    },
    Case(.repeatedIndex, "an index in two positions") {
      $0.lookups[0].columns[0].terms[0].read.positions[1] = AffineIndex(index: 0)
    },
    Case(.termsUnordered, "an index twice in a position") {
      $0.lookups[0].columns[0].terms[0].read.positions[1] = AffineIndex(
        terms: [.init(index: 1, coefficient: 1), .init(index: 1, coefficient: 1)])
    },
    Case(.coefficientIsZero, "a zero coefficient") { $0.equalities[0].terms[0].coefficient = 0 },
    Case(.positionTooLarge, "a far position") {
      $0.lookups[0].columns[0].terms[0].read.positions[1].constant = 1 << 40
    },
    Case(.positionTooLarge, "a long position") {
      $0.lookups[0].columns[0].terms[0].read.positions[1].terms[0].coefficient = Int.min
    },
    Case(.modelLookup, "a model tensor in a lookup") {
      $0.lookups[0].columns[0].terms[0].read.tensor = 1
    },
    Case(.modelRead, "a summed first position") { system in
      system.equalities[0].terms[1].factors[1].terms[0].read.positions = [
        AffineIndex(index: 2), AffineIndex(index: 1),
      ]
    },
    Case(.modelRead, "a shifted first position") {
      $0.equalities[0].terms[1].factors[1].terms[0].read.positions[0].constant = 1
    },
    Case(.modelRead, "a bias at a constant position") {
      $0.equalities[0].terms[0].factors[0].terms[0].read.positions[0] = AffineIndex(constant: 1)
    },
    Case(.modelRead, "a model tensor with a constant beside it") {
      $0.equalities[0].terms[1].factors[1].constant = 1
    },
    Case(.modelRead, "a model tensor with a coefficient") {
      $0.equalities[0].terms[1].factors[1].terms[0].coefficient = 2
    },
    Case(.modelRead, "a product of model tensors") { system in
      system.equalities[0].terms[1].factors[0] = system.equalities[0].terms[1].factors[1]
    },
    Case(.modelRead, "the other factor reads the model's first index") {
      $0.equalities[0].terms[1].factors[0].terms[0].read.positions[0] = AffineIndex(index: 1)
    },
  ]

  static let meaning = [
    Case(.unboundedWitness, "an activation that nothing looks up") { $0.lookups.remove(at: 1) },
    Case(.unboundedWitness, "a private input that nothing looks up") {
      $0.tensors[0].role = .privateInput
    },
    Case(.unboundedWitness, "a lookup of a part of the tensor") {
      $0.lookups[1].indices[1].size = 3
    },
    Case(.unboundedWitness, "a lookup with gaps") {
      $0.lookups[1].columns[0].terms[0].read.positions[1].terms[0].coefficient = 2
    },
    Case(.unboundedWitness, "a lookup of a multiple") {
      $0.lookups[1].columns[0].terms[0].coefficient = 2
    },
    Case(.unboundedWitness, "a copy that nothing defines") { $0.equalities.remove(at: 1) },
    Case(.unboundedWitness, "a tensor defined by a multiple of it") {
      $0.equalities[1].terms[0].coefficient = 2
    },
    Case(.unboundedWitness, "two unknown tensors in one equality") { system in
      system.tensors.append(system.tensors[6])
      var read = system.equalities[1].terms[0].factors[0].terms[0]
      read.read.tensor = 7
      system.equalities[1].terms[0].factors[0].terms.append(read)
    },
    Case(.accumulatorTooLarge, "a quotient times too much") {
      $0.equalities[0].terms[0].factors[0].terms[1].coefficient = -(1 << 36)
    },
    Case(.accumulatorTooLarge, "a sum of too many products") { system in
      system.tensors[0].shape = [2, 1 << 22]
      system.tensors[1].shape = [4, 1 << 22]
      system.equalities[0].indices[2].size = 1 << 22
    },
    Case(.lookupTooLarge, "a lookup of a large value") { system in
      let read = system.lookups[0].columns[0].terms[0].read
      var column = system.lookups[0].columns[0]
      column.terms = [.init(coefficient: 1 << 48, read: read)]
      system.lookups.append(
        Lookup(name: "large", indices: system.lookups[0].indices, columns: [column], table: 0))
    },
  ]

  @Test(arguments: structure + meaning) func isRefused(_ c: Case) throws {
    var system = sampleCircuit().system
    c.change(&system)
    let error = #expect(throws: ConstraintSystemError.self) { try system.validate() }
    #expect(error?.rule == c.rule, "\(error.map { $0.explanation + " " + $0.subject } ?? "")")
    #expect(error?.explanation.isEmpty == false)
  }

  @Test func aPrivateInputIsBoundedByItsLookup() throws {
    var system = sampleCircuit().system
    system.tensors[0].role = .privateInput
    system.tensors[5].role = .privateOutput
    let read = TensorRead(tensor: 0, positions: [AffineIndex(index: 0), AffineIndex(index: 1)])
    system.tables.append(LookupTable(name: "range(65536)", first: 0, rows: 65536))
    system.lookups.append(
      Lookup(
        name: "x", indices: [.init(name: "i", size: 2), .init(name: "j", size: 3)],
        columns: [.init(constant: 32768, terms: [.init(coefficient: 1, read: read)])], table: 2))
    try system.validate()
    let bounds = try WitnessBounds(of: system)
    #expect(bounds.intervals[0] == IntegerInterval(low: -32768, high: 32767))
  }

  /// Differences of pooled values bound each other, but nothing bounds all of them together.
  @Test func boundsDoNotFollowFromDifferencesAlone() throws {
    let index = [StatementIndex(name: "i", size: 4)]
    func read(_ tensor: Int) -> LinearExpression.Term {
      .init(coefficient: 1, read: TensorRead(tensor: tensor, positions: [AffineIndex(index: 0)]))
    }
    var difference = LinearExpression(terms: [read(0), read(1)])
    difference.terms[1].coefficient = -1
    var system = ConstraintSystem(
      tensors: ["y", "x"].map {
        TensorDeclaration(name: $0, shape: [4], role: .witness, range: 0...65535)
      },
      tables: [LookupTable(name: "range(65536)", first: 0, rows: 65536)],
      lookups: [Lookup(name: "gap", indices: index, columns: [difference], table: 0)])
    #expect(throws: ConstraintSystemError.self) { try system.validate() }
    system.lookups.append(
      Lookup(name: "y", indices: index, columns: [LinearExpression(terms: [read(0)])], table: 0))
    try system.validate()
    let bounds = try WitnessBounds(of: system)
    #expect(bounds.intervals[1] == IntegerInterval(low: -65535, high: 65535))
  }

  /// A product may exceed the prime if it is all that there is and its factors do not.
  @Test func singleProductsMayBeLarge() throws {
    var system = sampleCircuit().system
    let wide = LinearExpression(
      terms: [
        .init(
          coefficient: 1 << 30,
          read: TensorRead(tensor: 4, positions: [AffineIndex(index: 0), AffineIndex(index: 1)]))
      ])
    let product = Equality.Term(coefficient: 1, factors: [wide, wide])
    let equality = Equality(
      name: "product", indices: Array(system.equalities[0].indices[..<2]), domainRank: 2,
      terms: [product])
    system.equalities.append(equality)
    try system.validate()
    system.equalities[2].terms.append(product)
    let error = #expect(throws: ConstraintSystemError.self) { try system.validate() }
    #expect(error?.rule == .accumulatorTooLarge)
  }

  /// The parts of a concatenation are never inside of their tensors together.
  @Test func concatenationsAreNotAddedUp() {
    func read(_ offset: Int) -> TensorRead {
      TensorRead(
        tensor: 0,
        positions: [AffineIndex(constant: -offset, terms: [.init(index: 0, coefficient: 1)])])
    }
    let parts = LinearExpression(
      terms: [0, 5, 10].map { .init(coefficient: 1, read: read($0)) })
    func interval(_ expression: LinearExpression) -> IntegerInterval? {
      expression.interval(
        indices: [StatementIndex(name: "i", size: 15)], shape: { _ in [5] },
        range: { _ in IntegerInterval(low: -7, high: 9) })
    }
    #expect(interval(parts) == IntegerInterval(low: -7, high: 9))
    let overlapping = LinearExpression(
      terms: [0, 4, 10].map { .init(coefficient: 1, read: read($0)) })
    #expect(interval(overlapping) == IntegerInterval(low: -14, high: 18))
  }
}
