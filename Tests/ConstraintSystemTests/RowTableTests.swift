import Testing

@testable import ConstraintSystem

/// Tables of rows: their bytes, their rules, what they say of their readers' sizes, and their batches.
@Suite struct RowTableTests {
  private static func read(_ tensor: Int, _ indices: Int...) -> LinearExpression {
    LinearExpression(
      TensorRead(tensor: tensor, positions: indices.map { AffineIndex(index: $0) }))
  }

  private static func indices(_ sizes: Int...) -> [StatementIndex] {
    sizes.enumerated().map { StatementIndex(name: "i\($0)", size: $1) }
  }

  /// y[t, j] = w[j, ids[t]] for a model's w[5, 11], and z a permutation of x[2, 3] along its last axis, by
  /// place[2, 3].
  static let sample = ConstraintSystem(
    tensors: [
      .init(name: "w", shape: [5, 11], role: .model, range: -128...127),
      .init(name: "ids", shape: [4], role: .privateInput, range: 0...10),
      .init(name: "y", shape: [4, 5], role: .witness, range: -128...127),
      .init(name: "x", shape: [2, 3], role: .publicInput, range: -7...7),
      .init(name: "place", shape: [2, 3], role: .witness, range: 0...2),
      .init(name: "z", shape: [2, 3], role: .witness, range: -7...7),
    ],
    tables: [LookupTable(name: "small", first: -7, rows: 15)],
    rowTables: [
      RowTable(name: "w", indices: indices(11, 5), rowRank: 1, source: read(0, 1, 0)),
      RowTable(
        name: "x", indices: indices(2, 3), rowRank: 2, source: read(3, 0, 1), isPermutation: true),
    ],
    lookups: [
      Lookup(name: "small", indices: indices(2, 3), columns: [read(5, 0, 1)], table: 0),
      Lookup(name: "y", indices: indices(4, 5), columns: [read(1, 0), read(2, 0, 1)], table: 1),
      Lookup(name: "z", indices: indices(2, 3), columns: [read(4, 0, 1), read(5, 0, 1)], table: 2),
    ])

  private func refusal(_ system: ConstraintSystem) -> ConstraintSystemError.Rule? {
    do throws(ConstraintSystemError) {
      try system.validate()
      return nil
    } catch {
      return error.rule
    }
  }

  private func refusal(_ change: (inout ConstraintSystem) -> Void) -> ConstraintSystemError.Rule? {
    var system = Self.sample
    change(&system)
    return refusal(system)
  }

  @Test func theSampleIsSound() throws {
    #expect(refusal(Self.sample) == nil)
    #expect(Self.sample.tupleRank(of: Self.sample.lookups[1]) == 1)
    #expect(Self.sample.sharedRank(of: Self.sample.lookups[1]) == 0)
    #expect(Self.sample.sharedRank(of: Self.sample.lookups[2]) == 1)
    #expect(Self.sample.tupleCount(of: Self.sample.lookups[1]) == 4)
    #expect(Self.sample.countShape(ofTable: 1) == [11])
    #expect(Self.sample.countShape(ofTable: 2) == nil)
  }

  /// A number lies among its table's rows, and a value where the source's do.
  @Test func tablesOfRowsBoundWhatIsLookedUp() throws {
    let intervals = try WitnessBounds(of: Self.sample).intervals
    #expect(intervals[1] == IntegerInterval(low: 0, high: 10))
    #expect(intervals[2] == IntegerInterval(low: -128, high: 127))
    #expect(intervals[4] == IntegerInterval(low: 0, high: 2))
    // What the rows hold is known only after what they are made of: of two tables in a row, too.
    var chain = Self.sample
    chain.lookups.removeFirst()
    #expect(try WitnessBounds(of: chain).intervals[5] == IntegerInterval(low: -7, high: 7))
    chain.tensors[3].role = .witness
    #expect(refusal(chain) == .unboundedWitness)
    // That all rows are looked up says nothing of the rows that are.
    chain.lookups.insert(Self.sample.lookups[0], at: 0)
    #expect(refusal(chain) == .unboundedWitness)
  }

  @Test func readsBack() throws {
    let bytes = Self.sample.canonicalBytes
    #expect(try ConstraintSystem(canonicalBytes: bytes) == Self.sample)
    for count in bytes.indices {
      #expect(throws: ConstraintSystemError.self) {
        try ConstraintSystem(canonicalBytes: Array(bytes[..<count]))
      }
    }
    for place in bytes.indices {
      for mask in [0x01, 0x02, 0x40, 0x80, 0xff] as [UInt8] {
        var changed = bytes
        changed[place] ^= mask
        guard let other = try? ConstraintSystem(canonicalBytes: changed) else { continue }
        #expect(other.canonicalBytes == changed)
        // Whatever it is, to look at it is safe.
        _ = refusal(other)
      }
    }
  }

  /// The bytes of a system with tables of the kinds that are listed.
  private func bytes(_ tables: [(kind: Integer, rows: Integer)]) -> [UInt8] {
    var writer = CanonicalWriter()
    writer.write(unsigned: 0)
    writer.write(unsigned: UInt64(tables.count))
    for (kind, rows) in tables {
      writer.write("t")
      writer.write(kind)
      writer.write(rows)
      guard rows == 0 else {
        writer.write(unsigned: 0)
        continue
      }
      writer.write(Self.indices(2))
      writer.write(1)
      LinearExpression(constant: 3).encode(into: &writer)
    }
    writer.write(unsigned: 0)
    writer.write(unsigned: 0)
    return writer.bytes
  }

  @Test func otherOrdersAndKindsAreRefused() throws {
    let system = try ConstraintSystem(canonicalBytes: bytes([(4, 9), (0, 0), (1, 0)]))
    #expect(system.tables.count == 1)
    #expect(system.rowTables.map(\.isPermutation) == [false, true])
    #expect(throws: ConstraintSystemError(.tableOrder, "t")) {
      try ConstraintSystem(canonicalBytes: bytes([(0, 0), (4, 9)]))
    }
    for kind: Integer in [-1, 2, 3, .max, .min] {
      #expect(throws: ConstraintSystemError(.unknownTag, "t")) {
        try ConstraintSystem(canonicalBytes: bytes([(kind, 0)]))
      }
    }
  }

  @Test func brokenRulesAreNamed() {
    #expect(refusal { $0.rowTables[0].rowRank = 0 } == .rowRank)
    #expect(refusal { $0.rowTables[0].rowRank = -1 } == .rowRank)
    #expect(refusal { $0.rowTables[0].rowRank = 3 } == .rowRank)
    #expect(refusal { $0.rowTables[0].rowRank = .max } == .rowRank)
    #expect(refusal { $0.rowTables[0].indices[0].size = 0 } == .indexSize)
    #expect(refusal { $0.rowTables[0].indices[1].size = .max } == .indexSize)
    #expect(
      refusal { $0.rowTables[0].indices = Array(repeating: Self.indices(1)[0], count: 33) }
        == .tooLarge)
    #expect(
      refusal {
        $0.rowTables[0].indices = Self.indices(1 << 22, 1 << 22)
        $0.rowTables[0].rowRank = 2
      } == .tooLarge)
    // The lane is a column, alone and whole.
    #expect(refusal { $0.rowTables[0].source = Self.read(0, 0, 1) } == .rowModelRead)
    #expect(refusal { $0.rowTables[0].indices[1].size = 4 } == .rowModelRead)
    #expect(
      refusal { $0.rowTables[0].source.terms[0].read.positions[0].constant = 1 } == .rowModelRead)
    #expect(
      refusal { $0.rowTables[0].source.terms[0].read.positions[0].terms[0].coefficient = 2 }
        == .rowModelRead)
    // Lookups of as many columns, along indices of the table's sizes.
    #expect(refusal { $0.lookups[1].table = 3 } == .unknownTable)
    #expect(refusal { $0.lookups[1].table = -1 } == .unknownTable)
    #expect(refusal { $0.lookups[1].columns = [] } == .columnCount)
    #expect(refusal { $0.lookups[1].columns.append(Self.read(1, 0)) } == .columnCount)
    #expect(refusal { $0.lookups[2].indices = [] } == .columnCount)
    #expect(refusal { $0.lookups[1].indices = [] } == .columnCount)
    #expect(refusal { $0.lookups[1].indices[1].size = 4 } == .rowSizes)
    #expect(refusal { $0.lookups[2].indices[0].size = 1 } == .rowSizes)
    // A tuple has one number, whatever the column.
    #expect(refusal { $0.lookups[1].columns[0] = Self.read(2, 0, 1) } == .unknownIndex)
    #expect(refusal { $0.lookups[1].columns[1] = Self.read(0, 1, 0) } == .modelLookup)
    #expect(refusal { $0.rowTables[1].source = Self.read(9, 0, 1) } == .unknownTensor)
  }

  /// Numbers and values that wrap around p.
  @Test func whatMayWrapAroundIsRefused() {
    let wide: Integer = 1 << 48
    #expect(
      refusal {
        $0.tensors[3].range = -wide...wide
        $0.rowTables[1].source.terms[0].coefficient = 4
      } == .lookupTooLarge)
  }

  @Test func whatVerifyingTakesIsBounded() {
    // A read for each box of many rows, all of a long axis.
    let rows = (1 << 12) - 1
    var system = ConstraintSystem(
      tensors: [.init(name: "x", shape: [1 << 20], role: .publicInput, range: 0...1)])
    let position = AffineIndex(
      terms: [.init(index: 0, coefficient: 3), .init(index: 1, coefficient: 7)])
    let table = RowTable(
      name: "x", indices: Self.indices(rows, 1 << 10), rowRank: 1,
      source: LinearExpression(TensorRead(tensor: 0, positions: [position])))
    system.rowTables = [table]
    #expect(refusal(system) == nil)
    system.rowTables = Array(repeating: table, count: 16)
    #expect(refusal(system) == .tooMuchWork)
  }

  /// Each lookup goes through all that its table's rows are sums of.
  @Test(arguments: [(1 << 9, nil), (1 << 13, ConstraintSystemError.Rule.tooMuchWork)])
  func readsOfASourceCountForEachLookup(
    count: Int, expected: ConstraintSystemError.Rule?
  ) {
    var system = ConstraintSystem(
      tensors: [
        .init(name: "x", shape: [], role: .publicInput, range: 0...1),
        .init(name: "y", shape: [], role: .witness, range: 0...1),
      ])
    let read = LinearExpression.Term(
      coefficient: 1, read: TensorRead(tensor: 0, positions: []))
    system.rowTables = [
      RowTable(
        name: "r", indices: Self.indices(1), rowRank: 1,
        source: LinearExpression(terms: Array(repeating: read, count: count)))
    ]
    let lookup = Lookup(
      name: "l", indices: [],
      columns: [
        LinearExpression(constant: 0), LinearExpression(TensorRead(tensor: 1, positions: [])),
      ], table: 0)
    system.lookups = Array(repeating: lookup, count: count)
    #expect(refusal(system) == expected)
  }

  /// The boxes of a table's counts are compared with each other.
  @Test(arguments: [(11, nil), (13, ConstraintSystemError.Rule.tooMuchWork)])
  func boxesOfCountsCountTwice(axes: Int, expected: ConstraintSystemError.Rule?) {
    var system = ConstraintSystem(
      tensors: [.init(name: "y", shape: [], role: .witness, range: 0...3)])
    let sizes = Array(repeating: 3, count: axes)
    system.rowTables = [
      RowTable(
        name: "r",
        indices: sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
        rowRank: axes, source: LinearExpression(constant: 1))
    ]
    let zeros = Array(repeating: LinearExpression(constant: 0), count: axes)
    system.lookups = [
      Lookup(
        name: "l", indices: [],
        columns: zeros + [LinearExpression(TensorRead(tensor: 0, positions: []))], table: 0)
    ]
    #expect(refusal(system) == expected)
    system.rowTables[0].isPermutation = true
    #expect(refusal(system) != .tooMuchWork)
  }

  /// A model's rows serve all samples; a permutation is each sample's own.
  @Test func batchesKeepWhatIsShared() throws {
    let batched = try Self.sample.batched(7)
    #expect(batched.rowTables[0] == Self.sample.rowTables[0])
    #expect(batched.lookups[1].indices.map(\.size) == [7, 4, 5])
    #expect(batched.rowTables[1].indices.map(\.size) == [7, 2, 3])
    #expect(batched.rowTables[1].rowRank == 3)
    #expect(batched.lookups[2].indices.map(\.size) == [7, 2, 3])
    #expect(batched.sharedRank(of: batched.lookups[2]) == 2)
    // Where all samples have the rows in common, the new index stands behind those of the rows.
    var common = Self.sample
    common.rowTables[0] = RowTable(
      name: "w", indices: Self.indices(4, 11, 5), rowRank: 2, source: Self.read(0, 2, 1))
    try common.validate()
    let lookup = try common.batched(7).lookups[1]
    #expect(lookup.indices.map(\.size) == [4, 7, 5])
    #expect(lookup.columns[0].terms[0].read.positions == [1, 0].map { AffineIndex(index: $0) })
    #expect(lookup.columns[1].terms[0].read.positions == [1, 0, 2].map { AffineIndex(index: $0) })
  }
}
