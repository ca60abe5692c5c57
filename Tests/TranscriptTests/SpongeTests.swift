import FieldArithmetic
import Hashing
import Testing

@testable import Transcript

@Suite struct SpongeTests {
  private static let message = MessageLabel(code: 20)
  private static let other = MessageLabel(code: 21)

  /// One challenge at the end of a history.
  private func challenge(
    domain: StaticString = "test", label: MessageLabel = SpongeTests.other, count: Int = 1,
    after history: (inout Sponge) -> Void
  ) -> Fp3 {
    var sponge = Sponge(domain: domain)
    history(&sponge)
    return sponge.challenges(label, count: count)[0]
  }

  /// Histories that differ in one thing only give other challenges.
  @Test func everyPartOfTheHistoryCounts() {
    let label = Self.message
    let challenges = [
      challenge { $0.absorb(label, [1, 2, 3]) },
      challenge(domain: "tesu") { $0.absorb(label, [1, 2, 3]) },
      challenge { $0.absorb(Self.other, [1, 2, 3]) },
      challenge { $0.absorb(MessageLabel(code: 20 + 256), [1, 2, 3]) },
      challenge { $0.absorb(label, [1, 2, 4]) },
      challenge { $0.absorb(label, [1, 2]) },
      challenge { $0.absorb(label, [1, 2, 3, 0]) },
      challenge { $0.absorb(label, []) },
      challenge { _ in },
      challenge {
        $0.absorb(label, [1, 2])
        $0.absorb(label, [3])
      },
      challenge {
        $0.absorb(label, [1])
        $0.absorb(label, [2, 3])
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        $0.absorb(label, [])
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        _ = $0.challenges(Self.other, count: 1)
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        _ = $0.challenges(Self.other, count: 0)
      },
      challenge {
        _ = $0.challenges(Self.other, count: 1)
        $0.absorb(label, [1, 2, 3])
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        _ = $0.indices(Self.other, count: 1, bits: 3)
        $0.absorb(label, [])
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        _ = $0.work(label, nonce: 0, bits: 0)
      },
      challenge {
        $0.absorb(label, [1, 2, 3])
        _ = $0.work(label, nonce: 1, bits: 0)
      },
      challenge(label: label) { $0.absorb(label, [1, 2, 3]) },
      challenge(count: 2) { $0.absorb(label, [1, 2, 3]) },
    ]
    #expect(Set(challenges).count == challenges.count)
    #expect(challenge { $0.absorb(label, [1, 2, 3]) } == challenges[0])
  }

  /// The challenges of a longer list are not those of a shorter one and some more, so that a count
  /// cannot be exchanged for another.
  @Test func countsAreBound() {
    var lists: [[Fp3]] = []
    for count in 1...8 {
      var sponge = Sponge(domain: "test")
      lists.append(sponge.challenges(Self.message, count: count))
      #expect(lists[count - 1].count == count)
    }
    let all = lists.flatMap { $0 }
    #expect(Set(all).count == all.count)
  }

  @Test func everyBitOfALongMessageCounts() {
    let message = (0..<100).map { UInt8(truncatingIfNeeded: 37 * $0) }
    var seen: Set<Fp3> = [challenge { $0.absorb(Self.message, message) }]
    for bit in 0..<800 {
      var changed = message
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      seen.insert(challenge { $0.absorb(Self.message, changed) })
    }
    #expect(seen.count == 801)
  }

  /// The chain as the specification has it, computed here from the hash alone.
  @Test func theChainIsThatOfTheSpecification() {
    var state = blake3(Array("test".utf8))
    func header(_ tag: UInt8, _ code: UInt8, _ length: Int) -> [UInt8] {
      state + [tag, code, 0] + littleEndian(UInt64(length))
    }
    state = blake3(header(1, 20, 3) + [7, 8, 9])
    let seed = blake3(header(2, 21, 2))
    state = blake3(header(3, 21, 2))
    var words: [UInt64] = []
    for counter in 0..<8 {
      let block = blake3(seed + littleEndian(UInt64(counter)))
      for first in stride(from: 0, to: 32, by: 8) {
        words.append((0..<8).reduce(0) { $0 | UInt64(block[first + $1]) << UInt64(8 * $1) })
      }
    }
    let low = words.map { $0 & ((1 << 50) - 1) }.filter { $0 < Fp.modulus }.map { Fp($0) }
    var sponge = Sponge(domain: "test")
    sponge.absorb(Self.message, [7, 8, 9])
    let drawn = sponge.challenges(Self.other, count: 2)
    #expect(drawn == [Fp3(low[0], low[1], low[2]), Fp3(low[3], low[4], low[5])])

    let next = blake3(header(2, 20, 3))
    let block = blake3(next + littleEndian(0))
    let indices = (0..<3).map { Int(block[8 * $0]) | Int(block[8 * $0 + 1] & 0x0F) << 8 }
    let positions = sponge.indices(Self.message, count: 3, bits: 12)
    #expect(positions == indices)
  }

  /// The answers of `Paper/` section 12, computed there by another program: what must never change
  /// while the version of the format stays.
  @Test func knownAnswers() {
    var sponge = Sponge(domain: "Assay v5 proof of inference")
    sponge.absorb(.statement, (0..<40).map { UInt8($0) })
    let drawn = sponge.challenges(.lookupChallenge, count: 2)
    for (challenge, answer) in zip(drawn, KnownAnswers.challenges) {
      #expect([challenge.c0, challenge.c1, challenge.c2].map(\.canonical) == answer)
    }
    sponge.absorb(.fractionRoot, Packing.pack([Fp3(Fp(1), Fp(2), Fp(3))]))
    let seed = sponge.workSeed(.openingGrinding)
    #expect(
      (0...4096).first { Sponge.isWork(seed: seed, nonce: $0, bits: 12) } == KnownAnswers.nonce)
    let isWork = sponge.work(.openingGrinding, nonce: KnownAnswers.nonce, bits: 12)
    #expect(isWork)
    let indices = sponge.indices(.openingQueries, count: 8, bits: 10)
    #expect(indices == KnownAnswers.indices)
  }

  @Test func indicesAreInRangeAndUniform() {
    var sponge = Sponge(domain: "test")
    for bits in [0, 1, 2, 5, 31, 62] {
      let indices = sponge.indices(Self.message, count: 200, bits: bits)
      #expect(indices.count == 200 && indices.allSatisfy { $0 >= 0 && $0 < 1 << bits })
    }
    var counts = [Int](repeating: 0, count: 16)
    for index in sponge.indices(Self.message, count: 16_000, bits: 4) { counts[index] += 1 }
    // Six standard deviations of the binomial distribution.
    #expect(counts.allSatisfy { abs($0 - 1000) < 190 })
  }

  @Test func challengesAreUniformInEachCoordinate() {
    var sponge = Sponge(domain: "test")
    var counts = [[Int]](repeating: [0, 0, 0, 0], count: 3)
    for challenge in sponge.challenges(Self.message, count: 4000) {
      for (k, coordinate) in [challenge.c0, challenge.c1, challenge.c2].enumerated() {
        #expect(coordinate.canonical < Fp.modulus)
        counts[k][Int(coordinate.canonical / (Fp.modulus / 4 + 1))] += 1
      }
    }
    #expect(counts.allSatisfy { $0.allSatisfy { abs($0 - 1000) < 170 } })
  }

  @Test func workIsWhatItsBitsSay() {
    let sponge = Sponge(domain: "test")
    let seed = sponge.workSeed(.openingGrinding)
    let other = sponge.workSeed(.lookupGrinding)
    var found = [Int](repeating: 0, count: 9)
    for nonce in 0..<UInt64(4096) {
      for bits in 0...8 where Sponge.isWork(seed: seed, nonce: nonce, bits: bits) {
        found[bits] += 1
      }
    }
    #expect(found[0] == 4096)
    for bits in 1...8 {
      #expect(found[bits] <= found[bits - 1])
      #expect(abs(found[bits] - 4096 >> bits) < 6 * 32)
    }
    #expect(found[8] > 0 && found[8] < 64)
    #expect(seed != other)
  }
}
