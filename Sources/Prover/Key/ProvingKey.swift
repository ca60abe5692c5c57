import Argument
import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Verifier
import Witness

/// What a prover needs: the circuit, the model's integers, and the model's commitments.
public struct ProvingKey: Sendable {
  public let circuit: Circuit
  public internal(set) var verifyingKey: VerifyingKey
  /// The integers of every model tensor.
  public let model: [Int: IntegerBuffer]
  let columns: TableColumns
  /// nil without a model.
  let commitments: ModelCommitments?
  /// Counts the openings of a hidden model's commitments; nil if the model is not hidden.
  let ledger: OpeningLedger?
  /// The key that this one replaces, until it is stored: its slots for certificates go over.
  var predecessor: OpeningLedger?

  /// What proofs under a key hide.
  public enum Privacy: Equatable, Sendable {
    /// Nothing.
    case none
    /// The witness. The weights are public, so that there may be any number of proofs.
    case witness
    /// The witness and the weights, for this many proofs at the least.
    case model(proofs: Int)
  }

  /// Whether proofs under the key can open one of its commitments, and which.
  var matrix: ModelMatrix? { commitments?.matrix }

  /// How the openings of a hidden model are used up; nil if the model is not hidden.
  public struct Usage: Equatable, Sendable {
    /// By proof.
    public let proofs: OpeningSlotStates
    /// By certificate: each rekeying takes one.
    public let certificates: OpeningSlotStates
  }

  /// - Throws: `OpeningSlotsError` when the file is gone or damaged.
  public func usage() throws -> Usage? {
    guard let ledger else { return nil }
    let states = try ledger.states()
    return Usage(proofs: states[ledger.proofs], certificates: states[ledger.certificates])
  }

  static func checkModel(_ system: ConstraintSystem, _ model: [Int: IntegerBuffer]) throws {
    for (index, tensor) in system.tensors.enumerated() where tensor.role == .model {
      guard let buffer = model[index], buffer.count == tensor.count else {
        throw ProverError.modelTensor(tensor.name)
      }
      if let position = buffer.firstPosition(outside: tensor.range) {
        throw ProverError.modelValue(tensor.name, position: position, value: buffer[position])
      }
    }
  }
}

/// Why a prover cannot begin.
public enum ProverError: Error, Equatable, Sendable, CustomStringConvertible {
  case modelTensor(String)
  case modelValue(String, position: Int, value: Int)
  /// A proof that hides nothing would show the weights.
  case plainProofOfHiddenModel
  /// A hidden model can be opened so many times, not as often as it is to be.
  case tooManyProofs(limit: Int)
  /// Only the commitments of a hidden model are ever used up.
  case nothingToRekey
  /// A batch of no inferences, or of more than one proof shows.
  case batchSize(Int)

  public var description: String {
    switch self {
    case .modelTensor(let name):
      "the model has no values of the right number for tensor \(name): compile the model again"
    case .modelValue(let name, let position, let value):
      "value \(value) at position \(position) of tensor \(name) is out of its declared range:"
        + " compile the model again"
    case .plainProofOfHiddenModel:
      "a proof that hides nothing would show the weights, which this key hides: make a key with"
        + " setup --no-zk to measure plain proofs"
    case .tooManyProofs(let limit): "one key serves at most \(limit) proofs of this model"
    case .nothingToRekey: "the model is not hidden, so the key serves any number of proofs"
    case .batchSize(let count):
      "a batch of \(count) inferences: one proof shows from 1 to \(Proof.maximalBatch)"
    }
  }
}
