import ConstraintSystem
import FieldArithmetic
import Hashing
import TestSupport
import Testing
import Transcript

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier
@testable import Witness

/// The proof that all commitments of a key hold the same weights, each in its range, and provers that
/// cheat in it.
@Suite struct CertificateTests {
  /// Weights in one table, biases in limbs.
  private let arena: Arena

  init() throws { arena = try Arena(.dense(rows: 2, inputs: 5, outputs: 7)) }

  private func rejection(_ key: VerifyingKey) -> ProofError? {
    do {
      try Verifier.verify(certificateOf: key)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [ProvingKey.Privacy.none, .witness, .model(proofs: 40)])
  func provenKeysSaySo(_ privacy: ProvingKey.Privacy) throws {
    let key = try arena.key(privacy, certifies: true)
    let verifying = try VerifyingKey(key.verifyingKey.file)
    #expect(!verifying.isProven && verifying.identityDigest == key.verifyingKey.identityDigest)
    #expect(try Verifier.verify(certificateOf: verifying).isProven)
    let proof = try Prover.prove(key, assignment: arena.small.assignment).proof
    let verified = try Verifier.verify(key: verifying, proof: proof, allowsPlain: privacy == .none)
    #expect(verified.isKeyProven)
    let names = verified.security.entries.map(\.name)
    #expect(names.contains { $0.hasPrefix("certificate: ") } && Set(names).count == names.count)
    // The same key without its certificate is a key, of the same identity, and unproven.
    let unproven = try verifying.with(certificate: [])
    #expect(rejection(unproven) == .unproven)
    #expect(throws: ProofError.unproven) {
      try Verifier.verify(key: unproven, proof: proof, allowsPlain: privacy == .none)
    }
    let plain = try Verifier.verify(
      key: unproven, proof: proof, allowsPlain: privacy == .none, allowsUnproven: true)
    #expect(!plain.isKeyProven && plain.modelDigest == nil)
    #expect(verified.modelDigest == verifying.identityDigest)
    #expect(!plain.security.entries.contains { $0.name.hasPrefix("certificate: ") })
  }

  @Test func aKeyWithoutAModelIsProvenAsItIs() throws {
    let arena = try Arena(.residual(size: 5))
    #expect(arena.key.verifyingKey.pinnedRoot == nil)
    #expect(try Verifier.verify(certificateOf: arena.key.verifyingKey).isProven)
    #expect(throws: KeyError.malformed) { try arena.key.verifyingKey.with(certificate: [1]) }
  }

  /// A proof under a key whose certificate does not hold is not accepted, however good it is itself.
  @Test func aBadCertificateSpoilsTheKey() throws {
    let key = try arena.key(.model(proofs: 3), certifies: true)
    let proof = try Prover.prove(key, assignment: arena.small.assignment).proof
    var certificate = key.verifyingKey.certificate
    certificate[certificate.count / 2] ^= 1
    let spoiled = try key.verifyingKey.with(certificate: certificate)
    #expect(rejection(spoiled) != nil)
    #expect(throws: ProofError.badCertificate) { try Verifier.verify(key: spoiled, proof: proof) }
  }

  /// One weight, or one bias, is changed by one in one of the commitments.
  @Test(arguments: [0, 1, 2, 3]) func oneCommitmentOfOtherWeightsIsFound(odd: Int) throws {
    for tensor in [1, 2] {
      let other = arena.small.recomputed { $0[tensor][3] += 1 }
      let forger = try CertificateForger(arena.small, other, odd: odd)
      for computes in [forger.honest, forger.other] {
        for assigns in [forger.honest, forger.other] {
          let certificate = try forger.certificate(computing: computes, assigning: assigns)
          let key = try forger.key.with(certificate: certificate)
          #expect(rejection(key) == .rejected(.openingFinalClaim), "commitment \(odd)")
        }
      }
    }
    // The forger is honest where all commitments are alike.
    let honest = try CertificateForger(arena.small, arena.small, odd: odd)
    let certificate = try honest.certificate(computing: honest.honest, assigning: honest.honest)
    #expect(rejection(try honest.key.with(certificate: certificate)) == nil)
  }

  @Test func theCertificateOfAnotherKeyIsRejected() throws {
    let small = arena.small.recomputed { $0[1][3] += 1 }
    let keys = try [
      arena.key(.model(proofs: 3), certifies: true), arena.key(.model(proofs: 3), certifies: true),
      Arena(small).key(.model(proofs: 3), certifies: true),
    ].map(\.verifyingKey)
    for (i, key) in keys.enumerated() {
      for (j, other) in keys.enumerated() {
        let mixed = try key.with(certificate: other.certificate)
        #expect((rejection(mixed) == nil) == (i == j), "\(j) for \(i)")
      }
    }
  }

  /// Another key's root in place of one of the key's own.
  @Test func exchangedRootsAreRejected() throws {
    let (key, other) = try (
      arena.key(.model(proofs: 40), certifies: true).verifyingKey,
      arena.key(.model(proofs: 40), certifies: true).verifyingKey
    )
    #expect(rejection(key) == nil && rejection(other) == nil)
    var swapped = key.roots
    swapped.swapAt(0, 1)
    var replaced = key.roots
    replaced[1] = other.roots[1]
    var doubled = key.roots
    doubled[1] = doubled[0]
    for (pinned, roots) in [
      (other.pinnedRoot, key.roots), (key.pinnedRoot, swapped), (key.pinnedRoot, replaced),
      (key.pinnedRoot, doubled), (key.pinnedRoot, Array(key.roots.dropLast())),
      (key.pinnedRoot, key.roots + [other.roots[0]]), (key.roots[0], key.roots),
    ] {
      let changed = try VerifyingKey(
        system: key.system, pinnedRoot: pinned, isHiding: true, openings: key.openings,
        roots: roots, certificate: key.certificate)
      #expect(rejection(changed) != nil)
    }
  }

  @Test func everyChangedByteIsRejected() throws {
    for privacy in [ProvingKey.Privacy.none, .model(proofs: 1)] {
      let key = try arena.key(privacy, certifies: true).verifyingKey
      let honest = key.certificate
      var random = SeededGenerator(seed: 11)
      for _ in 0..<200 {
        var changed = honest
        changed[random.integer(in: 0...honest.count - 1)] ^= UInt8(random.integer(in: 1...255))
        #expect(rejection(try key.with(certificate: changed)) != nil)
        let cut = random.integer(in: 1...honest.count - 1)
        guard case .truncated = rejection(try key.with(certificate: Array(honest.prefix(cut))))
        else {
          Issue.record("a certificate of \(cut) bytes")
          continue
        }
      }
      let longer = try key.with(certificate: honest + [0])
      #expect(rejection(longer) == .trailingBytes(1))
    }
  }
}

/// Ranges that are narrower than the weights, by one.
@Suite struct CertificateRangeTests {
  /// A weight in a single table, and a bias in limbs.
  @Test(arguments: [1, 2]) func aWeightBeyondItsRangeByOneIsFound(tensor: Int) throws {
    let small = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    let wide = try Arena(small)
    let values = small.assignment[tensor].values
    for isUpper in [true, false] {
      var system = small.system
      let range = system.tensors[tensor].range
      let (least, most) = (values.min() ?? 0, values.max() ?? 0)
      system.tensors[tensor].range =
        isUpper ? range.lowerBound...most - 1 : least + 1...range.upperBound
      #expect(throws: ProverError.self) {
        try ProvingKey.make(
          circuit: Circuit(system: system, program: WitnessProgram()),
          model: Arena.model(system, small.assignment))
      }
      let key = try VerifyingKey(system: system, pinnedRoot: wide.key.verifyingKey.pinnedRoot)
      let narrow = try ProvingKey(
        circuit: Circuit(system: system, program: WitnessProgram()), verifyingKey: key,
        model: wide.key.model, commitments: wide.key.commitments, ledger: nil)
      for forgery in try RangeForgery.all(narrow) {
        let certificate = try forgery.run.prove({ _ in }, wrap: { $0 })
        do {
          try Verifier.verify(certificateOf: key.with(certificate: certificate))
          Issue.record("\(forgery.name) is accepted")
        } catch {
          let expected: [ProofError] = [.rejected(.fractionLayer), .rejected(.openingFinalClaim)]
          #expect(expected.contains { $0 == error as? ProofError }, "\(forgery.name): \(error)")
        }
      }
    }
  }
}

/// A certificate of weights of which one lies out of its range.
private struct RangeForgery {
  let name: String
  let run: CertificateRun

  static func all(_ key: ProvingKey) throws -> [RangeForgery] {
    let certificate = try WeightCertificate(of: key.circuit.system)
    let mode = try #require(try key.verifyingKey.certificateMode())
    var values = certificate.system.tensors.map { [Int](repeating: 0, count: $0.count) }
    for part in certificate.parts {
      let weights = key.model[part.original]?.values ?? []
      let range = certificate.system.tensors[part.model].range
      values[part.model] = weights
      values[part.copy] = weights
      // Limbs of a distance modulo 2^48, which is right where the weight is in its range.
      for (limbs, sign, bound) in [
        (part.above, 1, -range.lowerBound), (part.below, -1, range.upperBound),
      ] {
        for (place, limb) in limbs.enumerated() {
          values[limb] = weights.map { (sign * $0 + bound) >> (16 * place) & 0xFFFF }
        }
      }
    }
    // The honest weights; and those clipped to the range, in the copies alone.
    var clipped = values
    var exact = values
    for part in certificate.parts {
      let range = certificate.system.tensors[part.model].range
      clipped[part.copy] = values[part.copy].map {
        min(max($0, range.lowerBound), range.upperBound)
      }
      guard let top = part.above.last, let last = part.below.last else { continue }
      // The sums are right, the greatest limbs are out of their tables.
      for (limb, limbs, sign, bound) in [
        (top, part.above, 1, -range.lowerBound), (last, part.below, -1, range.upperBound),
      ] {
        exact[limb] = values[part.model].map { (sign * $0 + bound) >> (16 * (limbs.count - 1)) }
      }
    }
    return try [("wrapped limbs", values), ("clipped copies", clipped), ("exact limbs", exact)].map
    {
      name, values in
      let assignment = Assignment(values.map { IntegerBuffer(narrowing: $0) })
      return RangeForgery(
        name: name,
        run: try CertificateRun(
          key, mode, assignment, TableColumns(of: mode.system.tables),
          counts(mode.system, values)))
    }
  }

  /// The multiplicities, values out of a table being counted as its nearest row.
  private static func counts(_ system: ConstraintSystem, _ values: [[Int]]) -> Multiplicities {
    var counts = system.tables.map { [Int64](repeating: 0, count: $0.rows) }
    for lookup in system.lookups {
      let column = lookup.columns[0]
      for value in values[column.terms[0].read.tensor] {
        let row = value + column.constant
        counts[lookup.table][min(max(row, 0), counts[lookup.table].count - 1)] += 1
      }
    }
    return Multiplicities(counts: counts)
  }
}

/// A key of which one commitment holds other weights, and certificates for it.
private struct CertificateForger {
  let honest: Arena
  let other: Arena
  let key: VerifyingKey
  private let commitments: ModelCommitments
  private let seeds: ModelCommitments.Seeds
  private let held: [Int: any CommittedMatrix]

  /// - Parameter odd: the commitment that holds the other weights.
  init(_ small: SmallSystem, _ changed: SmallSystem, odd: Int) throws {
    honest = try Arena(small)
    other = try Arena(changed)
    let model = try honest.key(.model(proofs: 96))
    let commitments = try #require(model.commitments)
    let seeds = try #require(commitments.seeds)
    let others = ModelCommitments(
      matrix: try #require(other.key.commitments).matrix, group: commitments.group, seeds: seeds)
    var held: [Int: any CommittedMatrix] = [:]
    for index in 0...3 {
      held[index] = (index == odd ? others : commitments).commitment(index, root: nil)
    }
    self.held = held
    self.seeds = seeds
    self.commitments = commitments
    key = try VerifyingKey(
      system: small.system, pinnedRoot: held[0]?.root, isHiding: true,
      openings: model.verifyingKey.openings, roots: (1...3).compactMap { held[$0]?.root })
  }

  /// A certificate by a prover that folds one model, and says of another one that it is in its ranges.
  func certificate(computing: Arena, assigning: Arena) throws -> [UInt8] {
    let mode = try #require(try key.certificateMode())
    let assignment = try WeightCertificate(of: key.system).assignment(model: assigning.key.model)
    let columns = try TableColumns(of: mode.system.tables)
    let commitments = ModelCommitments(
      matrix: try #require(computing.key.commitments).matrix, group: self.commitments.group,
      seeds: seeds, held: held)
    let prover = try ProvingKey(
      circuit: honest.key.circuit, verifyingKey: key, model: assigning.key.model,
      commitments: commitments, ledger: nil)
    return try CertificateRun(
      prover, mode, assignment, columns,
      Multiplicities(of: mode.system, in: assignment, columns: columns)
    ).prove({ _ in }, wrap: { $0 })
  }
}
