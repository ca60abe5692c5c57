import Foundation
import Hashing
import Witness

extension Data {
  mutating func append(integer: Int) {
    Swift.withUnsafeBytes(of: Int64(integer).littleEndian) { append(contentsOf: $0) }
  }

  /// The width, the number of values, the values.
  mutating func append(_ buffer: IntegerBuffer) {
    append(UInt8(buffer.width.rawValue))
    append(integer: buffer.count)
    buffer.withUnsafeBytes { append(contentsOf: $0.prefix(buffer.count * buffer.width.rawValue)) }
  }
}

/// Reads a proving key's body, never past its end, and never allocating for more than is there.
struct KeyReader {
  private let data: Data
  private var position: Int
  private let end: Int

  init(_ data: Data, from start: Int, to end: Int) {
    self.data = data
    position = start
    self.end = end
  }

  var isAtEnd: Bool { position == end }

  mutating func take(_ count: Int) throws -> Data {
    guard count >= 0, count <= end - position else { throw ProvingKeyFileError.truncated }
    defer { position += count }
    return data[position..<position + count]
  }

  mutating func integer(bytes: Int) throws -> Int {
    var value: UInt64 = 0
    for (i, byte) in try take(bytes).enumerated() { value |= UInt64(byte) << UInt64(8 * i) }
    return Int(Int64(bitPattern: value))
  }

  mutating func digest() throws -> Digest {
    guard let digest = Digest(bytes: Array(try take(Digest.byteCount))) else {
      throw ProvingKeyFileError.truncated
    }
    return digest
  }

  /// A number of elements that take `size` bytes each at the least.
  mutating func count(of size: Int) throws -> Int {
    let count = try integer(bytes: 8)
    guard count >= 0, count <= (end - position) / size else { throw ProvingKeyFileError.damaged }
    return count
  }

  mutating func buffer() throws -> IntegerBuffer {
    guard let width = IntegerBuffer.Width(rawValue: try integer(bytes: 1)) else {
      throw ProvingKeyFileError.damaged
    }
    let count = try count(of: width.rawValue)
    let source = try take(count * width.rawValue)
    return IntegerBuffer(width: width, count: count) { target in
      _ = source.copyBytes(to: target)
    }
  }
}
