import CKernels
import ConstraintSystem
import FileAccess
import Foundation
import Hashing
import Verifier
import Witness

/// The form of a proving key in a file: `ASSAYPK` and a zero byte, the version, the number of slots,
/// the slots of `OpeningSlots` if the model is hidden, the length of the body, the body, and its BLAKE3
/// digest, which the slots name. Integers are little-endian.
///
/// The body holds the circuit, 2 if proofs hide and 0 if not, the number of openings, the seeds, the
/// roots, the certificate, what the system was made from, and the model's tensors. The commitment that is being opened lies in a
/// file beside the key, which may be deleted at any time.
extension ProvingKey {
  public static let magic: [UInt8] = Array("ASSAYPK".utf8) + [0]
  public static let version: UInt32 = 5
  private static let headerCount = 20
  private static let lengthCount = 8

  /// Writes the key, replacing what is there only once it is whole. Only its owner may read it. Where
  /// the path is a symbolic link the file that it leads to is replaced, and the link stays.
  ///
  /// From here on the openings of a hidden model are counted in the file, which must not be copied:
  /// two copies would count for themselves. Of a rekeyed key the file of its predecessor gives its
  /// certificates up first, whatever names that file has.
  /// - Throws: `ProvingKeyFileError.alreadyStored` for a key of a hidden model that is in a file,
  ///   `FileError`, `OpeningSlotsError`.
  public func write(to path: String) throws {
    let path = try FilePlace.followed(path)
    var body = body()
    // It holds the seeds.
    defer { body.resetBytes(in: 0..<body.count) }
    let digest = Self.digest(body)
    func store(_ slots: Data, commit: () throws -> Void = {}) throws {
      let file = try NewFile(path, isSecret: true)
      var length = Data()
      length.append(integer: body.count)
      let header = Self.header(slots: ledger?.count ?? 0)
      for part in [header, slots, length, body, Data(digest.bytes)] { try file.write(part) }
      try file.finish(commit: commit)
    }
    guard let ledger else {
      try store(Data())
      return keepCommitments(beside: path)
    }
    try ledger.move { states in
      if let predecessor {
        try predecessor.moveCertificates { certificates, commit in
          let slots = states[ledger.proofs] + certificates
          try store(OpeningSlots.region(identity: digest, slots: slots), commit: commit)
        }
      } else {
        try store(OpeningSlots.region(identity: digest, slots: states))
      }
      return OpeningSlots(
        path: path, offset: Self.headerCount, identity: digest, count: ledger.count)
    }
    keepCommitments(beside: path)
  }

  /// Files of commitments that an earlier key left behind are of no use to this one.
  private func keepCommitments(beside path: String) {
    for index in 0...VerifyingKey.maximalRoots { unlink(CommitmentCache.file(index, of: path)) }
    guard let commitments else { return }
    commitments.keep(beside: path)
    let index = nextCommitment
    commitments.store(
      index, root: index == 0 ? verifyingKey.pinnedRoot : verifyingKey.roots[index - 1])
  }

  /// The number of the commitment that the next proof will open, if there is one.
  private var nextCommitment: Int {
    guard let ledger else { return 0 }
    let free = (try? ledger.states())?.firstFree(in: ledger.proofs) ?? 0
    return 1 + free / verifyingKey.openings
  }

  /// Reads a key. The model's codeword stays in a file, of which few pages are read.
  ///
  /// Where the path is a symbolic link, openings are counted in the file that it leads to now, and
  /// commitments are kept beside that file.
  /// - Throws: `ProvingKeyFileError`, `KeyError`, `OpeningSlotsError`, `FileError`.
  public init(path: String) throws {
    let path = try FilePlace.followed(path)
    let file = try FileBytes.mapped(path)
    guard file.count >= Self.headerCount, Array(file.prefix(8)) == Self.magic else {
      throw ProvingKeyFileError.foreign
    }
    var reader = KeyReader(file, from: 8, to: Self.headerCount)
    let version = UInt32(truncatingIfNeeded: try reader.integer(bytes: 4))
    guard version == Self.version else { throw ProvingKeyFileError.version(version) }
    let count = try reader.integer(bytes: 8)
    guard (0...OpeningSlots.maximalCount).contains(count) else {
      throw ProvingKeyFileError.damaged
    }
    let region = count == 0 ? 0 : OpeningSlots.headerCount + count
    let start = Self.headerCount + region + Self.lengthCount
    var lengthReader = KeyReader(
      file, from: min(start - Self.lengthCount, file.count), to: file.count)
    let length = try lengthReader.integer(bytes: Self.lengthCount)
    guard length >= 0, length <= file.count - start - Digest.byteCount else {
      throw ProvingKeyFileError.truncated
    }
    let end = start + length
    let digest = Self.digest(file[start..<end])
    guard file.count == end + Digest.byteCount, Data(digest.bytes) == file[end...] else {
      throw ProvingKeyFileError.damaged
    }
    var body = KeyReader(file, from: start, to: end)
    try self.init(
      &body,
      OpeningSlots(path: path, offset: Self.headerCount, identity: digest, count: count))
    commitments?.keep(beside: path)
    _ = try ledger?.states()
  }

  private init(_ reader: inout KeyReader, _ slots: OpeningSlots) throws {
    let circuit = try Circuit(canonicalBytes: Array(try reader.take(try reader.count(of: 1))))
    let flags = try reader.integer(bytes: 1)
    let openings = try reader.integer(bytes: 8)
    let seeds = ModelCommitments.Seeds(
      pinned: SecretSeed(try reader.digest()), others: SecretSeed(try reader.digest()))
    var roots: [Digest] = []
    for _ in 0..<(try reader.count(of: Digest.byteCount)) { roots.append(try reader.digest()) }
    let certificate = Array(try reader.take(try reader.count(of: 1)))
    let derivation = Array(try reader.take(try reader.count(of: 1)))
    var model: [Int: IntegerBuffer] = [:]
    for _ in 0..<(try reader.count(of: 17)) {
      let tensor = try reader.integer(bytes: 8)
      model[tensor] = try reader.buffer()
    }
    guard reader.isAtEnd, (0...VerifyingKey.maximalOpenings).contains(openings),
      roots.count <= 1 + VerifyingKey.maximalRoots
    else { throw ProvingKeyFileError.damaged }
    let proofs = max(roots.count - 1, 0) * openings
    guard proofs <= slots.count, (slots.count == 0) == (openings == 0) else {
      throw ProvingKeyFileError.damaged
    }
    let key = try VerifyingKey(
      system: circuit.system, pinnedRoot: roots.first, isHiding: flags & 2 != 0,
      openings: openings, roots: Array(roots.dropFirst()), certificate: certificate,
      derivation: derivation)
    try Self.checkModel(circuit.system, model)
    let commitments = key.parameters.committed.first.map { group in
      ModelCommitments(
        matrix: ModelMatrix(layout: key.layout) { model[$0] ?? IntegerBuffer([Int16]()) },
        group: group, seeds: key.hidesModel ? seeds : nil)
    }
    try self.init(
      circuit: circuit, verifyingKey: key, model: model, commitments: commitments,
      ledger: key.hidesModel ? OpeningLedger(slots, proofs: proofs) : nil)
  }

  private static func header(slots: Int) -> Data {
    var header = Data(magic)
    withUnsafeBytes(of: version.littleEndian) { header.append(contentsOf: $0) }
    header.append(integer: slots)
    return header
  }

  private func body() -> Data {
    var body = Data()
    let bytes = circuit.canonicalBytes
    body.append(integer: bytes.count)
    body.append(contentsOf: bytes)
    body.append(verifyingKey.isHiding ? 2 : 0)
    body.append(integer: verifyingKey.openings)
    for seed in [commitments?.seeds?.pinned, commitments?.seeds?.others] {
      body.append(contentsOf: seed?.digest.bytes ?? Digest(hashing: []).bytes)
    }
    let roots = [verifyingKey.pinnedRoot].compactMap { $0 } + verifyingKey.roots
    body.append(integer: roots.count)
    for root in roots { body.append(contentsOf: root.bytes) }
    for bytes in [verifyingKey.certificate, verifyingKey.derivation] {
      body.append(integer: bytes.count)
      body.append(contentsOf: bytes)
    }
    body.append(integer: model.count)
    for tensor in model.keys.sorted() {
      guard let buffer = model[tensor] else { continue }
      body.append(integer: tensor)
      body.append(buffer)
    }
    return body
  }

  private static func digest(_ data: Data) -> Digest {
    var digest = [UInt8](repeating: 0, count: Digest.byteCount)
    data.withUnsafeBytes {
      ck_blake3(
        nil, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count, &digest)
    }
    guard let result = Digest(bytes: digest) else { preconditionFailure("a digest of 32 bytes") }
    return result
  }
}

/// Why a file is no proving key.
public enum ProvingKeyFileError: Error, Equatable, CustomStringConvertible {
  case foreign
  case version(UInt32)
  case truncated
  case damaged
  /// A key of a hidden model is in a file already, where its openings are counted.
  case alreadyStored

  public var description: String {
    switch self {
    case .foreign: "this is no proving key"
    case .version(let version):
      "a proving key of version \(version); this program reads version \(ProvingKey.version): "
        + "compile and set up the network again, or use the program that made the key"
    case .truncated: "the proving key is truncated"
    case .damaged: "the proving key is damaged: run setup again"
    case .alreadyStored:
      "the proving key is in a file already, and a copy would count its openings for itself"
    }
  }
}
