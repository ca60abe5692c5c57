import TestSupport
import Testing

@testable import Kernels

/// Memory that was given back and is handed out again holds zeros, whatever was in it.
@Suite(.serialized) struct MemoryTests {
  private static let page = 2 << 20

  private func isZero(_ storage: Storage) -> Bool {
    UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount).allSatisfy { $0 == 0 }
  }

  private func fill(_ storage: Storage) {
    storage.base.initializeMemory(as: UInt8.self, repeating: 0xA5, count: storage.byteCount)
  }

  @Test func blocksOfAllSizesBeginWithZeros() {
    var random = SeededGenerator(seed: 5)
    var held: [Storage] = []
    for _ in 0..<200 {
      let size = random.integer(in: 0...3) * Self.page + random.integer(in: 0...Self.page)
      let storage = Storage(byteCount: size)
      #expect(isZero(storage))
      fill(storage)
      held.append(storage)
      if held.count > 6 { held.remove(at: random.integer(in: 0...5)) }
    }
  }

  @Test func blocksDoNotOverlap() {
    var held: [Storage] = (0..<4).map { _ in Storage(byteCount: 4 * Self.page) }
    held.removeFirst(2)
    // Shorter ones, which may take the place of those that are gone.
    held += (0..<4).map { Storage(byteCount: 2 * Self.page + $0) }
    let places = held.map { (Int(bitPattern: $0.base), $0.byteCount) }.sorted { $0.0 < $1.0 }
    for (a, b) in zip(places, places.dropFirst()) { #expect(a.0 + a.1 <= b.0) }
    held.forEach(fill)
  }

  @Test func hugeBlocksBeginWithZeros() {
    for size in [130, 130, 132, 131] {
      let storage = Storage(byteCount: size << 20)
      #expect(isZero(storage))
      fill(storage)
    }
  }

  @Test func threadsShareIt() async {
    await withTaskGroup(of: Bool.self) { group in
      for seed in 0..<8 as Range<UInt64> {
        group.addTask {
          var random = SeededGenerator(seed: seed)
          return (0..<40).allSatisfy { _ in
            let storage = Storage(byteCount: random.integer(in: 1...3) * Self.page)
            defer { fill(storage) }
            return isZero(storage)
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  /// Only programs do this, and it changes no value.
  @Test func thePreparedHeapHoldsZeros() {
    Heap.prepare()
    for size in [1, 100, 5000, 1 << 20] {
      for _ in 0..<3 {
        let storage = Storage(byteCount: size)
        #expect(isZero(storage))
        fill(storage)
      }
    }
  }
}
