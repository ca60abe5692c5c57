import Commitment
import FieldArithmetic
import FileAccess
import Foundation
import Hashing
import Kernels

/// A commitment in a file that is mapped into memory: opening reads the opened positions only.
///
/// The file holds the magic bytes, the logarithm of the code's length and the number of lanes, each
/// in 8 bytes; then position after position the lanes' canonical integers, 8 bytes each; then the
/// Merkle tree's digests, level after level from the leaves up. All integers are little-endian. Its
/// contents are the prover's own: if they are damaged, the proofs do not verify.
public struct StoredCommitment: CommittedMatrix {
  public let domainLog: Int
  public let lanes: Int
  public let root: Digest
  private let bytes: Data

  /// The whole of the stored commitment.
  var file: Data { bytes }

  static let magic: UInt64 = 0x3154_4D43_5941_5341
  static let headerCount = 24

  /// - Throws: `FileError` or `CommitmentFileError`.
  public init(mapping file: URL) throws {
    try self.init(FileBytes.mapped(file.path))
  }

  /// - Parameter bytes: a stored commitment, the whole of it.
  /// - Throws: `CommitmentFileError`.
  public init(_ bytes: Data) throws {
    guard bytes.count >= Self.headerCount, Self.word(bytes, at: 0) == Self.magic else {
      throw CommitmentFileError.foreign
    }
    let (log, lanes) = (Self.word(bytes, at: 8), Self.word(bytes, at: 16))
    guard log <= UInt64(OpeningParameters.domainLimit), (1...1 << 20).contains(lanes) else {
      throw CommitmentFileError.damaged
    }
    self.domainLog = Int(log)
    self.lanes = Int(lanes)
    self.bytes = bytes
    let nodes = 2 << domainLog - 1
    let end = Self.headerCount + (8 << domainLog) * self.lanes + Digest.byteCount * nodes
    guard bytes.count == end, let root = Digest(bytes: Array(bytes.suffix(Digest.byteCount)))
    else { throw CommitmentFileError.damaged }
    self.root = root
  }

  public func leaf(_ position: Int) -> [Fp] {
    precondition(position >= 0 && position < 1 << domainLog, "no such position")
    let start = Self.headerCount + 8 * lanes * position
    // At once: looking into the file for each word takes longer than reading it.
    return bytes.withUnsafeBytes { bytes in
      (0..<lanes).map { Fp(Self.word(bytes, at: start + 8 * $0)) }
    }
  }

  public func node(level: Int, index: Int) -> Digest {
    precondition(level >= 0 && level <= domainLog, "no such level")
    precondition(index >= 0 && index < 1 << (domainLog - level), "no such node")
    let number = 2 << domainLog - 2 << (domainLog - level) + index
    let start = Self.headerCount + (8 << domainLog) * lanes + Digest.byteCount * number
    var words = SIMD8<UInt32>()
    for i in 0..<4 {
      let word = Self.word(bytes, at: start + 8 * i)
      words[2 * i] = UInt32(truncatingIfNeeded: word)
      words[2 * i + 1] = UInt32(truncatingIfNeeded: word >> 32)
    }
    return Digest(words: words)
  }

  private static func word(_ bytes: Data, at offset: Int) -> UInt64 {
    bytes.withUnsafeBytes { word($0, at: offset) }
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}

/// Why a file is no stored commitment.
public enum CommitmentFileError: Error, Equatable {
  /// The file is of another kind, or of another version.
  case foreign
  /// The file's length is not what its header says.
  case damaged
}

extension MatrixCommitment {
  // Positions that are written at once.
  private static let blockLength = 1024

  /// Writes the commitment to a file for `StoredCommitment`, replacing what it holds.
  /// - Throws: `FileError`.
  public func store(in file: URL) throws {
    let stored = try NewFile(file.path, isSecret: true)
    try store(in: stored)
    try stored.finish()
  }

  /// Appends the commitment to a file in the making.
  func store(in file: NewFile) throws(FileError) {
    let header = [StoredCommitment.magic, UInt64(domainLog), UInt64(lanes.count)]
    try file.write(Self.data(header))
    for start in stride(from: 0, to: 1 << domainLog, by: Self.blockLength) {
      let end = min(start + Self.blockLength, 1 << domainLog)
      try file.write(Self.data(leaves(start..<end)))
    }
    for level in 0...domainLog {
      let count = 1 << (domainLog - level)
      for start in stride(from: 0, to: count, by: Self.blockLength) {
        try file.write(digests(level, start..<min(start + Self.blockLength, count)))
      }
    }
  }

  /// The canonical integers of some positions, position after position.
  private func leaves(_ positions: Range<Int>) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: positions.count * lanes.count)
    for (lane, codeword) in lanes.enumerated() {
      for (i, word) in codeword[positions].canonicalIntegers().enumerated() {
        words[i * lanes.count + lane] = word
      }
    }
    return words
  }

  private func digests(_ level: Int, _ range: Range<Int>) -> Data {
    var words: [UInt32] = []
    words.reserveCapacity(8 * range.count)
    for index in range {
      let digest = node(level: level, index: index).words
      for i in 0..<8 { words.append(digest[i].littleEndian) }
    }
    return words.withUnsafeBytes { Data($0) }
  }

  // A closure and no key path, which is many times slower for each word.
  private static func data(_ words: [UInt64]) -> Data {
    words.map { $0.littleEndian }.withUnsafeBytes { Data($0) }
  }
}
