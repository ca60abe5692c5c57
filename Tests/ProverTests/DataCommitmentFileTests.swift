import Commitment
import Foundation
import Hashing
import Kernels
import TestSupport
import Testing
import Verifier
import Witness

@testable import Prover

/// The files of a commitment and of its opening: what is damaged is refused by name.
@Suite struct DataCommitmentFileTests {
  private func opening(_ values: [Int] = [1, -2, 3, 1 << 48, -1 << 48], openings: Int = 2) throws
    -> DataOpening
  {
    var entropy = SystemEntropy()
    return try DataOpening(
      values: IntegerBuffer(narrowing: values), openings: openings, fractionalBits: -7,
      entropy: &entropy)
  }

  private func refusal(_ file: [UInt8]) -> DataCommitmentError? {
    do {
      _ = try DataCommitment(file)
      return nil
    } catch {
      return error
    }
  }

  /// The digest at the end made right again.
  private func sealed(_ content: [UInt8]) -> [UInt8] { content + Digest(hashing: content).bytes }

  @Test func aCommitmentIsReadAsItWasWritten() throws {
    let commitment = try opening().commitment
    #expect(commitment.file.count == DataCommitment.fileLength)
    #expect(try DataCommitment(commitment.file) == commitment)
    #expect(commitment.shape == (try DataShape(count: 5, openings: 2)))
    #expect(commitment.fractionalBits == -7)
  }

  @Test func aChangedCommitmentIsRefused() throws {
    let file = try opening().commitment.file
    for i in file.indices {
      for bit in [0, 7] {
        var changed = file
        changed[i] ^= 1 << bit
        let error = refusal(changed)
        switch i {
        case ..<8: #expect(error == .foreign)
        case ..<12:
          let version = changed[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
          #expect(error == .unsupportedVersion(version))
        default: #expect(error == .corrupted || error == .malformed, "bit \(bit) of byte \(i)")
        }
      }
    }
    for length in 0..<file.count {
      #expect(refusal(Array(file.prefix(length))) == (length < 8 ? .foreign : .truncated))
    }
    #expect(refusal(file + [0]) == .trailingBytes)
  }

  /// With a right digest, so that only the numbers are wrong.
  @Test func impossibleNumbersAreRefused() throws {
    let content = try opening().commitment.content()
    func changed(_ range: Range<Int>, _ byte: UInt8) -> [UInt8] {
      var content = content
      for i in range { content[i] = byte }
      return sealed(content)
    }
    #expect(refusal(sealed(content)) == nil)
    for range in [12..<20, 20..<24] {
      for byte: UInt8 in [0, 0x80, 0xFF] {
        #expect(refusal(changed(range, byte)) == .malformed, "\(range) of \(byte)")
      }
    }
    // 2^28 integers and no more; 2^16 openings and no more; 1024 fractional bits and no more.
    #expect(refusal(changed(15..<16, 0x10)) == .malformed)
    #expect(refusal(changed(22..<23, 1)) == .malformed)
    #expect(refusal(changed(24..<28, 0x7F)) == .malformed)
    #expect(refusal(changed(24..<28, 0x80)) == .malformed)
    #expect(refusal(changed(24..<28, 0xFF)) == nil)
  }

  @Test func anOpeningIsReadAsItWasWritten() throws {
    let folder = try TemporaryFolder()
    let opening = try opening()
    try opening.write(to: folder.file("x"), spent: 1)
    let stored = try StoredDataOpening(path: folder.file("x"))
    #expect(stored.opening.commitment == opening.commitment)
    #expect(stored.opening.values.values == opening.values.values)
    #expect(try stored.slots.states().spentCount == 1)
    #expect(try stored.slots.states().freeCount == 1)
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("x"))
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x"])
  }

  @Test func anOpeningIsNeverReplaced() throws {
    let folder = try TemporaryFolder()
    try opening().write(to: folder.file("x"))
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("x")))
    #expect(throws: DataOpeningFileError.exists(folder.file("x"))) {
      try opening().write(to: folder.file("x"))
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("x"))) == before)
  }

  @Test func aChangedOpeningIsRefused() throws {
    let folder = try TemporaryFolder()
    try opening().write(to: folder.file("x"))
    let file = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("x"))))
    let start = DataCommitment.contentLength
    let places = [0, 8, 12, 16, 19, 20, 23, 24, 27, 28, start - 1, start, start + 32, start + 72]
    for i in places + [file.count - 3, file.count - 60] {
      var changed = file
      changed[i] ^= 0x80
      let path = try folder.write(changed, "file")
      #expect(throws: (any Error).self, "byte \(i)") { try StoredDataOpening(path: path) }
    }
    for length in [0, 7, 59, 60, 91, 100, file.count - 1] {
      let path = try folder.write(Array(file.prefix(length)), "file")
      #expect(throws: (any Error).self, "\(length) bytes") { try StoredDataOpening(path: path) }
    }
    let path = try folder.write(file + [0], "file")
    #expect(throws: DataOpeningFileError.damaged) { try StoredDataOpening(path: path) }
  }

  /// A file whose digest is right but whose root is another one's: its proofs would be rejected.
  @Test func anOpeningOfAnotherRootIsRefused() throws {
    let folder = try TemporaryFolder()
    try opening().write(to: folder.file("x"))
    var file = Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("x"))))
    file[30] ^= 1
    let end = DataCommitment.contentLength + 32 + 5 * 8
    let digest = Digest(hashing: Array(file[..<end])).bytes
    file.replaceSubrange(end..<end + 32, with: digest)
    file.replaceSubrange(end + 40..<end + 72, with: digest)
    let path = try folder.write(file, "file")
    #expect(throws: DataOpeningFileError.damaged) { try StoredDataOpening(path: path) }
  }

  @Test func openingsAreCounted() throws {
    let folder = try TemporaryFolder()
    try opening().write(to: folder.file("x"))
    let stored = try StoredDataOpening(path: folder.file("x"))
    let first = try stored.reserve()
    try stored.slots.release(first)
    #expect(throws: OpeningSlotsError.notReserved) { try stored.slots.release(first) }
    _ = try stored.reserve()
    #expect(throws: OpeningSlotsError.exhausted) { try stored.reserve() }
  }

  @Test func whatCannotBeCommittedToIsRefused() throws {
    #expect(throws: DataOpeningError.size(count: 0, openings: 1)) {
      try opening([], openings: 1)
    }
    #expect(throws: DataOpeningError.size(count: 1, openings: 0)) {
      try opening([1], openings: 0)
    }
    #expect(throws: DataOpeningError.value(position: 1, 1 << 48 + 1)) {
      try opening([0, 1 << 48 + 1])
    }
    #expect(throws: DataOpeningError.value(position: 0, .min)) { try opening([.min]) }
  }

  /// The same random bytes twice, as on a machine that was restored to an earlier state.
  @Test func repeatedEntropyGivesTheTailsOfOneCommitmentOnly() throws {
    struct Repeated: EntropySource {
      mutating func seed() throws -> Digest { Digest(hashing: [1]) }
    }
    var entropy = Repeated()
    func seed(_ values: [Int], _ openings: Int = 1, _ bits: Int = 0) throws -> Digest {
      let opening = try DataOpening(
        values: IntegerBuffer(narrowing: values), openings: openings, fractionalBits: bits,
        entropy: &entropy)
      return opening.seed
    }
    let seeds = [
      try seed([1, 2]), try seed([1, 3]), try seed([1, 2, 0]), try seed([1, 2], 2),
      try seed([1, 2], 1, 1),
    ]
    #expect(Set(seeds).count == seeds.count)
    #expect(try seed([1, 2]) == seeds[0])
  }
}
