/// What a block is to BLAKE3's tree (BLAKE3 specification, section 2.2).
@usableFromInline
struct BlockFlags {
  @usableFromInline static let chunkStart: UInt32 = 1
  @usableFromInline static let chunkEnd: UInt32 = 2
  @usableFromInline static let parent: UInt32 = 4
  @usableFromInline static let root: UInt32 = 8
  @usableFromInline static let keyed: UInt32 = 16
}

/// The constants of BLAKE3's compression function, the first words of SHA-256's initial state.
@usableFromInline
let initialVector = SIMD8<UInt32>(
  0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A,
  0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)

/// One call of BLAKE3's compression function that is still to be made: it gives a chaining value
/// inside of the tree, or at its root as many bytes as are wanted.
@usableFromInline
struct Compression {
  @usableFromInline var chainingValue: SIMD8<UInt32>
  @usableFromInline var block: SIMD16<UInt32>
  @usableFromInline var counter: UInt64
  @usableFromInline var blockLength: UInt32
  @usableFromInline var flags: UInt32

  @usableFromInline
  init(
    chainingValue: SIMD8<UInt32>, block: SIMD16<UInt32>, counter: UInt64, blockLength: UInt32,
    flags: UInt32
  ) {
    self.chainingValue = chainingValue
    self.block = block
    self.counter = counter
    self.blockLength = blockLength
    self.flags = flags
  }

  /// The node that joins two subtrees.
  @usableFromInline
  init(left: SIMD8<UInt32>, right: SIMD8<UInt32>, key: SIMD8<UInt32>, flags: UInt32) {
    self.init(
      chainingValue: key, block: SIMD16(lowHalf: left, highHalf: right), counter: 0,
      blockLength: 64, flags: flags | BlockFlags.parent)
  }

  /// The first half of the output.
  @usableFromInline
  func chain() -> SIMD8<UInt32> { full().lowHalf }

  /// The root's output block of the given number.
  func rootBlock(_ number: UInt64) -> SIMD16<UInt32> {
    var root = self
    root.counter = number
    root.flags |= BlockFlags.root
    return root.full()
  }

  /// The root's first output block, cut to a digest.
  @usableFromInline
  func rootDigest() -> Digest { Digest(words: rootBlock(0).lowHalf) }

  /// The whole output of the compression function.
  func full() -> SIMD16<UInt32> {
    var state = RoundState(
      chainingValue: chainingValue, counter: counter, blockLength: blockLength, flags: flags)
    var words = RoundWords(block)
    state.mix(words)
    for _ in 0..<6 {
      words.permute()
      state.mix(words)
    }
    let low = SIMD8(
      state.a0 ^ state.c0, state.a1 ^ state.c1, state.a2 ^ state.c2, state.a3 ^ state.c3,
      state.b0 ^ state.d0, state.b1 ^ state.d1, state.b2 ^ state.d2, state.b3 ^ state.d3)
    let high = SIMD8(
      state.c0, state.c1, state.c2, state.c3, state.d0, state.d1, state.d2, state.d3)
    return SIMD16(lowHalf: low, highHalf: high ^ chainingValue)
  }
}

/// The message in the order in which a round takes its words. Plain fields, because a target
/// without wide vectors keeps them in registers.
private struct RoundWords {
  var m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15: UInt32

  @inline(__always)
  init(_ block: SIMD16<UInt32>) {
    (m0, m1, m2, m3) = (block[0], block[1], block[2], block[3])
    (m4, m5, m6, m7) = (block[4], block[5], block[6], block[7])
    (m8, m9, m10, m11) = (block[8], block[9], block[10], block[11])
    (m12, m13, m14, m15) = (block[12], block[13], block[14], block[15])
  }

  /// The order of the next round.
  @inline(__always)
  mutating func permute() {
    (m0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, m13, m14, m15) = (
      m2, m6, m3, m10, m7, m0, m4, m13, m1, m11, m12, m5, m9, m14, m15, m8
    )
  }
}

/// The state as four rows a, b, c and d of four words.
private struct RoundState {
  var a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3, d0, d1, d2, d3: UInt32

  @inline(__always)
  init(chainingValue: SIMD8<UInt32>, counter: UInt64, blockLength: UInt32, flags: UInt32) {
    let (v, iv) = (chainingValue, initialVector)
    (a0, a1, a2, a3) = (v[0], v[1], v[2], v[3])
    (b0, b1, b2, b3) = (v[4], v[5], v[6], v[7])
    (c0, c1, c2, c3) = (iv[0], iv[1], iv[2], iv[3])
    d0 = UInt32(truncatingIfNeeded: counter)
    d1 = UInt32(truncatingIfNeeded: counter >> 32)
    (d2, d3) = (blockLength, flags)
  }

  /// One round: the columns, then the diagonals.
  @inline(__always)
  mutating func mix(_ m: RoundWords) {
    quarter(&a0, &b0, &c0, &d0, m.m0, m.m1)
    quarter(&a1, &b1, &c1, &d1, m.m2, m.m3)
    quarter(&a2, &b2, &c2, &d2, m.m4, m.m5)
    quarter(&a3, &b3, &c3, &d3, m.m6, m.m7)
    quarter(&a0, &b1, &c2, &d3, m.m8, m.m9)
    quarter(&a1, &b2, &c3, &d0, m.m10, m.m11)
    quarter(&a2, &b3, &c0, &d1, m.m12, m.m13)
    quarter(&a3, &b0, &c1, &d2, m.m14, m.m15)
  }
}

@inline(__always)
private func quarter(
  _ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32, _ d: inout UInt32, _ x: UInt32,
  _ y: UInt32
) {
  a = a &+ b &+ x
  d = rotatedRight(d ^ a, 16)
  c = c &+ d
  b = rotatedRight(b ^ c, 12)
  a = a &+ b &+ y
  d = rotatedRight(d ^ a, 8)
  c = c &+ d
  b = rotatedRight(b ^ c, 7)
}

@inline(__always)
private func rotatedRight(_ x: UInt32, _ bits: UInt32) -> UInt32 {
  (x &>> bits) | (x &<< (32 &- bits))
}
