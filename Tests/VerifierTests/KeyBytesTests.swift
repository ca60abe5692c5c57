import ConstraintSystem
import Hashing
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// Changes of the bytes of a verifying key.
@Suite struct KeyBytesTests {
  private let arena: Arena
  private let file: [UInt8]
  private let proof: [UInt8]
  /// A key of the same system with a hidden model, two further commitments and a certificate, which
  /// stand for nothing.
  private let hiddenFile: [UInt8]
  /// Where the flags are.
  private let flags: Int

  init() throws {
    arena = try Arena(.convolution(channels: 1, length: 3, outputs: 1, stride: 1))
    file = arena.key.verifyingKey.file
    proof = try arena.prove()
    flags = 20 + arena.small.system.canonicalBytes.count
    let hidden = try VerifyingKey(
      system: arena.small.system, pinnedRoot: Digest(hashing: [1]), isHiding: true, openings: 3,
      roots: [Digest(hashing: [2]), Digest(hashing: [3])], certificate: [1, 2, 3, 4, 5],
      derivation: [6, 7, 8])
    hiddenFile = hidden.file
    let key = try VerifyingKey(file)
    #expect(key.identityDigest == arena.key.verifyingKey.identityDigest)
    #expect(key.system == arena.small.system && key.pinnedRoot != nil)
    #expect(!key.isHiding && !key.hidesModel && key.roots.isEmpty && key.certificate.isEmpty)
    _ = try Verifier.verify(key: key, proof: proof, allowsPlain: true, allowsUnproven: true)
    let second = try VerifyingKey(hiddenFile)
    #expect(second.identityDigest == hidden.identityDigest)
    #expect(second.roots == hidden.roots && second.certificate == hidden.certificate)
    #expect(second.derivation == [6, 7, 8] && key.derivation.isEmpty)
    #expect(second.fileDigest.bytes == Array(hiddenFile.suffix(Digest.byteCount)))
    #expect(second.openings == 3 && second.isHiding && second.pinnedRoot == hidden.pinnedRoot)
  }

  /// The identity is the digest of all but the commitments that come and go.
  @Test func onlyWhatIsPinnedNamesTheModel() throws {
    let system = arena.small.system
    func identity(
      _ system: ConstraintSystem, root: UInt8 = 1, isHiding: Bool = true, openings: Int = 3,
      roots: [UInt8] = [2, 3], certificate: [UInt8] = [], derivation: [UInt8] = []
    ) throws -> Digest {
      try VerifyingKey(
        system: system, pinnedRoot: Digest(hashing: [root]), isHiding: isHiding,
        openings: openings, roots: roots.map { Digest(hashing: [$0]) }, certificate: certificate,
        derivation: derivation
      ).identityDigest
    }
    let hidden = try identity(system)
    #expect(try identity(system, roots: [4]) == hidden)
    #expect(try identity(system, certificate: [7]) == hidden)
    #expect(try identity(system, derivation: [7]) == hidden)
    let start = flags + 1 + 4 + Digest.byteCount
    #expect(Digest(hashing: Array(hiddenFile.prefix(start))) == hidden)
    var other = system
    other.tensors[0].fractionalBits += 1
    let different = try [
      identity(system, root: 9), identity(system, openings: 4), identity(other),
      identity(system, openings: 0, roots: []),
      identity(system, isHiding: false, openings: 0, roots: []), hidden,
    ]
    #expect(Set(different).count == different.count)
  }

  /// Parts that do not belong together.
  @Test func partsThatDoNotFitAreRefused() {
    let system = arena.small.system
    let root = Digest(hashing: [1])
    func refusal(
      _ root: Digest?, _ isHiding: Bool, _ openings: Int, _ roots: Int, _ certificate: [UInt8] = []
    ) -> KeyError? {
      do {
        _ = try VerifyingKey(
          system: system, pinnedRoot: root, isHiding: isHiding, openings: openings,
          roots: Array(repeating: Digest(hashing: []), count: roots), certificate: certificate)
        return nil
      } catch {
        return error
      }
    }
    #expect(refusal(root, true, 3, VerifyingKey.maximalRoots) == nil)
    #expect(refusal(root, true, 3, VerifyingKey.maximalRoots + 1) == .malformed)
    #expect(refusal(root, true, 3, 0) == .malformed)
    #expect(refusal(root, true, 0, 1) == .malformed)
    #expect(refusal(root, false, 3, 1) == .malformed)
    #expect(refusal(root, true, -1, 1) == .malformed)
    #expect(refusal(root, true, VerifyingKey.maximalOpenings + 1, 1) == .malformed)
    #expect(refusal(nil, true, 0, 0) == .malformed)
  }

  private func refusal(_ bytes: [UInt8]) -> KeyError? {
    do {
      _ = try VerifyingKey(bytes)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [false, true]) func everyFlippedBitIsRefused(isHidden: Bool) {
    let file = isHidden ? hiddenFile : file
    // What says how long something is: the system; flags and openings; the number of roots; the
    // certificate; the derivation.
    let root = flags + 1 + (isHidden ? 4 : 0)
    let roots = root + Digest.byteCount
    let certificate = roots + (isHidden ? 2 + 2 * Digest.byteCount : 0)
    let derivation = certificate + 4 + (isHidden ? 5 : 0)
    let lengths = [
      12..<20, flags..<root, roots..<roots + 2, certificate..<certificate + 4,
      derivation..<derivation + 4,
    ]
    for position in file.indices {
      for bit in 0..<8 {
        var changed = file
        changed[position] ^= 1 << UInt8(bit)
        let refusal = refusal(changed)
        let isExpected =
          switch refusal {
          case .foreign: position < 8
          case .unsupportedVersion: (8..<12).contains(position)
          case .truncated, .trailingBytes, .malformed: lengths.contains { $0.contains(position) }
          case .corrupted: position >= 12
          default: false
          }
        #expect(isExpected, "bit \(bit) of byte \(position): \(String(describing: refusal))")
      }
    }
  }

  @Test func everyTruncationIsRefused() {
    for file in [file, hiddenFile] {
      for count in file.indices { #expect(refusal(Array(file.prefix(count))) == .truncated) }
    }
  }

  @Test func appendedBytesAndForeignFilesAreRefused() {
    #expect(refusal(file + [0]) == .trailingBytes)
    #expect(refusal(hiddenFile + [0]) == .trailingBytes)
    #expect(refusal(proof) == .foreign)
    #expect(refusal([UInt8](repeating: 0, count: VerifyingKey.maximalLength + 1)) == .tooLarge)
  }

  /// A hostile key has a digest that fits. It is refused, or it is the key of another system, under
  /// which no proof of this one is accepted; it never ends the verifier.
  @Test func everyChangedByteWithAFittingDigestIsHarmless() throws {
    let content = Array(file.dropLast(Digest.byteCount))
    for position in content.indices {
      for mask: UInt8 in [0x01, 0x02, 0x04, 0x10, 0x40, 0x80, 0xFF] {
        var changed = content
        changed[position] ^= mask
        do throws(KeyError) {
          let key = try VerifyingKey(changed + Digest(hashing: changed).bytes)
          #expect(key.identityDigest != arena.key.verifyingKey.identityDigest)
          #expect(rejection(key, proof) == .otherKey)
          #expect(rejection(key, moved(proof, to: key)) != nil)
        } catch {
          #expect(isHarmless(error, at: position), "byte \(position): \(error)")
        }
      }
    }
  }

  /// The same of a key with a hidden model, whose certificate and commitments stand for nothing.
  @Test func everyChangedByteOfAHiddenKeyWithAFittingDigestIsHarmless() throws {
    let content = Array(hiddenFile.dropLast(Digest.byteCount))
    for position in content.indices {
      for mask: UInt8 in [0x01, 0x82, 0xFF] {
        var changed = content
        changed[position] ^= mask
        do throws(KeyError) {
          let key = try VerifyingKey(changed + Digest(hashing: changed).bytes)
          #expect(rejection(key, moved(proof, to: key)) != nil)
          if !key.certificate.isEmpty {
            #expect(throws: ProofError.self) { try Verifier.verify(certificateOf: key) }
          }
        } catch {
          #expect(isHarmless(error, at: position), "byte \(position): \(error)")
        }
      }
    }
  }

  private func isHarmless(_ error: KeyError, at position: Int) -> Bool {
    switch error {
    case .malformed, .tooLarge, .truncated, .trailingBytes, .insufficientSecurity: true
    default: position < 20
    }
  }

  private func rejection(_ key: VerifyingKey, _ proof: [UInt8]) -> ProofError? {
    do {
      _ = try Verifier.verify(key: key, proof: proof, allowsPlain: true, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  /// The proof with another key's digest.
  private func moved(_ proof: [UInt8], to key: VerifyingKey) -> [UInt8] {
    var moved = proof
    moved.replaceSubrange(12..<44, with: key.identityDigest.bytes)
    return moved
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
    let messages = proof.dropFirst(44)
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
        let header =
          Proof.magic + littleEndian(UInt64(Proof.version), width: 4) + key.identityDigest.bytes
        #expect(rejection(key, header + messages) != nil)
      }
    }
    #expect(accepted > 0)
  }

  private func keyOf(_ system: ConstraintSystem) -> VerifyingKey? {
    (try? VerifyingKey(system: system, pinnedRoot: nil))
      ?? (try? VerifyingKey(system: system, pinnedRoot: Digest(hashing: [])))
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

  /// Lengths that nothing is there for.
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
      VerifyingKey.magic + littleEndian(UInt64(VerifyingKey.version), width: 4)
      + littleEndian(UInt64(encoded.count), width: 8) + encoded + [0, 0, 0, 0, 0, 0, 0, 0, 0]
    return content + Digest(hashing: content).bytes
  }

  /// Keys of one identity that list different things are different files.
  @Test func theFileDigestNamesAllThatAKeyLists() throws {
    let system = arena.small.system
    func digest(
      roots: [UInt8] = [2], certificate: [UInt8] = [], derivation: [UInt8] = []
    ) throws -> Digest {
      try VerifyingKey(
        system: system, pinnedRoot: Digest(hashing: [1]), isHiding: true, openings: 3,
        roots: roots.map { Digest(hashing: [$0]) }, certificate: certificate,
        derivation: derivation
      ).fileDigest
    }
    let digests = try [
      digest(), digest(roots: [3]), digest(roots: [2, 3]), digest(certificate: [1]),
      digest(derivation: [1]), digest(certificate: [1], derivation: [1]),
    ]
    #expect(Set(digests).count == digests.count)
    let key = try VerifyingKey(hiddenFile)
    #expect(try key.with(certificate: [9]).derivation == [6, 7, 8])
    #expect(try key.with(certificate: [9]).fileDigest != key.fileDigest)
  }

  @Test func anEndlessDerivationIsRefused() throws {
    let endless = [UInt8](repeating: 0, count: VerifyingKey.maximalDerivation + 1)
    #expect(throws: KeyError.malformed) {
      try VerifyingKey(
        system: arena.small.system, pinnedRoot: Digest(hashing: [1]), derivation: endless)
    }
  }

  @Test func aKeyOfAnotherVersionIsRefused() {
    for version in [VerifyingKey.version - 1, VerifyingKey.version + 1] {
      var content = Array(file.dropLast(Digest.byteCount))
      content[8] = UInt8(version)
      #expect(refusal(content + Digest(hashing: content).bytes) == .unsupportedVersion(version))
    }
  }
}
