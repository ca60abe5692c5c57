import Hashing
import Prover
import Verifier
import Witness

/// Proving keys, which are read from a path.
struct ProvingKeyTarget: FuzzTarget {
  static let name = "proving-key"

  private let folder = ScratchFolder()

  init(_ corpus: Corpus) throws {
    for bytes in try corpus.honest(Self.self).values {
      require(Self.resealed(bytes) == bytes, "the mutator does not know the form of proving keys")
    }
  }

  func check(_ input: [UInt8]) {
    folder.with(input) { path in
      guard let key = try? ProvingKey(path: path) else { return }
      _ = try? key.usage()
      let verifyingKey = key.verifyingKey.file
      require(
        (try? VerifyingKey(verifyingKey))?.file == verifyingKey,
        "a proving key gives a verifying key that can't be read")
      CircuitUse.run(key.circuit, model: key.model)
    }
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    switch random.below(8) {
    case 0: Engine.mutated(input, capacity: capacity)
    case 1: Self.resealed(Engine.mutated(input, capacity: capacity))
    default: Self.resealed(Engine.mutated(window: 48, of: input, &random))
    }
  }

  /// The digest of the body at the end, which the slots name, and the body's length before it.
  private static func resealed(_ file: [UInt8]) -> [UInt8] {
    let content = SealedFile.content(file)
    guard let slots = SealedFile.integer(content, at: 12), slots < content.count else {
      return file
    }
    // Without slots there is no region of them; one begins with magic bytes and the digest.
    let region = slots == 0 ? 0 : content.count - slots - 20
    guard region >= 0 else { return file }
    let bodies = (20...content.count).filter { start in
      SealedFile.integer(content, at: start) == content.count - start - 8
    }
    guard let start = bodies.first else { return file }
    let digest = Digest(hashing: Array(content[(start + 8)...])).bytes
    let known = SealedFile.content(file).count
    var result = content + digest
    // Wherever the old digest stands before the body, the new one does.
    let old = Array(file[known...])
    if old.count == Digest.byteCount, let place = result[..<start].firstRange(of: old) {
      result.replaceSubrange(place, with: digest)
    }
    return result
  }

  /// Without certificates, which are long and fuzzed in verifying keys.
  static func seeds() throws -> [String: [UInt8]] {
    let network = try HonestNetwork(isPrivate: true, hasModel: true)
    var seeds: [String: [UInt8]] = [:]
    for (name, privacy) in [("open", ProvingKey.Privacy.witness), ("private", .model(proofs: 1))] {
      let key = try ProvingKey.make(
        circuit: network.circuit, model: network.model, privacy: privacy)
      seeds[name] = try ScratchFolder().bytes { try key.write(to: $0) }
    }
    return seeds
  }
}

/// Commitments to data.
struct DataCommitmentTarget: FuzzTarget {
  static let name = "data-commitment"

  init(_ corpus: Corpus) throws {}

  func check(_ input: [UInt8]) {
    guard let commitment = try? DataCommitment(input) else { return }
    require(
      commitment.file == input, "a commitment is written in other bytes than it was read from")
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    let changed = Engine.mutated(input, capacity: capacity)
    return random.once(in: 8) ? changed : SealedFile.resealed(changed)
  }

  static func seeds() throws -> [String: [UInt8]] {
    ["commitment": try DataOpeningTarget.opening().commitment.file]
  }
}

/// Openings of commitments to data, which are read from a path.
struct DataOpeningTarget: FuzzTarget {
  static let name = "data-opening"

  private let folder = ScratchFolder()

  init(_ corpus: Corpus) throws {
    for bytes in try corpus.honest(Self.self).values {
      require(Self.resealed(bytes) == bytes, "the mutator does not know the form of openings")
    }
  }

  func check(_ input: [UInt8]) {
    folder.with(input) { path in
      guard let stored = try? StoredDataOpening(path: path) else { return }
      let commitment = stored.opening.commitment
      require((try? DataCommitment(commitment.file)) == commitment, "an opening of no commitment")
      _ = try? stored.slots.states()
    }
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    switch random.below(4) {
    case 0: Engine.mutated(input, capacity: capacity)
    case 1: Self.resealed(Engine.mutated(input, capacity: capacity))
    default: Self.resealed(Engine.mutated(window: 32, of: input, &random))
    }
  }

  /// The digest behind the integers, and wherever else it stands.
  private static func resealed(_ file: [UInt8]) -> [UInt8] {
    guard let count = SealedFile.integer(file, at: 12), count < file.count else { return file }
    let end = DataCommitment.contentLength + Digest.byteCount + 8 * count
    guard count >= 0, end + Digest.byteCount <= file.count else { return file }
    let old = Array(file[end..<(end + Digest.byteCount)])
    let digest = Digest(hashing: Array(file[..<end])).bytes
    var rest = Array(file[(end + Digest.byteCount)...])
    if let place = rest.firstRange(of: old) { rest.replaceSubrange(place, with: digest) }
    return file[..<end] + digest + rest
  }

  fileprivate static func opening() throws -> DataOpening {
    var entropy = SystemEntropy()
    return try DataOpening(
      values: IntegerBuffer([7, -8, 3] as [Int16]), openings: 1, fractionalBits: 2,
      entropy: &entropy)
  }

  static func seeds() throws -> [String: [UInt8]] {
    let opening = try opening()
    return ["opening": try ScratchFolder().bytes { try opening.write(to: $0) }]
  }
}
