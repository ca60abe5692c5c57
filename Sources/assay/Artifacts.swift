import CommandSupport
import Compiler
import FileAccess
import Prover
import TensorGraph
import Transcript
import Verifier
import Witness

/// The files between the commands, and the library calls whose errors people will see.
enum Artifacts {
  static func readModel(_ path: String) throws -> CompiledModel {
    let bytes = try ArtifactFile.read(path, limit: CompiledModel.maximalLength)
    do throws(CompileError) {
      return try CompiledModel(fileBytes: bytes)
    } catch {
      throw CommandError.file(path, error)
    }
  }

  static func readVerifyingKey(_ path: String) throws -> VerifyingKey {
    let bytes = try ArtifactFile.read(path, limit: VerifyingKey.maximalLength)
    do throws(KeyError) {
      return try VerifyingKey(bytes)
    } catch {
      throw CommandError.input("\(path): \(error.description)")
    }
  }

  static func readKey(_ path: String) throws -> ProvingKey {
    do {
      return try ProvingKey(path: path)
    } catch {
      throw CommandError.file(path, error)
    }
  }

  static func write(_ key: ProvingKey, to path: String) throws {
    do {
      try key.write(to: path)
    } catch {
      throw CommandError.file(path, error)
    }
  }

  /// Makes sure that a file can be replaced, before work that is to end so.
  static func probe(_ path: String, room: Int = 0) throws {
    do { try NewFile.probe(path, room: room) } catch { throw CommandError.input("\(error)") }
  }

  /// What proofs of a model are to hide.
  static func privacy(
    of model: CompiledModel, proofs: Int, isPlain: Bool
  ) -> ProvingKey.Privacy {
    if isPlain { .none } else if model.isPublic { .witness } else { .model(proofs: proofs) }
  }

  /// - Parameters:
  ///   - proofs: how many hiding proofs of a private model there must be.
  ///   - isPlain: whether proofs are to hide nothing.
  static func makeKey(
    _ model: CompiledModel, proofs: Int, isPlain: Bool, clock: StageClock
  ) throws -> ProvingKey {
    let hasWitness =
      model.circuit.system.tensors.contains(where: \.role.isWitness)
      || !model.circuit.system.lookups.isEmpty
    guard isPlain || hasWitness else {
      // A model is opened beside the witness that hides it.
      let subject =
        model.isPublic
        ? "all that this network computes with is public, so that a proof has nothing to hide"
        : "all values that this network computes are public, so that a proof can't hide the model"
      throw CommandError.input(
        subject + ": say --no-zk, or make an input or output private when it is compiled")
    }
    let privacy = privacy(of: model, proofs: proofs, isPlain: isPlain)
    do {
      return try ProvingKey.make(
        circuit: model.circuit, model: model.model, privacy: privacy, certifies: true,
        derivation: model.derivation
      ) { clock.note($0.description) }
    } catch let error as KeyError {
      throw CommandError.input(error.description)
    } catch {
      throw CommandError.input("\(error)")
    }
  }

  /// All tensors of the circuit for each of some samples.
  static func evaluate(
    _ key: ProvingKey, _ interface: ModelInterface, _ samples: [[String: Tensor]],
    profile: ProofProfile? = nil
  ) throws -> [Assignment] {
    func evaluate(_ values: [String: Tensor]) throws -> Assignment {
      let integers = try interface.quantise(values)
      return try Evaluator.evaluate(key.circuit, model: key.model, inputs: integers)
    }
    do {
      guard let profile else { return try samples.map(evaluate) }
      return try samples.map { values in
        try profile.whole { try profile.measure(.evaluation) { try evaluate(values) } }
      }
    } catch let error as CompileError {
      throw CommandError(error)
    } catch let error as EvaluationError {
      let meaning = key.circuit.overflow(error)?.description ?? key.circuit.missingQuotient(error)
      throw CommandError.input(meaning ?? "\(error)")
    } catch {
      throw CommandError.input("\(error)")
    }
  }

  /// What helps a key that has no proofs left.
  private static func remedy(of key: ProvingKey) -> String {
    let rekeys = (try? key.usage())?.certificates.freeCount ?? 0
    guard rekeys > 0 else {
      return
        "and it can't be rekeyed any more, because the commitment that the model's digest names "
        + "is used up: run assay setup, which makes a key of another digest"
    }
    return "run assay rekey, which makes room for more of the same model ("
      + BudgetReport.count(rekeys, "rekey") + " left)"
  }

  /// One proof of all inferences.
  /// - Parameters:
  ///   - data: by tensor, the commitments whose data private tensors are shown to be.
  ///   - context: what the proof is made for.
  ///   - profile: measures the proof, if it is to be measured.
  ///   - path: the proving key's file, for errors.
  static func prove(
    _ key: ProvingKey, _ batch: [Assignment], isPlain: Bool, data: [Int: DataSource] = [:],
    context: ContextArgument? = nil, profile: ProofProfile? = nil, path: String,
    clock: StageClock
  ) throws -> ProofResult {
    do {
      return try Prover.prove(
        key, batch: batch, hides: !isPlain, data: data, context: context?.digest, profile: profile
      ) {
        clock.note($0.rawValue)
      }
    } catch OpeningSlotsError.exhausted {
      throw CommandError.exhausted(
        "\(path): all proofs that the key was made for are made: " + remedy(of: key))
    } catch let error as OpeningSlotsError {
      throw CommandError.input("\(error)")
    } catch {
      throw CommandError.file(path, error)
    }
  }
}
