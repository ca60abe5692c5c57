import ConstraintSystem
import Hashing
import Transcript
import Verifier

@testable import Prover
@testable import Witness

/// A system with an honest key and an honest assignment, on which cheating provers are let loose.
struct Arena: Sendable {
  let small: SmallSystem
  let key: ProvingKey

  init(_ small: SmallSystem) throws {
    self.small = small
    key = try ProvingKey.make(
      circuit: Circuit(system: small.system, program: WitnessProgram()),
      model: Arena.model(small.system, small.assignment))
  }

  static func model(_ system: ConstraintSystem, _ assignment: Assignment) -> [Int: IntegerBuffer] {
    var model: [Int: IntegerBuffer] = [:]
    for (i, tensor) in system.tensors.enumerated() where tensor.role == .model {
      model[i] = assignment[i]
    }
    return model
  }

  /// Another key of the same system and the same weights.
  func key(
    _ privacy: ProvingKey.Privacy, certifies: Bool = false, derivation: [UInt8] = []
  ) throws -> ProvingKey {
    try ProvingKey.make(
      circuit: Circuit(system: small.system, program: WitnessProgram()),
      model: Arena.model(small.system, small.assignment), privacy: privacy, certifies: certifies,
      derivation: derivation)
  }

  /// The honest assignment with some tensors' values changed.
  func assignment(_ change: (inout [[Int]]) -> Void) -> Assignment {
    var values = small.assignment.tensors.map(\.values)
    change(&values)
    return Assignment(values.map { IntegerBuffer(narrowing: $0) })
  }

  /// The counts that fit the assignment or, where none do, the honest ones.
  func multiplicities(_ assignment: Assignment) throws -> Multiplicities {
    if let counts = try? Multiplicities(of: small.system, in: assignment) { return counts }
    return try Multiplicities(of: small.system, in: small.assignment)
  }

  /// A proof of whatever the assignment is, by a prover that may cheat.
  func prove(
    _ assignment: Assignment? = nil, counts: [[Int64]]? = nil, key other: ProvingKey? = nil,
    _ cheat: (CheatingResponder) -> Void = { _ in }
  ) throws -> [UInt8] {
    let assignment = assignment ?? small.assignment
    let multiplicities = try counts.map { Multiplicities(counts: $0) } ?? multiplicities(assignment)
    func wrap(_ honest: ProofResponder) -> CheatingResponder {
      let responder = CheatingResponder(honest)
      cheat(responder)
      return responder
    }
    let run = ProvingRun(other ?? key, assignment, multiplicities)
    return try run.prove({ _ in }, wrap: wrap).proof
  }

  /// nil for an accepted proof.
  func rejection(of proof: [UInt8]) -> ProofError? {
    do {
      _ = try Verifier.verify(
        key: key.verifyingKey, proof: proof, allowsPlain: true, allowsUnproven: true)
      return nil
    } catch {
      return error
    }
  }

  /// The messages of an honest proof.
  func honestRun() throws -> (proof: [UInt8], messages: [MessagePlace]) {
    var responder: CheatingResponder?
    let proof = try prove { responder = $0 }
    return (proof, responder?.places ?? [])
  }
}
