import ConstraintSystem
import FieldArithmetic
import Hashing
import TestSupport
import Testing
import Transcript
import Verifier

@testable import ProofTestSupport
@testable import Prover

/// A message with its place in the bytes of the proof.
private struct PlacedMessage {
  var place: MessagePlace
  var range: Range<Int>
}

/// Changes of the bytes of a proof, of which each has to be noticed.
@Suite struct ProofBytesTests {
  private let arena: Arena
  private let proof: [UInt8]
  /// The messages with their places in the proof.
  private let messages: [PlacedMessage]
  /// Where the messages begin.
  private let start: Int

  /// The length of what stands before the public values.
  private static let header = 8 + 4 + 32 + 1 + 4 + 1 + 1

  init() throws {
    arena = try Arena(.convolution(channels: 1, length: 3, outputs: 1, stride: 1))
    let (proof, places) = try arena.honestRun()
    let sizes = places.map { place in
      switch place.kind {
      case .elements: Packing.byteCount(elements: Fp3.degree * place.count)
      case .leaves: Packing.byteCount(elements: place.count)
      case .digest, .siblings: Digest.byteCount * place.count
      }
    }
    start = proof.count - sizes.reduce(0, +)
    var position = start
    messages = zip(places, sizes).map { place, size in
      defer { position += size }
      return PlacedMessage(place: place, range: position..<position + size)
    }
    self.proof = proof
    #expect(arena.rejection(of: proof) == nil)
    // Magic, version, digest, mode, batch, no data, no context, and three public values of four bytes each.
    #expect(start == Self.header + 3 * 4)
  }

  private func message(at position: Int) -> MessagePlace? {
    messages.first { $0.range.contains(position) }?.place
  }

  @Test func everyFlippedBitIsRejected() throws {
    for position in proof.indices {
      for bit in 0..<8 {
        var changed = proof
        changed[position] ^= 1 << UInt8(bit)
        let rejection = arena.rejection(of: changed)
        let isExpected =
          switch rejection {
          case .foreign: position < 8 || (44..<Self.header).contains(position)
          case .unsupportedVersion: (8..<12).contains(position)
          case .otherKey: (12..<44).contains(position)
          // Other challenges open other positions, so that later leaves are read elsewhere.
          case .nonCanonical(let label):
            position >= start && (label == .openingLeaves || message(at: position)?.label == label)
          case .rejected(.publicTensorRange): position >= 45 && position < start
          case .rejected(let check): position >= 45 && check != .publicTensorRange
          // The batch, or a number of commitments to data, reads further.
          case .truncated, .trailingBytes: position >= 45
          case .unsupportedBatch: (45..<49).contains(position)
          // A plain proof opens no commitments to data.
          case .notHiding: position == 49
          case .unknownCommitment, .unproven, .badCertificate, .otherKeyFile, nil: false
          }
        #expect(isExpected, "bit \(bit) of byte \(position): \(String(describing: rejection))")
      }
    }
  }

  /// A larger proof, in which bytes are sampled.
  @Test func flippedBytesOfALargerProofAreRejected() throws {
    let large = try Arena(.dense(rows: 3, inputs: 13, outputs: 40))
    let honest = try large.prove()
    #expect(large.rejection(of: honest) == nil)
    var random = SeededGenerator(seed: 1)
    for _ in 0..<150 {
      var changed = honest
      changed[random.integer(in: 0...honest.count - 1)] ^= UInt8(random.integer(in: 1...255))
      #expect(large.rejection(of: changed) != nil)
    }
  }

  @Test func everyTruncationIsRejectedInTheMessageThatIsCut() throws {
    for count in proof.indices {
      let label = count < Self.header ? .statement : message(at: count)?.label ?? .publicTensor
      let rejection = arena.rejection(of: Array(proof.prefix(count)))
      #expect(rejection == .truncated(label), "the first \(count) bytes")
    }
  }

  @Test func appendedBytesAreRejected() {
    #expect(arena.rejection(of: proof + [0]) == .trailingBytes(1))
    #expect(arena.rejection(of: proof + proof) == .trailingBytes(proof.count))
  }

  /// Every message is left out, doubled, and exchanged with the next one.
  @Test func missingDoubledAndExchangedMessagesAreRejected() {
    for (current, next) in zip(messages, messages.dropFirst()) where !current.range.isEmpty {
      let bytes = Array(proof[current.range])
      let missing = proof[..<current.range.lowerBound] + proof[current.range.upperBound...]
      #expect(arena.rejection(of: Array(missing)) != nil, "without \(current.place)")
      let doubled = proof[..<current.range.lowerBound] + bytes + proof[current.range.lowerBound...]
      #expect(arena.rejection(of: Array(doubled)) != nil, "\(current.place) twice")
      var exchanged = proof
      exchanged.replaceSubrange(
        current.range.lowerBound..<next.range.upperBound, with: proof[next.range] + bytes)
      if exchanged == proof { continue }
      #expect(arena.rejection(of: exchanged) != nil, "\(current.place) after the next")
    }
  }

  @Test func integersAboveTheFieldAreRejectedInEveryMessage() {
    let largest: UInt64 = (1 << 50) - 1
    for message in messages where message.place.holdsElements && !message.range.isEmpty {
      let (place, start) = (message.place, message.range.lowerBound)
      for excess in [Fp.modulus, largest] {
        // The first 50 bits: six bytes and two bits.
        let bytes = littleEndian(excess)
        var changed = proof
        changed.replaceSubrange(start..<start + 6, with: bytes[0..<6])
        changed[start + 6] = changed[start + 6] & 0xFC | bytes[6]
        #expect(arena.rejection(of: changed) == .nonCanonical(place.label), "\(place)")
      }
    }
  }

  @Test func paddingBitsHaveToBeZero() {
    var padded = 0
    for message in messages where message.place.holdsElements {
      let (place, range) = (message.place, message.range)
      let elements = place.kind == .elements ? Fp3.degree * place.count : place.count
      guard elements * Fp.bitWidth % 8 != 0 else { continue }
      padded += 1
      var changed = proof
      changed[range.upperBound - 1] |= 0x80
      #expect(arena.rejection(of: changed) == .nonCanonical(place.label), "\(place)")
    }
    #expect(padded > 0)
  }

  /// The public values are bound by every challenge.
  @Test func theProofOfOtherPublicValuesIsRejected() throws {
    for position in stride(from: Self.header, to: start, by: 4) {
      var changed = proof
      changed[position] ^= 1
      #expect(arena.rejection(of: changed) == .rejected(.fractionLayer))
    }
  }

  @Test func foreignAndOverlongFilesAreRejected() {
    #expect(arena.rejection(of: []) == .truncated(.statement))
    #expect(arena.rejection(of: arena.key.verifyingKey.file) == .foreign)
    #expect(
      arena.rejection(of: [UInt8](repeating: 0, count: Proof.maximalLength + 1)) == .foreign)
    var random = SeededGenerator(seed: 3)
    for count in [7, 44, Self.header, 100, proof.count] {
      let noise = (0..<count).map { _ in UInt8(random.integer(in: 0...255)) }
      let expected: ProofError = count < 8 ? .truncated(.statement) : .foreign
      #expect(arena.rejection(of: noise) == expected)
      #expect(arena.rejection(of: Array(proof.prefix(Self.header)) + noise) != nil)
    }
  }
}
