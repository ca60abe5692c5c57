import ConstraintSystem
import FileAccess
import Foundation
import Hashing
import Synchronization
import TestSupport
import Testing
import Transcript
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// Proving keys in files, with the commitments that are kept beside them.
@Suite struct ProvingKeyFileTests {
  private let arena: Arena
  private var assignment: Assignment { arena.small.assignment }

  init() throws { arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7)) }

  private func accepts(_ key: ProvingKey, _ proof: [UInt8]) -> Bool {
    let allowsPlain = !key.verifyingKey.isHiding
    return
      (try? Verifier.verify(
        key: key.verifyingKey, proof: proof, allowsPlain: allowsPlain, allowsUnproven: true)) != nil
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test(arguments: [ProvingKey.Privacy.none, .witness, .model(proofs: 3)])
  func aKeyIsReadAsItWasWritten(_ privacy: ProvingKey.Privacy) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let key = try arena.key(privacy, certifies: true, derivation: [1, 2, 3])
    try key.write(to: folder.file("key"))
    let read = try ProvingKey(path: folder.file("key"))
    #expect(read.verifyingKey.file == key.verifyingKey.file)
    #expect(read.verifyingKey.derivation == [1, 2, 3])
    #expect(read.circuit == key.circuit)
    #expect(read.model.mapValues(\.values) == key.model.mapValues(\.values))
    #expect(try read.usage() == key.usage())
    for _ in 0..<2 {
      #expect(accepts(key, try Prover.prove(read, assignment: assignment).proof))
    }
    #expect(try read.usage() == key.usage())
    // Nobody else may read the secrets.
    for name in folder.contents { #expect(try permissions(folder.file(name)) == 0o600, "\(name)") }
    #expect(folder.contents.count == 2)
  }

  /// Slots are counted in the file, by whoever has read it.
  @Test func twoReadersOfOneFileShareItsSlots() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let written = try arena.key(.model(proofs: 8))
    try written.write(to: folder.file("key"))
    let count = written.verifyingKey.openings * written.verifyingKey.roots.count
    let (first, second) = try (
      ProvingKey(path: folder.file("key")), ProvingKey(path: folder.file("key"))
    )
    let assignment = assignment
    let proofs = Mutex<[[UInt8]]>([])
    DispatchQueue.concurrentPerform(iterations: count) { number in
      let key = number % 2 == 0 ? first : second
      guard let proof = try? Prover.prove(key, assignment: assignment).proof else { return }
      proofs.withLock { $0.append(proof) }
    }
    let made = proofs.withLock { $0 }
    #expect(made.count == count && made.allSatisfy { accepts(written, $0) })
    for key in [first, second, written] {
      #expect(try key.usage()?.proofs.spentCount == count)
      #expect(throws: OpeningSlotsError.exhausted) { try Prover.prove(key, assignment: assignment) }
    }
    // No commitment is kept that nobody opens any more.
    #expect(folder.contents == ["key"])
  }

  @Test func commitmentsAreKeptWhileTheyAreOpened() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    let openings = try ProvingKey(path: path).verifyingKey.openings
    for number in 0..<openings + 1 {
      #expect(folder.contents == ["key", "key.commitment-\(1 + number / openings)"] || number > 0)
      let key = try ProvingKey(path: path)
      #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
      #expect(folder.contents == ["key", "key.commitment-\(1 + number / openings)"])
    }
  }

  /// Files beside the key may be lost, damaged, or another key's.
  @Test(arguments: [ProvingKey.Privacy.none, .model(proofs: 200)])
  func aCommitmentThatIsLostOrDamagedIsMadeAgain(_ privacy: ProvingKey.Privacy) throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(privacy).write(to: path)
    let name = try #require(folder.contents.first { $0.contains("commitment") })
    let honest = try Data(contentsOf: URL(fileURLWithPath: folder.file(name)))
    let other = try Arena(.dense(rows: 2, inputs: 5, outputs: 7, seed: 2))
    try other.key(privacy).write(to: folder.file("other"))
    let foreign = try Data(
      contentsOf: URL(
        fileURLWithPath: folder.file(name.replacingOccurrences(of: "key", with: "other"))))
    #expect(foreign.count == honest.count && foreign != honest)
    var badRoot = honest
    let shape = try #require(try ProvingKey(path: path).commitments).group.shape
    badRoot[honest.count - 8 * shape.lanes * shape.tail - 1] ^= 1
    for bad in [Data(), honest.dropLast(), honest + [0], foreign, badRoot, Data("ASSAYPK".utf8)] {
      try bad.write(to: URL(fileURLWithPath: folder.file(name)))
      let key = try ProvingKey(path: path)
      #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(name))) == honest)
    }
    try FileManager.default.removeItem(atPath: folder.file(name))
    // Where a folder stands in its way the commitment is made in memory.
    try FileManager.default.createDirectory(
      atPath: folder.file(name), withIntermediateDirectories: false)
    let key = try ProvingKey(path: path)
    #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
  }

  @Test func aReadOnlyKeyProvesNothingThatItHasToCount() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    let key = try ProvingKey(path: path)
    #expect(try key.usage()?.proofs.spentCount == 0)
    #expect(throws: OpeningSlotsError.readOnly(path)) {
      try Prover.prove(key, assignment: assignment)
    }
    // A public model has nothing to count.
    try arena.key(.witness).write(to: folder.file("public"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o400], ofItemAtPath: folder.file("public"))
    let open = try ProvingKey(path: folder.file("public"))
    #expect(accepts(open, try Prover.prove(open, assignment: assignment).proof))
  }

  /// Two files would count for themselves.
  @Test func aKeyThatIsInAFileIsNotWrittenToAnother() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let key = try arena.key(.model(proofs: 3))
    try key.write(to: folder.file("key"))
    for key in [key, try ProvingKey(path: folder.file("key"))] {
      #expect(throws: ProvingKeyFileError.alreadyStored) { try key.write(to: folder.file("copy")) }
    }
    #expect(!folder.contents.contains("copy"))
    // Proofs that were made before the key was in a file are not forgotten.
    let used = try arena.key(.model(proofs: 3))
    _ = try Prover.prove(used, assignment: assignment)
    try used.write(to: folder.file("used"))
    #expect(try ProvingKey(path: folder.file("used")).usage()?.proofs.spentCount == 1)
  }

  @Test func aDamagedKeyIsRefused() throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    let honest = try Data(contentsOf: URL(fileURLWithPath: path))
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let cut = random.integer(in: 0...honest.count - 1)
      try honest.prefix(cut).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try ProvingKey(path: path) }
      var changed = honest
      changed[random.integer(in: 0...honest.count - 1)] ^= UInt8(random.integer(in: 4...255)) | 4
      try changed.write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try ProvingKey(path: path) }
    }
    try honest.write(to: URL(fileURLWithPath: path))
    let key = try ProvingKey(path: path)
    #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
  }

  @Test func aFileThatCanNotBeWrittenIsNamed() throws {
    let folder = try TemporaryFolder()
    folder.remove()
    let key = try arena.key(.model(proofs: 1))
    #expect {
      try key.write(to: folder.file("key"))
    } throws: {
      $0 as? FileError == FileError(folder.file("key"), .noFolder)
    }
    // The key is what it was, and can be written elsewhere.
    let second = try TemporaryFolder()
    defer { second.remove() }
    try key.write(to: second.file("key"))
    #expect(second.contents.contains("key"))
  }
}
