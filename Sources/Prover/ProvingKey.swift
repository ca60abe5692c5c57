import Argument
import Commitment
import ConstraintSystem
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

  /// Commits to a model.
  /// - Parameter model: the integers of every tensor of role `model`.
  /// - Throws: `ProverError` when a tensor is missing or does not fit its declaration, `KeyError`
  ///   when the circuit's system breaks a rule.
  public static func make(circuit: Circuit, model: [Int: IntegerBuffer]) throws -> ProvingKey {
    do { try circuit.system.validate() } catch { throw KeyError.malformed }
    try checkModel(circuit.system, model)
    let layout = try Layout(circuit.system)
    guard let shape = layout.modelShape else {
      return try ProvingKey(circuit: circuit, model: model, matrix: nil, commitment: nil)
    }
    let matrix = ModelMatrix(layout: layout) { model[$0] ?? IntegerBuffer([Int16]()) }
    let parameters = try OpeningParameters.derive(
      model: shape, witness: layout.witnessShape, targetBits: VerifyingKey.securityFloor)
    let messages = BaseVector(zeros: shape.rows * shape.lanes)
    for lane in 0..<shape.lanes { matrix.lane(lane, into: messages.words + lane * shape.rows) }
    let commitment = MatrixCommitment(
      messages: messages, lanes: shape.lanes, domainLog: parameters.model?.domainLog ?? 0)
    return try ProvingKey(circuit: circuit, model: model, matrix: matrix, commitment: commitment)
  }

  init(
    circuit: Circuit, model: [Int: IntegerBuffer], matrix: ModelMatrix?,
    commitment: (any CommittedMatrix)?
  ) throws {
    self.circuit = circuit
    self.model = model
    self.matrix = matrix
    self.commitment = commitment
    columns = try TableColumns(of: circuit.system.tables)
    verifyingKey = try VerifyingKey(system: circuit.system, modelRoot: commitment?.root)
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
