import Argument
import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Transcript
import Verifier

@testable import Prover
@testable import Witness

/// A network with a private input and a private output, on which provers that cheat with
/// commitments to them are let loose. Tensors 0 and 2 are the ports.
struct DataArena: Sendable {
  let small: SmallSystem
  let key: ProvingKey
  let weights: [Int]
  /// The inputs of the batch's inferences.
  private let inputs: [[Int]]

  init(
    _ x: [Int], _ weights: [Int], privacy: ProvingKey.Privacy = .model(proofs: 1000)
  ) throws {
    let small = SmallSystem.ports(x, weights: weights)
    self.small = small
    self.weights = weights
    inputs = [x]
    key = try ProvingKey.make(
      circuit: Circuit(system: small.system, program: WitnessProgram()),
      model: Arena.model(small.system, small.assignment), privacy: privacy)
  }

  private init(_ arena: DataArena, inputs: [[Int]]) {
    (small, key, weights) = (arena.small, arena.key, arena.weights)
    self.inputs = inputs
  }

  /// The same network for several inputs at once.
  func batch(of inputs: [[Int]]) -> DataArena { DataArena(self, inputs: inputs) }

  private func assignment() throws -> Assignment {
    try Assignment(
      batch: inputs.map { SmallSystem.ports($0, weights: weights).assignment },
      of: small.system.batched(inputs.count))
  }

  func opening(_ values: [Int], openings: Int, scale: Int = 3) throws -> DataOpening {
    var entropy = SystemEntropy()
    return try DataOpening(
      values: IntegerBuffer(narrowing: values), openings: openings, fractionalBits: scale,
      entropy: &entropy)
  }

  /// Commitments to some ports, for two openings each; one value may be another one.
  func data(
    _ tensors: [Int], changing changed: Int? = nil, at position: Int = 0, by step: Int = 0
  ) throws -> ProvenData {
    let assignment = try assignment()
    var openings: [Int: DataOpening] = [:]
    for tensor in tensors {
      var values = assignment[tensor].values
      if tensor == changed { values[position] += step }
      openings[tensor] = try opening(values, openings: 2)
    }
    return ProvenData(openings)
  }

  /// A proof that opens the commitments, whatever they hold.
  func prove(_ data: ProvenData) throws -> [UInt8] {
    let mode = try ProvingRun.mode(key, hides: true, batch: inputs.count, data: data.shapes)
    let run = try ProvingRun(key, assignment(), data: DataPlan(data), mode: mode)
    return try run.prove({ _ in }, wrap: { $0 }).proof
  }

  /// nil for an accepted proof.
  func rejection(of proof: [UInt8]) -> ProofError? {
    do {
      _ = try Verifier.verify(key: key.verifyingKey, proof: proof, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  /// What stands before the messages of a proof that opens the first of the model's commitments.
  func header(_ data: [DataBinding], isHiding: Bool = true, batch: Int = 1) -> [UInt8] {
    let verifyingKey = key.verifyingKey
    let header = ProofHeader(
      identityDigest: verifyingKey.identityDigest, isHiding: isHiding, batch: batch,
      modelRoot: verifyingKey.roots.first, data: data)
    let system = small.system
    return Proof.prefix(header, publicValues: system.tensors.map { _ in nil }, system)
  }

  /// A proof of as many commitments with others in its header.
  func replacing(_ data: [DataBinding], in proof: [UInt8]) -> [UInt8] {
    let header = header(data)
    return header + proof.dropFirst(header.count)
  }

  /// An opening with other cells and tails, and the commitment to them.
  func forged(
    _ opening: DataOpening, _ change: (BaseVector, BaseVector) -> Void
  ) -> DataOpening {
    let shape = opening.commitment.shape
    let (cells, tails) = (BaseVector(opening.cells.elements), BaseVector(opening.tails.elements))
    change(cells, tails)
    return DataOpening(
      values: opening.values, shape: shape, fractionalBits: 3, seed: opening.seed, cells: cells,
      tails: tails,
      matrix: MatrixCommitment(
        cells: cells, tails: tails, shape: shape.group, domainLog: shape.domainLog))
  }

  /// An opening of the same data whose commitment holds other words.
  /// - Parameter words: one lane after the other.
  func replacing(_ opening: DataOpening, words: [Fp]) -> DataOpening {
    let shape = opening.commitment.shape
    // Of so many coefficients any word is the codeword of one message.
    let matrix = MatrixCommitment(
      messages: BaseVector(words), lanes: shape.lanes, domainLog: shape.domainLog)
    return DataOpening(
      values: opening.values, shape: shape, fractionalBits: 3, seed: opening.seed,
      cells: opening.cells, tails: opening.tails, matrix: matrix)
  }
}
