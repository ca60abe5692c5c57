import FieldArithmetic

/// What parts of an opening cost, in bytes of the proof and in work of the prover. The estimates
/// choose parameters; nothing rests on their precision.
enum ProofSize {
  private static let unit: UInt64 = 1 << 32

  /// (1 − 2^−log)^count in units of 2^−32.
  private static func missing(log: Int, count: Int) -> UInt64 {
    guard log >= 0 else { return 0 }
    var base = unit - unit >> UInt64(min(log, 32))
    var result = unit
    var rest = count
    while rest > 0 {
      if rest & 1 == 1 { result = (result * base) >> 32 }
      base = (base * base) >> 32
      rest >>= 1
    }
    return result
  }

  /// The expected number of siblings that open `count` uniform leaves of 2^log: in each level the
  /// nodes that are not hit beside one that is.
  static func siblings(leavesLog log: Int, count: Int) -> Int64 {
    var total: Int64 = 0
    for level in stride(from: 1, through: log, by: 1) {
      let alone = missing(log: level, count: count) - missing(log: level - 1, count: count)
      total += Int64(alone >> 2) >> Int64(30 - min(level, 30))
    }
    return total
  }

  /// The bytes that open `count` positions of a code.
  /// - Parameter width: the number of elements of F in a leaf.
  static func opening(width: Int, domainLog: Int, count: Int) -> Int64 {
    let leaves = Int64(min(count, 1 << domainLog))
    return (leaves * Int64(width * Fp.bitWidth) + 7) / 8
      + 32 * siblings(leavesLog: domainLog, count: count)
  }

  /// The bytes of the groups' openings and of the rounds over the witness's lanes.
  static func groups(_ parameters: OpeningParameters) -> Int64 {
    var bytes: Int64 = 0
    for group in parameters.committed {
      let copy = opening(
        width: group.shape.lanes, domainLog: group.domainLog, count: parameters.queries)
      bytes += Int64(group.copies) * copy
    }
    if let witness = parameters.witness {
      bytes += elements(2 * witness.shape.lanesLog)
      bytes += opening(
        width: parameters.witnessWidth, domainLog: witness.domainLog,
        count: parameters.queries)
    }
    return parameters.hiding == nil ? bytes : bytes + elements(2)
  }

  /// The bytes of elements of E.
  static func elements(_ count: Int) -> Int64 {
    (Int64(count) * Int64(Fp.bitWidth * Fp3.degree) + 7) / 8
  }
}
