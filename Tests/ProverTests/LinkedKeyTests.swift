import Foundation
import Hashing
import TestSupport
import Testing
import Verifier
import Witness

@testable import ProofTestSupport
@testable import Prover

/// A key under several names: whichever is used, its pinned commitment is opened as often as it may
/// be, and no more.
@Suite struct LinkedKeyTests {
  enum Arrangement: CaseIterable {
    case none, symbolic, symbolicToSymbolic, relative, linkedFolder, hard, elsewhere

    /// - Returns: names that all lead to the file `keys/key`, which need not be there yet.
    func names(_ folder: TemporaryFolder) throws -> [String] {
      let manager = FileManager.default
      let (key, link) = (folder.file("keys/key"), folder.file("link"))
      switch self {
      case .none: return [key]
      case .symbolic:
        try manager.createSymbolicLink(atPath: link, withDestinationPath: key)
        return [key, link]
      case .symbolicToSymbolic:
        try manager.createSymbolicLink(atPath: folder.file("first"), withDestinationPath: key)
        try manager.createSymbolicLink(atPath: link, withDestinationPath: folder.file("first"))
        return [key, folder.file("first"), link]
      case .relative:
        try manager.createSymbolicLink(atPath: link, withDestinationPath: "keys/../keys/key")
        return [key, link]
      case .linkedFolder:
        try manager.createSymbolicLink(atPath: link, withDestinationPath: "keys")
        return [key, link + "/key"]
      case .hard: return [key, link]
      case .elsewhere: return [key, folder.file("other")]
      }
    }
  }

  /// Rekeys through every name for as long as one of them lets it.
  @Test(arguments: Arrangement.allCases)
  func certificatesAreCountedByFileAndNotByName(_ arrangement: Arrangement) throws {
    let arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createDirectory(
      atPath: folder.file("keys"), withIntermediateDirectories: false)
    let key = try arena.key(.model(proofs: 64), certifies: true)
    let budget = try #require(try key.usage()).certificates.bytes.count
    try #require(budget >= 3)
    let names = try arrangement.names(folder)
    try key.write(to: names[0])
    if arrangement == .hard { #expect(link(names[0], names[1]) == 0) }
    // One at set-up.
    var certificates = 1
    var progress = true
    while progress {
      progress = false
      for (number, name) in names.enumerated().reversed() {
        guard let old = try? ProvingKey(path: name), let new = try? old.rekeyed(proofs: 1) else {
          continue
        }
        // Every certificate that was made is one that somebody may have.
        certificates += 1
        let target = arrangement == .elsewhere ? names[(number + 1) % names.count] : name
        try new.write(to: target)
        progress = true
      }
      #expect(certificates <= budget)
      guard certificates <= budget else { return }
    }
    #expect(arrangement == .hard ? certificates == 1 : certificates == budget)
    // Links are still what they were.
    for name in names.dropFirst() where arrangement != .hard && arrangement != .elsewhere {
      #expect(
        try Data(contentsOf: URL(fileURLWithPath: name))
          == Data(contentsOf: URL(fileURLWithPath: names[0])))
    }
    #expect(folder.contents.filter { $0.hasSuffix(".tmp") } == [])
  }

  /// A name that is given while the new key is made: the old file lives on under it, and gives no
  /// certificate any more.
  @Test func aNameThatIsGivenInBetweenGetsNoCertificates() throws {
    let arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = folder.file("key")
    try arena.key(.model(proofs: 64), certifies: true).write(to: path)
    let old = try ProvingKey(path: path)
    let new = try old.rekeyed(proofs: 1)
    let before = try #require(try old.usage()).certificates
    #expect(link(path, folder.file("second")) == 0)
    #expect(throws: OpeningSlotsError.severalNames(path, count: 2)) { try new.write(to: path) }
    #expect(try old.usage()?.certificates == before)
    #expect(throws: OpeningSlotsError.severalNames(path, count: 2)) { try old.rekeyed(proofs: 1) }
    unlink(folder.file("second"))
    // Somebody has the file open, and names it again afterwards.
    let held = open(path, O_RDONLY)
    try new.write(to: path)
    let copy = try FileHandle(fileDescriptor: held, closeOnDealloc: true).readToEnd()
    try #require(copy).write(to: URL(fileURLWithPath: folder.file("revived")))
    let revived = try ProvingKey(path: folder.file("revived"))
    #expect(try revived.usage()?.certificates.freeCount == 0)
    #expect(throws: OpeningSlotsError.exhausted) { try revived.rekeyed(proofs: 1) }
    #expect(try ProvingKey(path: path).usage()?.certificates.freeCount == before.freeCount)
  }

  @Test func commitmentsLieBesideTheFileAndNotTheLink() throws {
    let arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7))
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try FileManager.default.createDirectory(
      atPath: folder.file("keys"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: "keys/key")
    try arena.key(.model(proofs: 3)).write(to: folder.file("link"))
    _ = try Prover.prove(
      ProvingKey(path: folder.file("link")), assignment: arena.small.assignment)
    #expect(folder.contents == ["keys", "link"])
    let keys = try FileManager.default.contentsOfDirectory(atPath: folder.file("keys")).sorted()
    #expect(keys == ["key", "key.commitment-1"])
  }
}
