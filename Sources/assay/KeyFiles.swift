import CommandSupport
import Prover

/// The two files of a key, of which there must never be the one without the other.
struct KeyFiles {
  let provingKey: String
  let verifyingKey: PlannedOutput

  /// Writes both: the verifying key is on the disk before the proving key takes its place.
  /// - Throws: `CommandError.input`.
  func write(_ key: ProvingKey) throws {
    let staged = try verifyingKey.staged(key.verifyingKey.file)
    try Artifacts.write(key, to: provingKey)
    do {
      try staged.finish()
    } catch {
      throw CommandError.input(
        "\(error); the proving key \(provingKey) is whole: assay export-key writes its verifying key"
      )
    }
  }
}
