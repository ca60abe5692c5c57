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
  ///
  /// The state's four rows are vectors, so that the four column steps are one, and the four diagonal
  /// steps are one after the rows are rotated.
  func full() -> SIMD16<UInt32> {
    var a = chainingValue.lowHalf
    var b = chainingValue.highHalf
    var c = initialVector.lowHalf
    var d = SIMD4(
      UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32), blockLength,
      flags)
    var m = block
    for round in 0..<7 {
      if round > 0 { m = permuted(m) }
      mix(&a, &b, &c, &d, SIMD4(m[0], m[2], m[4], m[6]), SIMD4(m[1], m[3], m[5], m[7]))
      b = SIMD4(b[1], b[2], b[3], b[0])
      c = SIMD4(c[2], c[3], c[0], c[1])
      d = SIMD4(d[3], d[0], d[1], d[2])
      mix(&a, &b, &c, &d, SIMD4(m[8], m[10], m[12], m[14]), SIMD4(m[9], m[11], m[13], m[15]))
      b = SIMD4(b[3], b[0], b[1], b[2])
      c = SIMD4(c[2], c[3], c[0], c[1])
      d = SIMD4(d[1], d[2], d[3], d[0])
    }
    let low = SIMD8(lowHalf: a ^ c, highHalf: b ^ d)
    let high = SIMD8(
      lowHalf: c ^ chainingValue.lowHalf, highHalf: d ^ chainingValue.highHalf)
    return SIMD16(lowHalf: low, highHalf: high)
  }
}

/// The order of the message's words in the next round.
@inline(__always)
private func permuted(_ m: SIMD16<UInt32>) -> SIMD16<UInt32> {
  SIMD16(
    m[2], m[6], m[3], m[10], m[7], m[0], m[4], m[13],
    m[1], m[11], m[12], m[5], m[9], m[14], m[15], m[8])
}

/// The quarter round on four columns at once.
@inline(__always)
private func mix(
  _ a: inout SIMD4<UInt32>, _ b: inout SIMD4<UInt32>, _ c: inout SIMD4<UInt32>,
  _ d: inout SIMD4<UInt32>, _ x: SIMD4<UInt32>, _ y: SIMD4<UInt32>
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
private func rotatedRight(_ x: SIMD4<UInt32>, _ bits: UInt32) -> SIMD4<UInt32> {
  (x &>> SIMD4(repeating: bits)) | (x &<< SIMD4(repeating: 32 &- bits))
}
