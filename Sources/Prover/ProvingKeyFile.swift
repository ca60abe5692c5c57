import CKernels
import ConstraintSystem
import Foundation
import Hashing
import Verifier
import Witness

/// The form of a proving key in a file: `ASSAYPK` and a zero byte, the version, the length of the
/// body, the body, the BLAKE3 digest of all this, and the stored commitment to the model if there
/// is one. The body holds the circuit, whether there is a commitment, the
/// number of openings, the seed of the tails, the model's tensors, and its
/// matrix. Integers are little endian.
extension ProvingKey {
  public static let magic: [UInt8] = Array("ASSAYPK".utf8) + [0]
  public static let version: UInt32 = 1
  private static let headerCount = 20

  /// Writes the key, replacing a file of that name only once it is whole.
  public func write(to path: String) throws {
    let target = URL(fileURLWithPath: path)
    let temporary = target.deletingLastPathComponent().appendingPathComponent(
      ".\(target.lastPathComponent).\(ProcessInfo.processInfo.processIdentifier).tmp")
    try Data().write(to: temporary)
    do {
      let handle = try FileHandle(forWritingTo: temporary)
      defer { try? handle.close() }
      let contents = header()
      try handle.write(contentsOf: contents)
      try handle.write(contentsOf: Self.digest(contents))
      if let commitment = commitment as? MatrixCommitment { try commitment.store(in: handle) }
      if let stored = commitment as? StoredCommitment { try handle.write(contentsOf: stored.file) }
      try handle.synchronize()
      try Self.rename(temporary, to: target)
    } catch {
      try? FileManager.default.removeItem(at: temporary)
      throw error
    }
  }

  /// Reads a key; the model's codeword stays in the file, of which few pages are read.
  /// - Throws: `ProvingKeyFileError`, `KeyError`, or an error of reading.
  public init(path: String) throws {
    let file = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    guard file.count >= Self.headerCount, Array(file.prefix(8)) == Self.magic else {
      throw ProvingKeyFileError.foreign
    }
    var reader = KeyReader(file, from: 8, to: Self.headerCount)
    let version = UInt32(truncatingIfNeeded: try reader.integer(bytes: 4))
    guard version == Self.version else { throw ProvingKeyFileError.version(version) }
    let length = try reader.integer(bytes: 8)
    guard length >= 0, length <= file.count - Self.headerCount - Digest.byteCount else {
      throw ProvingKeyFileError.truncated
    }
    let end = Self.headerCount + length
    guard Self.digest(file.prefix(end)) == file[end..<end + Digest.byteCount] else {
      throw ProvingKeyFileError.damaged
    }
    var body = KeyReader(file, from: Self.headerCount, to: end)
    try self.init(&body, commitment: file[(end + Digest.byteCount)...])
  }

  private init(_ reader: inout KeyReader, commitment: Data) throws {
    let circuit = try Circuit(canonicalBytes: Array(try reader.take(try reader.count(of: 1))))
    let isCommitted = try reader.integer(bytes: 1) == 1
    let openings = try reader.integer(bytes: 8)
    guard (0...VerifyingKey.maximalOpenings).contains(openings),
      let seed = Digest(bytes: Array(try reader.take(Digest.byteCount)))
    else { throw ProvingKeyFileError.damaged }
    var model: [Int: IntegerBuffer] = [:]
    for _ in 0..<(try reader.count(of: 17)) {
      let tensor = try reader.integer(bytes: 8)
      model[tensor] = try reader.buffer()
    }
    let lanes = try reader.integer(bytes: 8)
    let rows = try reader.integer(bytes: 8)
    var spans: [ModelMatrix.Span] = []
    for _ in 0..<(try reader.count(of: 33)) {
      let first = try reader.integer(bytes: 8)
      let count = try reader.integer(bytes: 8)
      spans.append(.init(firstRow: first, rowCount: count, values: try reader.buffer()))
    }
    guard reader.isAtEnd else { throw ProvingKeyFileError.damaged }
    let matrix =
      isCommitted ? ModelMatrix(laneCount: lanes, rowCount: rows, spans: spans) : nil
    try Self.check(matrix)
    let mode = try ProofMode(circuit.system, openings: openings, isHiding: openings > 0)
    try self.init(
      circuit: circuit, model: model, openings: openings, matrix: matrix,
      commitment: isCommitted ? StoredCommitment(commitment) : nil, tailSeed: seed,
      tail: mode.parameters.committed.first?.shape.tail ?? 0)
  }

  private static func check(_ matrix: ModelMatrix?) throws {
    guard let matrix else { return }
    var next = 0
    for span in matrix.spans {
      guard span.firstRow == next, span.rowCount > 0, matrix.laneCount > 0,
        span.values.count / matrix.laneCount == span.rowCount,
        span.values.count % matrix.laneCount == 0, span.rowCount <= matrix.rowCount - next
      else { throw ProvingKeyFileError.damaged }
      next += span.rowCount
    }
  }

  /// The magic bytes, the version, the body's length and the body.
  private func header() -> Data {
    var body = Data()
    let bytes = circuit.canonicalBytes
    body.append(integer: bytes.count)
    body.append(contentsOf: bytes)
    body.append(commitment == nil ? 0 : 1)
    body.append(integer: verifyingKey.openings)
    body.append(contentsOf: tailSeed.bytes)
    body.append(integer: model.count)
    for tensor in model.keys.sorted() {
      guard let buffer = model[tensor] else { continue }
      body.append(integer: tensor)
      body.append(buffer)
    }
    body.append(integer: matrix?.laneCount ?? 0)
    body.append(integer: matrix?.rowCount ?? 0)
    body.append(integer: matrix?.spans.count ?? 0)
    for span in matrix?.spans ?? [] {
      body.append(integer: span.firstRow)
      body.append(integer: span.rowCount)
      body.append(span.values)
    }
    var file = Data(Self.magic)
    withUnsafeBytes(of: Self.version.littleEndian) { file.append(contentsOf: $0) }
    file.append(integer: body.count)
    return file + body
  }

  private static func digest(_ data: Data) -> Data {
    var digest = [UInt8](repeating: 0, count: Digest.byteCount)
    data.withUnsafeBytes {
      ck_blake3(
        nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &digest)
    }
    return Data(digest)
  }

  private static func rename(_ source: URL, to target: URL) throws {
    guard Foundation.rename(source.path, target.path) == 0 else {
      throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: target.path])
    }
  }
}

/// Why a file is no proving key.
public enum ProvingKeyFileError: Error, Equatable, CustomStringConvertible {
  case foreign
  case version(UInt32)
  case truncated
  case damaged

  public var description: String {
    switch self {
    case .foreign: "this is no proving key"
    case .version(let version): "a proving key of version \(version), which is not supported"
    case .truncated: "the proving key is truncated"
    case .damaged: "the proving key is damaged: run setup again"
    }
  }
}

extension Data {
  fileprivate mutating func append(integer: Int) {
    Swift.withUnsafeBytes(of: Int64(integer).littleEndian) { append(contentsOf: $0) }
  }

  /// The width, the number of values, the values.
  fileprivate mutating func append(_ buffer: IntegerBuffer) {
    append(UInt8(buffer.width.rawValue))
    append(integer: buffer.count)
    buffer.withUnsafeBytes { append(contentsOf: $0.prefix(buffer.count * buffer.width.rawValue)) }
  }
}

/// Reads a proving key's body, never past its end, and never allocating for more than is there.
private struct KeyReader {
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
