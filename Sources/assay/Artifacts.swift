import CommandSupport
import Compiler
import Prover
import TensorGraph
import Verifier
import Witness

/// The files between the commands, and the library calls whose errors people will see.
enum Artifacts {
  static func readModel(_ path: String) throws -> CompiledModel {
    let bytes = try ArtifactFile.read(path, limit: CompiledModel.maximalLength)
    do throws(CompileError) {
      return try CompiledModel(fileBytes: bytes)
    } catch {
      throw CommandError.input("\(path): \(error)")
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
      throw CommandError.input("\(path): \(error)")
    }
  }

  static func write(_ key: ProvingKey, to path: String) throws {
    do {
      try key.write(to: path)
    } catch {
      throw CommandError.input("\(path): \(error)")
    }
  }

  /// - Parameter proofs: how many hiding proofs there may be, zero for a key of plain ones.
  static func makeKey(_ model: CompiledModel, proofs: Int) throws -> ProvingKey {
    do {
      return try ProvingKey.make(circuit: model.circuit, model: model.model, openings: proofs)
    } catch let error as KeyError {
      throw CommandError.input(error.description)
    } catch {
      throw CommandError.input("\(error)")
    }
  }

  /// All tensors of the circuit at the given inputs.
  static func evaluate(
    _ key: ProvingKey, _ interface: ModelInterface, _ values: [String: Tensor]
  ) throws -> Assignment {
    do {
      let integers = try interface.quantise(values)
      return try Evaluator.evaluate(key.circuit, model: key.model, inputs: integers)
    } catch let error as CompileError {
      throw CommandError(error)
    } catch {
      throw CommandError.input("\(error)")
    }
  }
}
