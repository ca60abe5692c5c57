import CKernels
import Commitment
import FileAccess
import Foundation
import Hashing
import Verifier
import Witness

/// The opening of a commitment in a file: `ASSAYCO` and a zero byte, then what the commitment's own
/// file holds (`DataCommitment`), the seed of the tails, the integers in 8 bytes each, the BLAKE3
/// digest of all this, and the region that counts the openings (`OpeningSlots`).
///
/// The file is as secret as the integers, and only its owner may read it.
public struct StoredDataOpening: Sendable {
  public let opening: DataOpening
  /// The count of the openings, in the file itself.
  public let slots: OpeningSlots

  public static let magic: [UInt8] = Array("ASSAYCO".utf8) + [0]
  private static let integersStart = DataCommitment.contentLength + Digest.byteCount

  /// Reads an opening and commits to its integers again.
  /// - Throws: `DataOpeningFileError`, `OpeningSlotsError`, or `FileError`.
  public init(path: String) throws {
    let path = try FilePlace.followed(path)
    let file = try FileBytes.mapped(path)
    let commitment: DataCommitment
    do throws(DataCommitmentError) {
      commitment = try DataCommitment(
        Array(file.prefix(DataCommitment.contentLength)), magic: Self.magic)
    } catch {
      throw DataOpeningFileError(error)
    }
    let shape = commitment.shape
    let end = Self.integersStart + 8 * shape.count
    let slotsStart = end + Digest.byteCount
    let length = slotsStart + OpeningSlots.headerCount + shape.openings
    guard file.count >= length else { throw DataOpeningFileError.truncated }
    guard file.count == length else { throw DataOpeningFileError.damaged }
    let digest = Data(file[..<end]).blake3()
    guard digest.bytes == Array(file[end..<slotsStart]),
      let seed = Digest(bytes: Array(file[DataCommitment.contentLength..<Self.integersStart]))
    else { throw DataOpeningFileError.damaged }
    opening = try DataOpening(
      values: Self.integers(file[Self.integersStart..<end], count: shape.count), shape: shape,
      fractionalBits: commitment.fractionalBits, seed: seed)
    guard opening.commitment == commitment else { throw DataOpeningFileError.damaged }
    slots = OpeningSlots(path: path, offset: slotsStart, identity: digest, count: shape.openings)
    _ = try slots.states()
  }

  private static func integers(_ data: Data, count: Int) -> IntegerBuffer {
    let integers = data.withUnsafeBytes { bytes in
      (0..<count).map {
        Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self)))
      }
    }
    return IntegerBuffer(narrowing: integers)
  }

  /// Reserves an opening, for all processes of the machine.
  /// - Throws: `OpeningSlotsError`.
  public func reserve() throws -> OpeningSlots.Token { try slots.reserve(in: 0..<slots.count) }
}

extension DataOpening {
  /// Writes the opening to a new file that only its owner may read.
  /// - Parameters:
  ///   - spent: how many openings are used, by the proof that the commitment was made for.
  ///   - replaces: whether what is there already may be lost; an opening takes its data, and its
  ///     count of proofs, with it.
  /// - Throws: `DataOpeningFileError.exists`, or `FileError`.
  public func write(to path: String, spent: Int = 0, replaces: Bool = false) throws {
    let file = try NewFile(path, isSecret: true)
    try file.write(try contents(spent: spent))
    if replaces {
      try file.finish()
    } else {
      guard try file.finishAsNew() else { throw DataOpeningFileError.exists(path) }
    }
  }

  /// The whole of the file.
  private func contents(spent: Int) throws -> Data {
    var data = Data(commitment.content(magic: StoredDataOpening.magic) + seed.bytes)
    values.withInt64 {
      for value in $0 {
        Swift.withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    let digest = data.blake3()
    var slots = OpeningSlotStates(free: commitment.shape.openings)
    for _ in 0..<spent {
      try slots.release(try slots.reserve(in: 0..<commitment.shape.openings))
    }
    return data + digest.bytes + OpeningSlots.region(identity: digest, slots: slots)
  }
}

extension Data {
  fileprivate func blake3() -> Digest {
    var digest = [UInt8](repeating: 0, count: Digest.byteCount)
    withUnsafeBytes {
      ck_blake3(nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &digest)
    }
    return Digest(bytes: digest) ?? Digest(hashing: [])
  }
}

/// Why a file is no opening, or could not be made.
public enum DataOpeningFileError: Error, Equatable, Sendable, CustomStringConvertible {
  case foreign
  case version(UInt32)
  case truncated
  case damaged
  /// There is a file of that name.
  case exists(String)

  init(_ error: DataCommitmentError) {
    self =
      switch error {
      case .foreign: .foreign
      case .unsupportedVersion(let version): .version(version)
      case .truncated: .truncated
      case .trailingBytes, .corrupted, .malformed: .damaged
      }
  }

  public var description: String {
    switch self {
    case .foreign: "this is no opening of a commitment"
    case .version(let version): "an opening of version \(version), which is not supported"
    case .truncated: "the opening is truncated"
    case .damaged: "the opening is damaged: make a new commitment"
    case .exists(let path):
      "\(path) exists: no file is replaced by an opening, because a count of proofs may be lost with"
        + " it; choose another name"
    }
  }
}
