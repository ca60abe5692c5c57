import Testing

@testable import ConstraintSystem

@Suite struct TableCodingTests {
  private func table(_ columns: [[Integer]], rows: Int? = nil) -> LookupTable {
    LookupTable(name: "t", first: -3, rows: rows ?? columns.first?.count ?? 5, columns: columns)
  }

  /// The bytes of a table with one column, given by what follows the number of its bends.
  private func bytes(rows: Int, count: UInt64, _ rest: (inout CanonicalWriter) -> Void) -> [UInt8] {
    var writer = CanonicalWriter()
    writer.write("t")
    writer.write(Integer(0))
    writer.write(rows)
    writer.write(unsigned: 1)
    writer.write(unsigned: count)
    rest(&writer)
    return writer.bytes
  }

  private func refusal(_ bytes: [UInt8]) -> ConstraintSystemError.Rule? {
    do throws(ConstraintSystemError) {
      _ = try LookupTable(decoding: bytes)
      return nil
    } catch {
      return error.rule
    }
  }

  @Test func columnsReadBack() throws {
    var random = SystemRandomNumberGenerator()
    let limit = ConstraintSystemLimits.value
    let columns: [[Integer]] = [
      [0], [1], [-1], [limit], [-limit], [0, 0, 0], [5, 5, 5, 5], [1, 2, 3, 4], [-2, -4, -6],
      [limit, -limit, limit, -limit], [0, 0, 1], [0, 1, 0, 0],
      (0..<1000).map { $0 * $0 }, (0..<500).map { _ in .random(in: -3...3, using: &random) },
      (0..<500).map { _ in .random(in: -limit...limit, using: &random) },
    ]
    for column in columns {
      let table = table([column])
      #expect(try LookupTable(decoding: table.encoded()) == table)
      let double = self.table([column, column.reversed()])
      #expect(try LookupTable(decoding: double.encoded()) == double)
    }
    #expect(try LookupTable(decoding: table([]).encoded()) == table([]))
  }

  @Test func plainTablesAreShort() {
    let arguments: [Integer] = Array(-32768..<32768)
    let empty = table([], rows: 65536).encoded().count
    func cost(_ value: (Integer) -> Integer) -> Int {
      table([arguments.map(value)]).encoded().count - empty
    }
    #expect(cost { max($0, 0) } == 4)
    #expect(cost { $0 } <= 10)
    #expect(cost { min(max($0, -100), 6000) } <= 16)
    // A bend in every third row or so.
    #expect(cost { $0 * 3 / 7 } < 1 << 16)
  }

  @Test func numbersAreAsSection36HasThem() {
    // 7, then a bend of −7 (0), one of 1, one of −1 two rows later, one of 5.
    let column: [Integer] = [7, 7, 8, 9, 9, 14]
    #expect(
      table([column]).encoded() == [
        1, 0x74, 5, 12, 1,
        5, 2, 14, 2, 13, 0, 4, 2, 10,
      ])
  }

  @Test func eachColumnHasOneForm() {
    // Bends that have a shorter form, or none.
    for bend: Integer in [-1, 0, 1] {
      #expect(
        refusal(
          bytes(rows: 5, count: 1) {
            $0.write(unsigned: 2)
            $0.write(bend)
          }) == .numberNotCanonical)
    }
    #expect(refusal(bytes(rows: 5, count: 1) { $0.write(unsigned: 3 * 4) }) == nil)
    #expect(refusal(bytes(rows: 5, count: 1) { $0.write(unsigned: 3 * 5) }) == .tableSize)
    #expect(
      refusal(bytes(rows: 2, count: 3) { for _ in 0..<3 { $0.write(unsigned: 0) } })
        == .tableSize)
    #expect(refusal(bytes(rows: 5, count: 1) { $0.write(unsigned: .max) }) == .tableSize)
    #expect(refusal(bytes(rows: 5, count: 2) { $0.write(unsigned: 0) }) == .truncated)
    #expect(
      refusal(
        bytes(rows: 5, count: 1) {
          $0.write(unsigned: 0)
          $0.write(unsigned: 0)
        }) == .trailingBytes)
  }

  @Test func valuesStayWithinTheLimit() {
    let limit = ConstraintSystemLimits.value
    func start(_ value: Integer, rows: Int) -> ConstraintSystemError.Rule? {
      refusal(
        bytes(rows: rows, count: 1) {
          $0.write(unsigned: 2)
          $0.write(value)
        })
    }
    #expect(start(limit, rows: 1) == nil)
    #expect(start(-limit, rows: 1) == nil)
    #expect(start(limit + 1, rows: 1) == .tableValue)
    // The line goes on to twice the value.
    #expect(start(limit / 2 + 1, rows: 2) == .tableValue)
    #expect(start(.max, rows: 2) == .tableValue)
    #expect(start(.min, rows: 2) == .tableValue)
  }

  @Test func fewBytesDoNotTakeMuchMemory() {
    for rows in [0, -1, 65537, .max] {
      #expect(refusal(bytes(rows: rows, count: 0) { _ in }) == .tableSize)
    }
    // 129 columns of 2^16 zeros, of a byte each.
    var writer = CanonicalWriter()
    writer.write("t")
    writer.write(Integer(0))
    writer.write(65536)
    writer.write(unsigned: 129)
    for _ in 0..<129 { writer.write(unsigned: 0) }
    #expect(refusal(writer.bytes) == .tooLarge)
    // The same in many tables.
    let column = Array(repeating: Integer(0), count: 65536)
    let tables = Array(repeating: table([column]), count: 129)
    let error = #expect(throws: ConstraintSystemError.self) {
      try ConstraintSystem(canonicalBytes: ConstraintSystem(tables: tables).canonicalBytes)
    }
    #expect(error?.rule == .tooLarge)
    let fewer = ConstraintSystem(tables: Array(tables.dropLast()))
    #expect(throws: Never.self) { try ConstraintSystem(canonicalBytes: fewer.canonicalBytes) }
  }
}
