import Testing

@testable import Hashing

private func pattern(_ length: Int) -> [UInt8] { (0..<length).map { UInt8($0 % 251) } }

private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

@Suite struct Blake3Tests {
  private let key = Digest(bytes: Array("whats the Elvish word for friend".utf8))

  @Test func plainHashHasKnownAnswers() {
    for answer in knownAnswers {
      #expect(hexadecimal(blake3(pattern(answer.length))) == answer.plain, "\(answer.length) bytes")
    }
  }

  @Test func keyedHashHasKnownAnswers() throws {
    let key = try #require(key)
    for answer in knownAnswers {
      var hasher = Blake3Hasher(key: key)
      hasher.update(pattern(answer.length))
      #expect(hexadecimal(hasher.digest().bytes) == answer.keyed, "\(answer.length) bytes")
    }
  }

  @Test func extendedOutputHasKnownAnswers() throws {
    let key = try #require(key)
    for (length, plain, keyed) in knownExtensions {
      for (start, answer) in [(Blake3Hasher(), plain), (Blake3Hasher(key: key), keyed)] {
        var hasher = start
        hasher.update(pattern(length))
        let output = hasher.output(count: 131)
        #expect(output.count == 131)
        #expect(hexadecimal(output.suffix(24)) == answer, "\(length) bytes")
        #expect(Array(output.prefix(32)) == hasher.digest().bytes)
      }
    }
  }

  @Test func piecesHashLikeTheWhole() {
    let input = pattern(5000)
    for step in [1, 3, 63, 64, 65, 1000, 1024, 1025] {
      var hasher = Blake3Hasher()
      var start = 0
      while start < input.count {
        let end = min(start + step, input.count)
        hasher.update(input[start..<end])
        // A digest on the way changes nothing.
        if start % 7 == 0 { _ = hasher.digest() }
        start = end
      }
      #expect(hasher.digest() == Digest(hashing: input), "pieces of \(step) bytes")
    }
  }

  @Test func integersHashLikeTheirBytes() {
    let values: [UInt64] = [0, 1, 0x0123_4567_89AB_CDEF, .max, 1 << 63]
    for offset in 0..<5 {
      var integers = Blake3Hasher()
      var bytes = Blake3Hasher()
      integers.update(pattern(offset))
      bytes.update(pattern(offset))
      for _ in 0..<40 {
        for value in values {
          integers.update(littleEndian: value)
          bytes.update((0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
        }
      }
      #expect(integers.digest() == bytes.digest(), "after \(offset) bytes")
    }
  }
}

@Suite struct DigestTests {
  @Test func bytesRoundTrip() throws {
    let bytes = (0..<32).map { UInt8(7 * $0 + 3) }
    let digest = try #require(Digest(bytes: bytes))
    #expect(digest.bytes == bytes)
    #expect(digest.words[0] == 0x1811_0A03)
  }

  @Test func otherLengthsAreNoDigest() {
    for count in [0, 1, 31, 33, 64] {
      #expect(Digest(bytes: [UInt8](repeating: 0, count: count)) == nil)
    }
  }

  @Test func innerNodeIsTheKeyedHashOfBothChildren() {
    let key = Digest(hashing: [1])
    let left = Digest(hashing: [2])
    let right = Digest(hashing: [3])
    var hasher = Blake3Hasher(key: key)
    hasher.update(left.bytes + right.bytes)
    #expect(Digest(key: key, left: left, right: right) == hasher.digest())
    #expect(Digest(key: key, left: right, right: left) != hasher.digest())
  }
}
