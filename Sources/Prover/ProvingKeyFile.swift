import CKernels
import ConstraintSystem
import Foundation
import Hashing
import Verifier
import Witness

/// The form of a proving key in a file: `ASSAYPK` and a zero byte, the version, the length of the
/// body, the body, the BLAKE3 digest of all this, and the slots of `OpeningSlots` if the model is
/// hidden. Integers are little-endian.
///
/// The body holds the circuit, 2 if proofs hide and 0 if not, the number of openings, the seeds, the
/// number of slots for certificates, the roots, the certificate, and the model's tensors. The
/// commitment that is being opened lies in a file beside the key, which may be deleted at any time.
extension ProvingKey {
  public static let magic: [UInt8] = Array("ASSAYPK".utf8) + [0]
  public static let version: UInt32 = 2
  private static let headerCount = 20

  /// Writes the key, replacing a file of that name only once it is whole. Only its owner may read it.
  ///
  /// From here on the openings of a hidden model are counted in the file, which must not be copied:
  /// two copies would count for themselves.
  /// - Throws: `ProvingKeyFileError.alreadyStored` for a key of a hidden model that is in a file.
  public func write(to path: String) throws {
    let contents = contents()
    let digest = Self.digest(contents)
    guard let ledger, let identity = Digest(bytes: Array(digest)) else {
      try SecretFile.replace(path) { try $0.write(contentsOf: contents + digest) }
      return keepCommitments(beside: path)
    }
    let slots = OpeningSlots(
      path: path, offset: contents.count + digest.count, identity: identity, count: ledger.count)
    func store(_ states: OpeningSlotStates, commit: () throws -> Void = {}) throws {
      try SecretFile.replace(
        path,
        { file in
          try file.write(contentsOf: contents + digest)
          try file.write(
            contentsOf: OpeningSlots.region(identity: identity, slots: states))
        }, commit: commit)
    }
    try ledger.move { states in
      if let predecessor {
        try predecessor.moveCertificates(to: path) { certificates, commit in
          try store(states[ledger.proofs] + certificates, commit: commit)
        }
      } else {
        try store(states)
      }
      return slots
    }
    keepCommitments(beside: path)
  }

  /// Files of commitments that an earlier key left behind are of no use to this one.
  private func keepCommitments(beside path: String) {
    for index in 0...VerifyingKey.maximalRoots { unlink(CommitmentCache.file(index, of: path)) }
    guard let commitments else { return }
    commitments.keep(beside: path)
    let (index, root) = nextCommitment
    _ = commitments.commitment(index, root: root)
  }

  /// The commitment that the next proof will open, if there is one.
  private var nextCommitment: (index: Int, root: Digest?) {
    guard let ledger else { return (0, verifyingKey.pinnedRoot) }
    let free = (try? ledger.states())?.firstFree(in: ledger.proofs) ?? 0
    let index = free / verifyingKey.openings
    return (1 + index, verifyingKey.roots[index])
  }

  /// Reads a key. The model's codeword stays in a file, of which few pages are read.
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
    let digest = Self.digest(file.prefix(end))
    guard digest == file[end..<end + Digest.byteCount], let identity = Digest(bytes: Array(digest))
    else { throw ProvingKeyFileError.damaged }
    var body = KeyReader(file, from: Self.headerCount, to: end)
    try self.init(&body) { count in
      OpeningSlots(path: path, offset: end + digest.count, identity: identity, count: count)
    }
    commitments?.keep(beside: path)
    _ = try ledger?.states()
  }

  private init(_ reader: inout KeyReader, slots: (Int) -> OpeningSlots) throws {
    let circuit = try Circuit(canonicalBytes: Array(try reader.take(try reader.count(of: 1))))
    let flags = try reader.integer(bytes: 1)
    let openings = try reader.integer(bytes: 8)
    let seeds = ModelCommitments.Seeds(
      pinned: SecretSeed(try reader.digest()), others: SecretSeed(try reader.digest()))
    let certificates = try reader.integer(bytes: 8)
    var roots: [Digest] = []
    for _ in 0..<(try reader.count(of: Digest.byteCount)) { roots.append(try reader.digest()) }
    let certificate = Array(try reader.take(try reader.count(of: 1)))
    var model: [Int: IntegerBuffer] = [:]
    for _ in 0..<(try reader.count(of: 17)) {
      let tensor = try reader.integer(bytes: 8)
      model[tensor] = try reader.buffer()
    }
    guard reader.isAtEnd, (0...VerifyingKey.maximalOpenings).contains(openings),
      (0...OpeningSlots.maximalCount).contains(certificates)
    else { throw ProvingKeyFileError.damaged }
    let key = try VerifyingKey(
      system: circuit.system, pinnedRoot: roots.first, isHiding: flags & 2 != 0,
      openings: openings, roots: Array(roots.dropFirst()), certificate: certificate)
    try Self.checkModel(circuit.system, model)
    let commitments = key.parameters.committed.first.map { group in
      ModelCommitments(
        matrix: ModelMatrix(layout: key.layout) { model[$0] ?? IntegerBuffer([Int16]()) },
        group: group, seeds: key.hidesModel ? seeds : nil)
    }
    let proofs = key.roots.count * openings
    try self.init(
      circuit: circuit, verifyingKey: key, model: model, commitments: commitments,
      ledger: key.hidesModel ? OpeningLedger(slots(proofs + certificates), proofs: proofs) : nil)
  }

  /// The magic bytes, the version, the body's length and the body.
  private func contents() -> Data {
    var body = Data()
    let bytes = circuit.canonicalBytes
    body.append(integer: bytes.count)
    body.append(contentsOf: bytes)
    body.append(verifyingKey.isHiding ? 2 : 0)
    body.append(integer: verifyingKey.openings)
    for seed in [commitments?.seeds?.pinned, commitments?.seeds?.others] {
      body.append(contentsOf: seed?.digest.bytes ?? Digest(hashing: []).bytes)
    }
    body.append(integer: ledger?.certificates.count ?? 0)
    let roots = [verifyingKey.pinnedRoot].compactMap { $0 } + verifyingKey.roots
    body.append(integer: roots.count)
    for root in roots { body.append(contentsOf: root.bytes) }
    body.append(integer: verifyingKey.certificate.count)
    body.append(contentsOf: verifyingKey.certificate)
    body.append(integer: model.count)
    for tensor in model.keys.sorted() {
      guard let buffer = model[tensor] else { continue }
      body.append(integer: tensor)
      body.append(buffer)
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
    case .version(let version): "a proving key of version \(version), which is not supported"
    case .truncated: "the proving key is truncated"
    case .damaged: "the proving key is damaged: run setup again"
    case .alreadyStored:
      "the proving key is in a file already, and a copy would count its openings for itself"
    }
  }
}
