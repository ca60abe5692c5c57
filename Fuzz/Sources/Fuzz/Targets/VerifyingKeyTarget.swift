import Compiler
import ConstraintSystem
import Verifier

/// Verifying keys: read, inspected, their certificate checked, and a proof checked under them.
struct VerifyingKeyTarget: FuzzTarget {
  static let name = "verifying-key"

  private let honest: Set<[UInt8]>

  init(_ corpus: Corpus) throws {
    honest = Set(try corpus.honest(Self.self).values)
    // A corpus of another version of the format would test the magic number only.
    for bytes in honest {
      let key = try VerifyingKey(bytes)
      guard let parts = KeyParts(bytes), parts.file == bytes, parts.decoded == key.system else {
        finding("the mutator does not know the form of keys: adapt KeyParts")
      }
    }
  }

  func check(_ input: [UInt8]) {
    guard let key = try? VerifyingKey(input) else { return }
    require(key.file == input, "a key is written in other bytes than it was read from")
    _ = ModelInterface(key.system)
    _ = key.securityBudget(of: key.standard)
    _ = key.zeroKnowledgeBudget(of: key.standard)
    if key.pinnedRoot != nil, (try? Verifier.verify(certificateOf: key)) != nil {
      require(honest.contains(input), "a changed key's certificate is accepted")
    }
    checkProof(key)
  }

  /// A proof that ends in zeros reaches as far as it can under a key that is not honest.
  private func checkProof(_ key: VerifyingKey) {
    let shown = key.system.tensors.filter { $0.role.isPublic }
    guard shown.reduce(0, { $0 + min($1.count, 1 << 16) }) < 1 << 16 else { return }
    let header = ProofHeader(
      identityDigest: key.identityDigest, isHiding: key.isHiding, batch: 1,
      modelRoot: key.roots.first)
    let values = key.system.tensors.map { tensor in
      tensor.role.isPublic
        ? Array(repeating: tensor.range.lowerBound, count: tensor.count) : nil
    }
    let prefix = Proof.prefix(header, publicValues: values, key.system)
    let accepted = try? Verifier.verify(
      key: key, proof: prefix + Array(repeating: 0, count: 1 << 14), allowsPlain: true)
    require(accepted == nil, "a proof of zeros is accepted")
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard var parts = KeyParts(input), !random.once(in: 16) else {
      return Engine.mutated(input, capacity: capacity)
    }
    switch random.below(8) {
    case 0...4:
      guard var system = parts.decoded else { fallthrough }
      SystemMutation.change(&system, &random)
      parts.system = system.canonicalBytes
    case 5: parts.system = Engine.mutated(parts.system, capacity: parts.system.count + 16)
    case 6: parts.rest = Engine.mutated(window: 64, of: parts.rest, &random)
    default: parts.rest = Engine.mutated(parts.rest, capacity: parts.rest.count + 64)
    }
    return parts.file
  }

  static func seeds() throws -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    for (name, artifacts) in try HonestFiles.shared() {
      seeds[name] = artifacts.key.verifyingKey.file
    }
    return seeds
  }
}

/// A key's file around its constraint system.
private struct KeyParts {
  /// The magic bytes and the version.
  private let head: [UInt8]
  var system: [UInt8]
  /// What follows the system, but for the digest.
  var rest: [UInt8]

  init?(_ file: [UInt8]) {
    let content = SealedFile.content(file)
    let start = VerifyingKey.magic.count + 4
    guard let length = SealedFile.integer(content, at: start), length >= 0,
      length <= content.count - start - 8
    else { return nil }
    head = Array(content[..<start])
    system = Array(content[(start + 8)..<(start + 8 + length)])
    rest = Array(content[(start + 8 + length)...])
  }

  var decoded: ConstraintSystem? { try? ConstraintSystem(canonicalBytes: system) }

  var file: [UInt8] {
    SealedFile.sealed(head + SealedFile.bytes(system.count) + system + rest)
  }
}
