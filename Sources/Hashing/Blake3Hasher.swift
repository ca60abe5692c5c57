/// BLAKE3 over bytes that arrive piece by piece, plain or keyed, with output of any length
/// (specification: "BLAKE3: one function, fast everywhere").
///
/// The one hash of the system: Merkle trees, the transcript and the key's digest use it.
public struct Blake3Hasher: Sendable {
  private static let blockBytes = 64
  private static let blocksPerChunk = 16

  private let key: SIMD8<UInt32>
  private let mode: UInt32
  /// The roots of the complete subtrees to the left of the current chunk, largest first.
  private var subtrees: [SIMD8<UInt32>] = []
  private var chunk: UInt64 = 0
  // The current chunk: the value after its full blocks, and its last block.
  private var chainingValue: SIMD8<UInt32>
  private var fullBlocks = 0
  private var block = SIMD16<UInt32>()
  private var blockLength = 0

  /// The plain hash.
  public init() {
    key = initialVector
    mode = 0
    chainingValue = key
  }

  /// The keyed hash.
  public init(key: Digest) {
    self.key = key.words
    mode = BlockFlags.keyed
    chainingValue = key.words
  }

  /// Appends bytes to the input.
  public mutating func update(_ bytes: [UInt8]) { update(bytes[...]) }

  /// Appends bytes to the input.
  public mutating func update(_ bytes: ArraySlice<UInt8>) {
    var next = bytes.startIndex
    while next < bytes.endIndex {
      makeRoom()
      if blockLength == 0, bytes.endIndex - next >= Blake3Hasher.blockBytes {
        for i in 0..<16 { block[i] = Blake3Hasher.word(bytes, at: next + 4 * i) }
        next += Blake3Hasher.blockBytes
        blockLength = Blake3Hasher.blockBytes
      } else {
        block[blockLength >> 2] |= UInt32(bytes[next]) << UInt32(8 * (blockLength & 3))
        next += 1
        blockLength += 1
      }
    }
  }

  @inline(__always)
  private static func word(_ bytes: ArraySlice<UInt8>, at start: Int) -> UInt32 {
    UInt32(bytes[start]) | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]) << 16
      | UInt32(bytes[start + 3]) << 24
  }

  /// Appends the 8 bytes of an integer, least significant first.
  public mutating func update(littleEndian value: UInt64) {
    guard blockLength & 3 == 0 else {
      return update((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
    }
    appendWord(UInt32(truncatingIfNeeded: value))
    appendWord(UInt32(truncatingIfNeeded: value >> 32))
  }

  private mutating func appendWord(_ word: UInt32) {
    makeRoom()
    block[blockLength >> 2] = word
    blockLength += 4
  }

  /// The hash of the input so far.
  public func digest() -> Digest { root().rootDigest() }

  /// The first `count` bytes of the extended output for the input so far.
  public func output(count: Int) -> [UInt8] {
    let root = root()
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var number: UInt64 = 0
    while bytes.count < count {
      let words = root.rootBlock(number)
      for i in 0..<min(Blake3Hasher.blockBytes, count - bytes.count) {
        bytes.append(UInt8(truncatingIfNeeded: words[i >> 2] >> UInt32(8 * (i & 3))))
      }
      number += 1
    }
    return bytes
  }

  /// Compresses the last block, once another byte follows it: only then is it known not to be the
  /// last of the input, which is flagged.
  private mutating func makeRoom() {
    guard blockLength == Blake3Hasher.blockBytes else { return }
    if fullBlocks == Blake3Hasher.blocksPerChunk - 1 {
      closeChunk()
    } else {
      chainingValue = pending(0).chain()
      fullBlocks += 1
    }
    block = SIMD16()
    blockLength = 0
  }

  /// Joins the current chunk with the subtrees of its size, as the bits of the count of chunks say.
  private mutating func closeChunk() {
    var subtree = pending(BlockFlags.chunkEnd).chain()
    chunk += 1
    var count = chunk
    while count & 1 == 0, let left = subtrees.popLast() {
      subtree = Compression(left: left, right: subtree, key: key, flags: mode).chain()
      count >>= 1
    }
    subtrees.append(subtree)
    chainingValue = key
    fullBlocks = 0
  }

  private func pending(_ flags: UInt32) -> Compression {
    Compression(
      chainingValue: chainingValue, block: block, counter: chunk, blockLength: UInt32(blockLength),
      flags: mode | flags | (fullBlocks == 0 ? BlockFlags.chunkStart : 0))
  }

  private func root() -> Compression {
    var node = pending(BlockFlags.chunkEnd)
    for left in subtrees.reversed() {
      node = Compression(left: left, right: node.chain(), key: key, flags: mode)
    }
    return node
  }
}

extension Digest {
  /// The keyed hash of two digests, one after the other: the inner node of a Merkle tree.
  public init(key: Digest, left: Digest, right: Digest) {
    self = Compression(
      chainingValue: key.words, block: SIMD16(lowHalf: left.words, highHalf: right.words),
      counter: 0, blockLength: 64,
      flags: BlockFlags.keyed | BlockFlags.chunkStart | BlockFlags.chunkEnd
    ).rootDigest()
  }
}
