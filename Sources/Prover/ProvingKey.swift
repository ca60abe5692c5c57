import Argument
import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Verifier
import Witness

/// What a prover needs: the circuit, the model's integers, and the model's commitment.
public struct ProvingKey: Sendable {
  public let circuit: Circuit
  public let verifyingKey: VerifyingKey
  /// The integers of every model tensor.
  public let model: [Int: IntegerBuffer]
  let matrix: ModelMatrix?
  let commitment: (any CommittedMatrix)?
  let columns: TableColumns
  /// What the random tails of the model's lanes are made from; as secret as the model.
  let tailSeed: Digest
  /// The tails, one after the other, none for a key whose proofs do not hide.
  private let tails: BaseVector

  /// Commits to a model.
  /// - Parameters:
  ///   - model: the integers of every tensor of role `model`.
  ///   - openings: how many hiding proofs there may be; zero for proofs that do not hide.
  /// - Throws: `ProverError` when a tensor is missing or does not fit its declaration, `KeyError`
  ///   when the circuit's system breaks a rule.
  public static func make(
    circuit: Circuit, model: [Int: IntegerBuffer], openings: Int = 0
  ) throws -> ProvingKey {
    do { try circuit.system.validate() } catch { throw KeyError.malformed }
    try checkModel(circuit.system, model)
    let mode = try ProofMode(circuit.system, openings: openings, isHiding: openings > 0)
    // A key whose proofs do not hide has no secrets: the same model always gives the same key.
    let seed = openings > 0 ? try freshSeed() : Digest(hashing: [])
    guard let group = mode.parameters.committed.first else {
      return try ProvingKey(
        circuit: circuit, model: model, openings: openings, matrix: nil, commitment: nil,
        tailSeed: seed, tail: 0)
    }
    let matrix = ModelMatrix(layout: mode.layout) { model[$0] ?? IntegerBuffer([Int16]()) }
    let cells = BaseVector(zeros: group.shape.rows * group.shape.lanes)
    for lane in 0..<group.shape.lanes {
      matrix.lane(lane, into: cells.words + lane * group.shape.rows)
    }
    let commitment = MatrixCommitment(
      cells: cells, tails: Self.tails(seed, group.shape.lanes * group.shape.tail),
      shape: group.shape, domainLog: group.domainLog)
    return try ProvingKey(
      circuit: circuit, model: model, openings: openings, matrix: matrix, commitment: commitment,
      tailSeed: seed, tail: group.shape.tail)
  }

  /// - Parameter tail: the number of random coefficients after a lane's data.
  init(
    circuit: Circuit, model: [Int: IntegerBuffer], openings: Int = 0, matrix: ModelMatrix?,
    commitment: (any CommittedMatrix)?, tailSeed: Digest = Digest(hashing: []), tail: Int = 0
  ) throws {
    self.circuit = circuit
    self.model = model
    self.matrix = matrix
    self.commitment = commitment
    self.tailSeed = tailSeed
    tails = Self.tails(tailSeed, (matrix?.laneCount ?? 0) * tail)
    columns = try TableColumns(of: circuit.system.tables)
    verifyingKey = try VerifyingKey(
      system: circuit.system, modelRoot: commitment?.root, openings: openings)
  }

  private static func freshSeed() throws -> Digest {
    var entropy = SystemEntropy()
    return try entropy.seed()
  }

  private static func tails(_ seed: Digest, _ count: Int) -> BaseVector {
    var stream = MaskStream(seed: seed)
    return stream.base(count)
  }

  /// A folded lane of the model with its folded tail behind it.
  func withTail(_ folded: ExtensionVector, at point: [Fp3]) -> ExtensionVector {
    guard let matrix, tails.count > 0 else { return folded }
    let tail = tails.count / matrix.laneCount
    let whole = ExtensionVector(zeros: folded.count + tail)
    whole[0..<folded.count].assign(folded)
    let fold = Contraction(length: matrix.laneCount, inner: tail)
    fold(
      ExtensionVector.equalityTable(at: point, count: matrix.laneCount), tails,
      into: whole[folded.count..<whole.count])
    return whole
  }

  private static func checkModel(_ system: ConstraintSystem, _ model: [Int: IntegerBuffer]) throws {
    for (index, tensor) in system.tensors.enumerated() where tensor.role == .model {
      guard let buffer = model[index], buffer.count == tensor.count else {
        throw ProverError.modelTensor(tensor.name)
      }
      for position in 0..<buffer.count where !tensor.range.contains(buffer[position]) {
        throw ProverError.modelValue(tensor.name, position: position, value: buffer[position])
      }
    }
  }
}

/// Why a prover cannot begin.
public enum ProverError: Error, Equatable, Sendable, CustomStringConvertible {
  case modelTensor(String)
  case modelValue(String, position: Int, value: Int)

  public var description: String {
    switch self {
    case .modelTensor(let name):
      "the model has no values of the right number for tensor \(name): compile the model again"
    case .modelValue(let name, let position, let value):
      "value \(value) at position \(position) of tensor \(name) is out of its declared range:"
        + " compile the model again"
    }
  }
}
