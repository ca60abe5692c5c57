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

  /// Where a commitment and its opening are written.
  struct Places {
    var commitment: PlannedOutput
    var opening: PlannedOutput
    /// Whether a file in the opening's place may be lost.
    var force: Bool

    /// Writes both; the commitment is on the disk before the opening takes its place.
    /// - Parameter spent: how many proofs of the opening's are made already.
    func write(_ made: DataOpening, spent: Int) throws {
      let staged = try commitment.staged(made.commitment.file)
      do {
        try made.write(to: opening.path, spent: spent, replaces: force)
      } catch {
        throw CommandError.input("\(error)")
      }
      try staged.finish()
    }
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
