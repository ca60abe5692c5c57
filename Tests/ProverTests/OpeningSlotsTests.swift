import Foundation
import Hashing
import Synchronization
import TestSupport
import Testing

@testable import Prover

/// A file with slots in it, in a folder of its own.
private struct SlotsFile {
  let folder: TemporaryFolder
  let url: URL
  let slots: OpeningSlots

  /// What lies around the region in the file.
  static let before = Data("secrets".utf8)
  static let after = Data("more".utf8)

  init(_ count: Int) throws {
    folder = try TemporaryFolder()
    url = URL(fileURLWithPath: folder.file("key"))
    slots = OpeningSlots(
      path: url.path, offset: Self.before.count, identity: Digest(hashing: [1]), count: count)
    try contents(OpeningSlotStates(free: count)).write(to: url)
  }

  func contents(_ states: OpeningSlotStates, identity: Digest = Digest(hashing: [1])) -> Data {
    Self.before + OpeningSlots.region(identity: identity, slots: states) + Self.after
  }

  func remove() { folder.remove() }
}

/// Openings are counted in the file itself, whatever processes, crashes and copies do.
@Suite struct OpeningSlotsTests {
  @Test func slotsAreGivenInOrderAndWrittenAtOnce() throws {
    let file = try SlotsFile(5)
    defer { file.remove() }
    let first = try file.slots.reserve(in: 0..<5)
    let second = try file.slots.reserve(in: 0..<5)
    #expect(first.index == 0 && second.index == 1)
    #expect(try file.slots.reserve(in: 3..<5).index == 3)
    try file.slots.release(second)
    let expected = try #require(OpeningSlotStates(bytes: [1, 2, 0, 1, 0]))
    #expect(try file.slots.states() == expected)
    #expect(expected.freeCount == 2 && expected.reservedCount == 2 && expected.spentCount == 1)
    // Nothing else in the file has changed.
    #expect(try Data(contentsOf: file.url) == file.contents(expected))
  }

  /// Each thread opens the file itself, as each process does.
  @Test func nobodyGetsASlotThatSomebodyElseHas() throws {
    let file = try SlotsFile(200)
    defer { file.remove() }
    let slots = file.slots
    let taken = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for round in 0..<25 {
        guard let token = try? slots.reserve(in: 0..<200) else { return }
        if (round + thread) % 3 != 0 { try? slots.release(token) }
        taken.withLock { $0.append(token.index) }
      }
    }
    #expect(taken.withLock { $0.sorted() } == Array(0..<200))
    let states = try file.slots.states()
    #expect(states.freeCount == 0 && states.spentCount == 133 && states.reservedCount == 67)
    #expect(throws: OpeningSlotsError.exhausted) { try file.slots.reserve(in: 0..<200) }
  }

  @Test func aCrashWastesItsSlotAndNoOther() throws {
    let file = try SlotsFile(2)
    defer { file.remove() }
    _ = try file.slots.reserve(in: 0..<2)
    // Another process, which knows the file only.
    let later = OpeningSlots(
      path: file.url.path, offset: file.slots.offset, identity: file.slots.identity, count: 2)
    #expect(try later.reserve(in: 0..<2).index == 1)
    #expect(throws: OpeningSlotsError.exhausted) { try later.reserve(in: 0..<2) }
    #expect(OpeningSlotsError.exhausted.description.contains("assay rekey"))
  }

  /// A process that was stopped after it had reserved, and restored twice.
  @Test func theSecondOfTwoCopiesOfAProcessIsRefused() throws {
    let file = try SlotsFile(3)
    defer { file.remove() }
    let token = try file.slots.reserve(in: 0..<3)
    try file.slots.release(token)
    #expect(throws: OpeningSlotsError.notReserved) { try file.slots.release(token) }
    // Nor can a slot be spent that nobody reserved, or that is not there.
    for index in [1, 3, -1] {
      #expect(throws: OpeningSlotsError.notReserved) {
        try file.slots.release(OpeningSlots.Token(index: index))
      }
    }
    #expect(try file.slots.states().bytes == [2, 0, 0])
  }

  @Test func aReadOnlyFileIsRefusedWithTheRemedy() throws {
    let file = try SlotsFile(2)
    defer { file.remove() }
    let token = try file.slots.reserve(in: 0..<2)
    try FileManager.default.setAttributes([.posixPermissions: 0o400], ofItemAtPath: file.url.path)
    let expected = OpeningSlotsError.readOnly(file.url.path)
    #expect(throws: expected) { try file.slots.reserve(in: 0..<2) }
    #expect(throws: expected) { try file.slots.release(token) }
    #expect(expected.description.contains("make it writable"))
    #expect(try file.slots.states().freeCount == 1)
  }

  @Test func aMissingFileIsRefused() throws {
    let file = try SlotsFile(1)
    file.remove()
    #expect {
      try file.slots.reserve(in: 0..<1)
    } throws: {
      guard case OpeningSlotsError.inaccessible(file.url.path, _) = $0 else { return false }
      return true
    }
  }

  @Test func anotherKeysSlotsAreNotTouched() throws {
    let file = try SlotsFile(4)
    defer { file.remove() }
    let token = try file.slots.reserve(in: 0..<4)
    var random = try #require(OpeningSlotStates(bytes: [2, 1, 0, 0]))
    for identity in [Digest(hashing: [1]), Digest(hashing: [2])] {
      // The same key with one slot fewer, and another key.
      if identity == file.slots.identity { random = random[0..<3] }
      let other = file.contents(random, identity: identity)
      try other.write(to: file.url)
      #expect(throws: OpeningSlotsError.replaced(file.url.path)) {
        try file.slots.reserve(in: 0..<4)
      }
      #expect(throws: OpeningSlotsError.replaced(file.url.path)) { try file.slots.release(token) }
      #expect(try Data(contentsOf: file.url) == other)
    }
  }

  /// The file is replaced while somebody waits for its lock: the waiting one looks at the new file.
  @Test func aFileThatIsReplacedWhileItIsWaitedForIsNotWrittenTo() throws {
    let file = try SlotsFile(2)
    defer { file.remove() }
    let held = try SlotFile.locked(file.url.path)
    let outcome = Mutex<OpeningSlotsError?>(nil)
    let slots = file.slots
    let waiting = Thread {
      do {
        _ = try slots.reserve(in: 0..<2)
      } catch {
        outcome.withLock { $0 = error as? OpeningSlotsError }
      }
    }
    waiting.start()
    // Whether the thread waits already or comes later, it finds the new file.
    let other = file.contents(OpeningSlotStates(free: 2), identity: Digest(hashing: [9]))
    let replacement = URL(fileURLWithPath: file.folder.file("new"))
    try other.write(to: replacement)
    #expect(rename(replacement.path, file.url.path) == 0)
    held.close()
    while !waiting.isFinished { Thread.sleep(forTimeInterval: 0.001) }
    #expect(outcome.withLock { $0 } == .replaced(file.url.path))
    #expect(try Data(contentsOf: file.url) == other)
  }

  @Test func everyTruncationAndForeignFileIsRefused() throws {
    let file = try SlotsFile(3)
    defer { file.remove() }
    let whole = try Data(contentsOf: file.url)
    let damaged = OpeningSlotsError.damaged(file.url.path)
    for count in 0..<(whole.count - SlotsFile.after.count) {
      try whole.prefix(count).write(to: file.url)
      #expect(throws: damaged) { try file.slots.reserve(in: 0..<3) }
      #expect(try Data(contentsOf: file.url).count == count)
    }
    let start = SlotsFile.before.count
    let identity = start + OpeningSlots.magic.count..<start + OpeningSlots.headerCount
    for position in start..<(whole.count - SlotsFile.after.count) {
      var changed = whole
      changed[position] ^= 0x40
      try changed.write(to: file.url)
      #expect(throws: identity.contains(position) ? .replaced(file.url.path) : damaged) {
        try file.slots.reserve(in: 0..<3)
      }
      #expect(try Data(contentsOf: file.url) == changed)
    }
  }
}
