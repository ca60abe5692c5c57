import ConstraintSystem
import FileAccess
import Foundation
import Hashing
import Synchronization
import Testing
import Transcript
import Verifier
import Witness

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
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let key = try arena.key(privacy, certifies: true, derivation: [1, 2, 3])
    try key.write(to: folder.path("key"))
    let read = try ProvingKey(path: folder.path("key"))
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
    for name in folder.names { #expect(try permissions(folder.path(name)) == 0o600, "\(name)") }
    #expect(folder.names.count == 2)
  }

  /// Slots are counted in the file, by whoever has read it.
  @Test func twoReadersOfOneFileShareItsSlots() throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let written = try arena.key(.model(proofs: 8))
    try written.write(to: folder.path("key"))
    let count = written.verifyingKey.openings * written.verifyingKey.roots.count
    let (first, second) = try (
      ProvingKey(path: folder.path("key")), ProvingKey(path: folder.path("key"))
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
    #expect(folder.names == ["key"])
  }

  @Test func commitmentsAreKeptWhileTheyAreOpened() throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let path = folder.path("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    let openings = try ProvingKey(path: path).verifyingKey.openings
    for number in 0..<openings + 1 {
      #expect(folder.names == ["key", "key.commitment-\(1 + number / openings)"] || number > 0)
      let key = try ProvingKey(path: path)
      #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
      #expect(folder.names == ["key", "key.commitment-\(1 + number / openings)"])
    }
  }

  /// Files beside the key may be lost, damaged, or another key's.
  @Test(arguments: [ProvingKey.Privacy.none, .model(proofs: 200)])
  func aCommitmentThatIsLostOrDamagedIsMadeAgain(_ privacy: ProvingKey.Privacy) throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let path = folder.path("key")
    try arena.key(privacy).write(to: path)
    let name = try #require(folder.names.first { $0.contains("commitment") })
    let honest = try Data(contentsOf: folder.url.appending(path: name))
    let other = try Arena(.dense(rows: 2, inputs: 5, outputs: 7, seed: 2))
    try other.key(privacy).write(to: folder.path("other"))
    let foreign = try Data(
      contentsOf: folder.url.appending(path: name.replacingOccurrences(of: "key", with: "other")))
    #expect(foreign.count == honest.count && foreign != honest)
    var badRoot = honest
    let shape = try #require(try ProvingKey(path: path).commitments).group.shape
    badRoot[honest.count - 8 * shape.lanes * shape.tail - 1] ^= 1
    for bad in [Data(), honest.dropLast(), honest + [0], foreign, badRoot, Data("ASSAYPK".utf8)] {
      try bad.write(to: folder.url.appending(path: name))
      let key = try ProvingKey(path: path)
      #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
      #expect(try Data(contentsOf: folder.url.appending(path: name)) == honest)
    }
    try FileManager.default.removeItem(atPath: folder.path(name))
    // Where a folder stands in its way the commitment is made in memory.
    try FileManager.default.createDirectory(
      atPath: folder.path(name), withIntermediateDirectories: false)
    let key = try ProvingKey(path: path)
    #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
  }

  @Test func aReadOnlyKeyProvesNothingThatItHasToCount() throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let path = folder.path("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: path)
    let key = try ProvingKey(path: path)
    #expect(try key.usage()?.proofs.spentCount == 0)
    #expect(throws: OpeningSlotsError.readOnly(path)) {
      try Prover.prove(key, assignment: assignment)
    }
    // A public model has nothing to count.
    try arena.key(.witness).write(to: folder.path("public"))
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o400], ofItemAtPath: folder.path("public"))
    let open = try ProvingKey(path: folder.path("public"))
    #expect(accepts(open, try Prover.prove(open, assignment: assignment).proof))
  }

  /// Two files would count for themselves.
  @Test func aKeyThatIsInAFileIsNotWrittenToAnother() throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let key = try arena.key(.model(proofs: 3))
    try key.write(to: folder.path("key"))
    for key in [key, try ProvingKey(path: folder.path("key"))] {
      #expect(throws: ProvingKeyFileError.alreadyStored) { try key.write(to: folder.path("copy")) }
    }
    #expect(!folder.names.contains("copy"))
    // Proofs that were made before the key was in a file are not forgotten.
    let used = try arena.key(.model(proofs: 3))
    _ = try Prover.prove(used, assignment: assignment)
    try used.write(to: folder.path("used"))
    #expect(try ProvingKey(path: folder.path("used")).usage()?.proofs.spentCount == 1)
  }

  @Test func aDamagedKeyIsRefused() throws {
    let folder = try ScratchFolder()
    defer { folder.remove() }
    let path = folder.path("key")
    try arena.key(.model(proofs: 3)).write(to: path)
    let honest = try Data(contentsOf: URL(fileURLWithPath: path))
    var random = Lehmer(5)
    for _ in 0..<300 {
      let cut = random.next(in: 0...honest.count - 1)
      try honest.prefix(cut).write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try ProvingKey(path: path) }
      var changed = honest
      changed[random.next(in: 0...honest.count - 1)] ^= UInt8(random.next(in: 4...255)) | 4
      try changed.write(to: URL(fileURLWithPath: path))
      #expect(throws: (any Error).self) { try ProvingKey(path: path) }
    }
    try honest.write(to: URL(fileURLWithPath: path))
    let key = try ProvingKey(path: path)
    #expect(accepts(key, try Prover.prove(key, assignment: assignment).proof))
  }

  @Test func aFileThatCanNotBeWrittenIsNamed() throws {
    let folder = try ScratchFolder()
    folder.remove()
    let key = try arena.key(.model(proofs: 1))
    #expect {
      try key.write(to: folder.path("key"))
    } throws: {
      $0 as? FileError == FileError(folder.path("key"), .noFolder)
    }
    // The key is what it was, and can be written elsewhere.
    let second = try ScratchFolder()
    defer { second.remove() }
    try key.write(to: second.path("key"))
    #expect(second.names.contains("key"))
  }
}
