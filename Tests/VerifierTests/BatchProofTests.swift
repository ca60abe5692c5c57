import ConstraintSystem
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// Several inferences in one proof.
@Suite struct BatchProofTests {
  private static func samples(_ count: Int) throws -> [SmallSystem] {
    try (1...count).map { try SmallSystem.network(seed: $0) }
  }

  private func rejection(
    _ key: ProvingKey, _ proof: [UInt8], allowsPlain: Bool = false
  ) -> ProofError? {
    do {
      _ = try Verifier.verify(
        key: key.verifyingKey, proof: proof, allowsPlain: allowsPlain, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [ProvingKey.Privacy.none, .witness, .model(proofs: 3)], [1, 2, 5])
  func aBatchTakesOneOpening(_ privacy: ProvingKey.Privacy, count: Int) throws {
    let samples = try Self.samples(count)
    let key = try Arena(samples[0]).key(privacy)
    let result = try Prover.prove(key, batch: samples.map(\.assignment))
    let verified = try Verifier.verify(
      key: key.verifyingKey, proof: result.proof, allowsPlain: privacy == .none,
      allowsUnproven: true)
    #expect(verified.batch == count && verified.securityBits >= 128)
    for tensor in verified.tensors {
      let number = try #require(
        samples[0].system.tensors.firstIndex { $0.name == tensor.name && $0.role.isPublic })
      let shape = samples[0].system.tensors[number].shape
      #expect(tensor.shape == (count == 1 ? shape : [count] + shape))
      #expect(tensor.values == samples.flatMap { $0.assignment[number].values })
    }
    #expect(verified.tensors.count == 2)
    let used = try key.usage()?.proofs.spentCount
    #expect(used == (privacy == .model(proofs: 3) ? 1 : nil))
  }

  /// Each sample's outputs belong to its own inputs.
  @Test func exchangedOutputsAreRejected() throws {
    let samples = try Self.samples(2)
    let key = try Arena(samples[0]).key(.witness)
    let output = try #require(samples[0].system.tensors.firstIndex { $0.role == .publicOutput })
    var first = samples[0].assignment.tensors.map(\.values)
    var second = samples[1].assignment.tensors.map(\.values)
    #expect(first[output] != second[output])
    swap(&first[output], &second[output])
    let mixed = [first, second].map { Assignment($0.map { IntegerBuffer(narrowing: $0) }) }
    let mode = try key.verifyingKey.mode(isHiding: true, batch: 2)
    let run = try ProvingRun(key, Assignment(batch: mixed, of: mode.system), mode: mode)
    #expect(rejection(key, try run.prove({ _ in }, wrap: { $0 }).proof) != nil)
  }

  @Test func otherNumbersOfInferencesAreRejected() throws {
    let samples = try Self.samples(2)
    for privacy in [ProvingKey.Privacy.none, .witness] {
      let key = try Arena(samples[0]).key(privacy)
      let honest = try Prover.prove(key, batch: samples.map(\.assignment)).proof
      #expect(rejection(key, honest, allowsPlain: true) == nil)
      #expect(Array(honest[45..<49]) == [2, 0, 0, 0])
      for (batch, expected) in [
        (0, ProofError.foreign), (1 << 20 + 1, .foreign), (Int(UInt32.max), .foreign),
        (1 << 20, .truncated(.publicTensor)), (1 << 15, .truncated(.publicTensor)),
      ] {
        #expect(
          rejection(key, with(batch, honest), allowsPlain: true) == expected, "batch \(batch)")
      }
      for batch in [1, 3] {
        #expect(rejection(key, with(batch, honest), allowsPlain: true) != nil, "batch \(batch)")
      }
    }
  }

  /// Without public tensors a proof of any length may speak of any batch: what there are no parameters
  /// for is refused before it takes memory.
  @Test func hugeBatchesOfHiddenThingsAreRefused() throws {
    var small = try SmallSystem.network()
    for (number, tensor) in small.system.tensors.enumerated() where tensor.role.isPublic {
      small.system.tensors[number].role =
        tensor.role == .publicInput ? .privateInput : .privateOutput
    }
    for (number, tensor) in small.system.tensors.enumerated() where tensor.role == .privateInput {
      small.system.tables.append(LookupTable(name: "i16", first: -32768, rows: 65536))
      small.system.lookups.append(
        Lookup(
          name: "x", indices: tensor.shape.map { StatementIndex(name: "i", size: $0) },
          columns: [
            LinearExpression(
              TensorRead(
                tensor: number, positions: tensor.shape.indices.map { AffineIndex(index: $0) }))
          ], table: small.system.tables.count - 1))
    }
    let key = try Arena(small).key(.witness)
    let honest = try Prover.prove(key, batch: [small.assignment, small.assignment]).proof
    #expect(rejection(key, honest) == nil)
    for batch in [3, 1 << 10, 1 << 15, 1 << 20] {
      #expect(rejection(key, with(batch, honest)) != nil, "batch \(batch)")
    }
    #expect(rejection(key, with(1 << 20, honest)) == .unsupportedBatch(1 << 20))
  }

  private func with(_ batch: Int, _ proof: [UInt8]) -> [UInt8] {
    var changed = proof
    changed.replaceSubrange(45..<49, with: littleEndian(UInt64(batch), width: 4))
    return changed
  }

  @Test func emptyAndMixedBatchesAreRefused() throws {
    let key = try Arena(try .network()).key(.model(proofs: 2))
    #expect(throws: ProverError.batchSize(0)) { try Prover.prove(key, batch: []) }
    let other = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    #expect(throws: EvaluationError.self) {
      try Prover.prove(key, batch: [SmallSystem.network().assignment, other.assignment])
    }
    #expect(try key.usage()?.proofs.reservedCount == 0)
  }
}
