import CircuitCheck
import CircuitLanguage
import CommandSupport
import ConstraintSystem
import OperatorCheck
import Prover
import Verifier
import Witness

/// A proof of one instance of a circuit.
enum CircuitProof {
  /// Makes a proof that hides the witness, and verifies it.
  /// - Returns: its length; nil where the circuit takes none of the inputs that are tried.
  /// - Throws: `CircuitCheckError.unusable` when there can't be a proof, or it is not accepted.
  static func bytes(
    of trial: CircuitVerdict.Trial, _ circuit: String, _ library: CircuitLibrary
  ) throws(CircuitCheckError) -> Int? {
    let instance: TrialCircuit
    do throws(TrialCircuit.Failure) {
      instance = try TrialCircuit(circuit, of: library, trial.sizes, form: trial.form)
    } catch { throw .circuit(error.error) }
    guard let assignment = instance.honestAssignment() else { return nil }
    do {
      let key = try ProvingKey.make(circuit: instance.circuit, model: [:], privacy: .witness)
      let proof = try Prover.prove(key, assignment: assignment).proof
      _ = try Verifier.verify(key: key.verifyingKey, proof: proof)
      return proof.count
    } catch {
      throw .unusable("an honest instance (\(trial.sizes)) can't be proven: \(error)")
    }
  }
  /// Makes a proof of an operator's node that hides what is computed, and verifies it.
  /// - Returns: its length.
  /// - Throws: `OperatorCheckError` when there can't be a proof, or it is not accepted.
  static func bytes(of trial: OperatorTrial) throws(OperatorCheckError) -> Int {
    let model = trial.compilation.model
    do {
      let key = try ProvingKey.make(
        circuit: model.circuit, model: model.model, privacy: .witness,
        certifies: true, derivation: model.derivation)
      let proof = try Prover.prove(key, assignment: trial.assignment()).proof
      _ = try Verifier.verify(key: key.verifyingKey, proof: proof)
      return proof.count
    } catch {
      throw .circuit(
        .unusable("an honest instance (\(trial.sample)) can't be proven: \(error)"))
    }
  }
}
