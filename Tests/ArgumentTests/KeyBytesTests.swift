import ConstraintSystem
import Hashing
import Testing
import Transcript

@testable import Prover
@testable import Verifier

/// Changes of the bytes of a verifying key.
@Suite struct KeyBytesTests {
  private let arena: Arena
  private let file: [UInt8]
  private let proof: [UInt8]

  init() throws {
    arena = try Arena(.convolution(channels: 1, length: 3, outputs: 1, stride: 1))
    file = arena.key.verifyingKey.file
    proof = try arena.prove()
    let key = try VerifyingKey(file)
    #expect(key.digest == arena.key.verifyingKey.digest)
    #expect(key.system == arena.small.system)
    _ = try Verifier.verify(key: key, proof: proof)
  }

  private func refusal(_ bytes: [UInt8]) -> KeyError? {
    do {
      _ = try VerifyingKey(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test func everyFlippedBitIsRefused() {
    for position in file.indices {
      for bit in 0..<8 {
        var changed = file
        changed[position] ^= 1 << UInt8(bit)
        let refusal = refusal(changed)
        let isExpected =
          switch refusal {
          case .foreign: position < 8
          case .unsupportedVersion: (8..<12).contains(position)
          // The length, the flag that tells whether there is a root, and the number of openings.
          case .truncated, .trailingBytes, .malformed:
            (12..<20).contains(position) || position == file.count - 69
              || (file.count - 36..<file.count - 32).contains(position)
          case .corrupted: position >= 12
          default: false
          }
        #expect(isExpected, "bit \(bit) of byte \(position): \(String(describing: refusal))")
      }
    }
  }

  @Test func everyTruncationIsRefused() {
    for count in file.indices { #expect(refusal(Array(file.prefix(count))) == .truncated) }
  }

  @Test func appendedBytesAndForeignFilesAreRefused() {
    #expect(refusal(file + [0]) == .trailingBytes)
    #expect(refusal(proof) == .foreign)
    #expect(refusal([UInt8](repeating: 0, count: VerifyingKey.maximalLength + 1)) == .tooLarge)
  }

  /// A hostile key has a digest that fits. It is refused, or it is the key of another system, under
  /// which no proof of this one is accepted; it never ends the verifier.
  @Test func everyChangedByteWithAFittingDigestIsHarmless() throws {
    let content = arena.key.verifyingKey.bytes
    for position in content.indices {
      for mask: UInt8 in [0x01, 0x02, 0x04, 0x10, 0x40, 0x80, 0xFF] {
        var changed = content
        changed[position] ^= mask
        do {
          let key = try VerifyingKey(changed + Digest(hashing: changed).bytes)
          #expect(key.digest != arena.key.verifyingKey.digest)
          #expect(throws: ProofError.otherKey) { try Verifier.verify(key: key, proof: proof) }
          var moved = proof
          moved.replaceSubrange(12..<44, with: key.digest.bytes)
          #expect(throws: ProofError.self) { try Verifier.verify(key: key, proof: moved) }
        } catch {
          #expect(
            position < 20 || error == .malformed || error == .tooLarge || error == .truncated
              || error == .trailingBytes || error == .insufficientSecurity)
        }
      }
    }
  }

  /// Numbers at the edges in place of any byte of the system, the key being well formed otherwise; if
  /// it is accepted, noise is verified under it.
  @Test(arguments: 0..<4)
  func numbersAtTheEdgesAreHarmless(number: Int) throws {
    let systems = [
      arena.small.system, SmallSystem.residual(size: 5).system,
      SmallSystem.dense(rows: 1, inputs: 3, outputs: 2).system,
      DegenerateSystem.all[6].small.system,
    ]
    let system = systems[number]
    let encoded = system.canonicalBytes
    let messages = proof.dropFirst(45)
    var accepted = 0
    for position in encoded.indices {
      for edge: UInt64 in [0, 1, 2, 3, 5, 63, 255, 4096, 65_537, 1 << 21, 1 << 33, UInt64.max] {
        var changed = encoded
        changed.replaceSubrange(position...position, with: shortest(edge))
        guard let changedSystem = try? ConstraintSystem(canonicalBytes: changed),
          changedSystem != system,
          let key = keyOf(changedSystem)
        else { continue }
        accepted += 1
        let header = Proof.magic + [1, 0, 0, 0] + key.digest.bytes
        #expect(throws: ProofError.self) { try Verifier.verify(key: key, proof: header + messages) }
      }
    }
    #expect(accepted > 0)
  }

  private func keyOf(_ system: ConstraintSystem) -> VerifyingKey? {
    (try? VerifyingKey(system: system, modelRoot: nil))
      ?? (try? VerifyingKey(system: system, modelRoot: Digest(hashing: [])))
  }

  /// Groups of seven bits, the last one without the high bit.
  private func shortest(_ value: UInt64) -> [UInt8] {
    var rest = value
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(truncatingIfNeeded: rest)]
  }

  /// peers' failure 25: lengths that nothing is there for.
  @Test func hugeLengthsAreRefusedWithoutAllocation() {
    let huge: [UInt8] = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
    for count in [0, 1, 2, 3, 5] {
      // Empty lists before the huge one.
      let encoded = [UInt8](repeating: 0, count: min(count, 3)) + huge
      #expect(refusal(key(encoded)) == .malformed)
    }
    // One tensor, whose name, or whose shape, is endless.
    #expect(refusal(key([1] + huge)) == .malformed)
    #expect(refusal(key([1, 1, 0x78] + huge)) == .malformed)
    // An axis that is endless.
    #expect(refusal(key([1, 1, 0x78, 1] + huge + [3, 0, 0, 0, 0, 0, 0])) == .malformed)
    var overlong = file
    overlong.replaceSubrange(12..<20, with: [UInt8](repeating: 0xFF, count: 8))
    #expect(refusal(overlong) == .truncated)
  }

  private func key(_ encoded: [UInt8]) -> [UInt8] {
    let content =
      VerifyingKey.magic + littleEndian(1, width: 4)
      + littleEndian(UInt64(encoded.count), width: 8) + encoded + [0]
    return content + Digest(hashing: content).bytes
  }

  @Test func aKeyOfAnotherVersionIsRefused() {
    var content = arena.key.verifyingKey.bytes
    content[8] = 2
    #expect(refusal(content + Digest(hashing: content).bytes) == .unsupportedVersion(2))
  }
}
