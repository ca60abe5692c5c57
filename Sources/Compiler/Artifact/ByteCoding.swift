/// Appends integers, little endian, and strings with their lengths.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func append(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

  mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  mutating func append(_ value: Int) { append(Int64(value)) }

  mutating func append(_ value: Double) { append(value.bitPattern) }

  mutating func append(_ value: Double?) {
    append(UInt8(value == nil ? 0 : 1))
    if let value { append(value) }
  }

  mutating func append(_ value: Int?) {
    append(UInt8(value == nil ? 0 : 1))
    if let value { append(value) }
  }

  mutating func append(_ text: String) {
    append(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  mutating func append(_ numbers: [Int]) {
    append(numbers.count)
    for number in numbers { append(number) }
  }
}

/// Reads what `ByteWriter` wrote, and never past the end: a count is checked against the bytes that
/// are left before anything is allocated for it.
struct ByteReader {
  private let bytes: [UInt8]
  private(set) var position: Int
  private let end: Int

  init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  var remaining: Int { end - position }

  mutating func take(_ count: Int) throws(CompileError) -> ArraySlice<UInt8> {
    guard count >= 0, count <= remaining else { throw .file("the file is truncated") }
    defer { position += count }
    return bytes[position..<position + count]
  }

  mutating func integer<Value: FixedWidthInteger>(
    _ type: Value.Type = Value.self
  ) throws(CompileError) -> Value {
    let slice = try take(MemoryLayout<Value>.size)
    return slice.reversed().reduce(Value.zero) { ($0 << 8) | Value(truncatingIfNeeded: $1) }
  }

  mutating func int() throws(CompileError) -> Int { Int(try integer(Int64.self)) }

  mutating func double() throws(CompileError) -> Double {
    Double(bitPattern: try integer(UInt64.self))
  }

  mutating func flag() throws(CompileError) -> Bool {
    switch try integer(UInt8.self) {
    case 0: return false
    case 1: return true
    default: throw .file("the file is damaged: a flag is neither 0 nor 1")
    }
  }

  /// How many elements follow, each of `size` bytes at the least.
  mutating func count(of size: Int) throws(CompileError) -> Int {
    let count = try int()
    guard count >= 0, count <= remaining / size else {
      throw .file("the file is damaged: it announces more than it holds")
    }
    return count
  }

  mutating func text() throws(CompileError) -> String {
    let count = try count(of: 1)
    guard let text = String(validating: try take(count), as: UTF8.self) else {
      throw .file("the file is damaged: a name is not UTF-8")
    }
    return text
  }

  mutating func ints() throws(CompileError) -> [Int] {
    let count = try count(of: 8)
    var result: [Int] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(try int()) }
    return result
  }
}
