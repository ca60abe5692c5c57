import CommandSupport
import Prover
import Verifier
import Witness

/// What commitments to data are made for.
enum DataBudget {
  /// How many proofs unless something else is said.
  static let proofs = 10
}

/// Commitments to data, and what opens them, as files.
enum DataFiles {
  static func make(
    _ values: IntegerBuffer, openings: Int, fractionalBits: Int
  ) throws -> DataOpening {
    var entropy = SystemEntropy()
    do {
      return try DataOpening(
        values: values, openings: openings, fractionalBits: fractionalBits, entropy: &entropy)
    } catch {
      throw CommandError.input("\(error)")
    }
  }

  /// Writes the opening, which replaces no file, and then the commitment.
  /// - Parameter spent: how many proofs of the opening's are made already.
  static func write(
    _ opening: DataOpening, commitment: String, opening path: String, spent: Int
  ) throws {
    do {
      try opening.write(to: path, spent: spent)
    } catch {
      throw CommandError.input("\(error)")
    }
    try ArtifactFile.write(opening.commitment.file, to: commitment)
  }

  static func read(_ path: String) throws -> StoredDataOpening {
    do {
      return try StoredDataOpening(path: path)
    } catch {
      throw CommandError.file(path, error)
    }
  }

  static func readCommitment(_ path: String) throws -> DataCommitment {
    let bytes = try ArtifactFile.read(path, limit: DataCommitment.fileLength)
    do throws(DataCommitmentError) {
      return try DataCommitment(bytes)
    } catch {
      throw CommandError.input("\(path): \(error.description)")
    }
  }
}
