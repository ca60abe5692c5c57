extension LookupTable: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(first)
    writer.write(rows)
    writer.write(columns.map { Bends(of: $0) })
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    try self.init(
      name: try reader.name(), first: try reader.value(), rows: try reader.integer(),
      columnsFrom: &reader)
  }

  /// - Parameter reader: what follows the number of rows.
  init(
    name: String, first: Integer, rows: Int, columnsFrom reader: inout CanonicalReader
  ) throws(ConstraintSystemError) {
    self.init(name: name, first: first, rows: rows)
    for _ in 0..<(try reader.count()) {
      // A column is longer than its bytes.
      guard rows >= 1, rows <= Self.maximalRows else {
        throw ConstraintSystemError(.tableSize, name, detail: rows)
      }
      try reader.takeTableValues(rows, name)
      columns.append(try Bends(from: &reader).values(count: rows, of: name))
    }
  }
}

/// A column's second differences that are not zero: where the line through the two values before does
/// not meet the next one. Two zeros come before the first value.
private struct Bends: CanonicalCodable {
  /// How many zeros come before each, and the difference.
  private var steps: [Step] = []

  init(of values: [Integer]) {
    var (previous, last): (Integer, Integer) = (0, 0)
    var zeros = 0
    for value in values {
      let difference = value &- last &- (last &- previous)
      (previous, last) = (last, value)
      if difference == 0 {
        zeros += 1
      } else {
        steps.append(Step(zeros: zeros, difference: difference))
        zeros = 0
      }
    }
  }

  /// The column of so many values.
  /// - Throws: `tableSize` if there are more, `tableValue` if one is beyond the limit.
  func values(count: Int, of table: String) throws(ConstraintSystemError) -> [Integer] {
    var values: [Integer] = []
    values.reserveCapacity(count)
    var (previous, last): (Integer, Integer) = (0, 0)
    func append(_ difference: Integer) throws(ConstraintSystemError) {
      (previous, last) = (last, difference + 2 * last - previous)
      guard last.magnitude <= ConstraintSystemLimits.value.magnitude else {
        throw ConstraintSystemError(.tableValue, table)
      }
      values.append(last)
    }
    for step in steps {
      guard step.zeros < count - values.count else {
        throw ConstraintSystemError(.tableSize, table)
      }
      guard step.difference.magnitude <= 4 * ConstraintSystemLimits.value.magnitude else {
        throw ConstraintSystemError(.tableValue, table)
      }
      for _ in 0..<step.zeros { try append(0) }
      try append(step.difference)
    }
    while values.count < count { try append(0) }
    return values
  }

  func encode(into writer: inout CanonicalWriter) { writer.write(steps) }

  init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    steps = try reader.list()
  }
}

extension Bends {
  /// The number 3·zeros + kind, the kind being 0 for the difference 1, 1 for −1, and 2 for another,
  /// which follows.
  private struct Step: CanonicalCodable {
    let zeros: Int
    let difference: Integer

    init(zeros: Int, difference: Integer) {
      self.zeros = zeros
      self.difference = difference
    }

    func encode(into writer: inout CanonicalWriter) {
      let kind: UInt64 = difference == 1 ? 0 : difference == -1 ? 1 : 2
      writer.write(unsigned: 3 * UInt64(zeros) + kind)
      if kind == 2 { writer.write(difference) }
    }

    init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
      let number = try reader.unsigned()
      guard number < 3 * UInt64(LookupTable.maximalRows) else {
        throw ConstraintSystemError(.tableSize)
      }
      zeros = Int(number / 3)
      switch number % 3 {
      case 0: difference = 1
      case 1: difference = -1
      default:
        difference = try reader.value()
        // These have a shorter form, or need none.
        guard difference.magnitude > 1 else { throw ConstraintSystemError(.numberNotCanonical) }
      }
    }
  }
}
