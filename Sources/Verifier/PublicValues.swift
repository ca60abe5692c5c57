import ConstraintSystem

/// How public tensors stand in a proof: in the order of the tensors, each value as an offset from
/// the least of its range, in as many bytes as the range needs.
enum PublicValues {
  /// 1 to 8.
  static func width(of range: ClosedRange<Integer>) -> Int {
    let span =
      UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound))
    return max(1, (64 - span.leadingZeroBitCount + 7) / 8)
  }

  /// The number of bytes, nil if there are too many to count.
  static func size(of system: ConstraintSystem, batch: Int) -> Int? {
    var sum = 0
    for tensor in system.tensors where tensor.role.isPublic {
      var bytes = tensor.count
      for factor in [width(of: tensor.range), batch] {
        let (product, overflow) = bytes.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        bytes = product
      }
      let (next, overflow) = sum.addingReportingOverflow(bytes)
      guard !overflow else { return nil }
      sum = next
    }
    return sum
  }

  static func encode(_ values: [[Integer]?], _ system: ConstraintSystem) -> [UInt8] {
    var bytes: [UInt8] = []
    for (tensor, values) in zip(system.tensors, values) {
      let least = UInt64(bitPattern: Int64(tensor.range.lowerBound))
      for value in values ?? [] {
        let offset = UInt64(bitPattern: Int64(value)) &- least
        bytes.append(contentsOf: littleEndian(offset, width: width(of: tensor.range)))
      }
    }
    return bytes
  }

  /// nil when the bytes end too early. Values outside of a range are left for the statement to
  /// refuse.
  static func decode(_ reader: inout ByteReader, _ system: ConstraintSystem) -> [[Integer]?]? {
    var result: [[Integer]?] = []
    for tensor in system.tensors {
      guard tensor.role.isPublic else {
        result.append(nil)
        continue
      }
      let width = width(of: tensor.range)
      guard reader.remaining / width >= tensor.count else { return nil }
      let least = UInt64(bitPattern: Int64(tensor.range.lowerBound))
      var values: [Integer] = []
      values.reserveCapacity(tensor.count)
      for _ in 0..<tensor.count {
        guard let offset = reader.integer(width: width) else { return nil }
        values.append(Integer(Int64(bitPattern: least &+ offset)))
      }
      result.append(values)
    }
    return result
  }
}
