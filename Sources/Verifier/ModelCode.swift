import Argument
import Commitment
import ConstraintSystem

/// The code of a key's commitments to its model, which all of its proofs open (`Paper/` section 14.4).
struct ModelCode: Sendable {
  /// The matrix with its tail.
  let shape: GroupShape
  /// The number of positions that each proof may open; no limit if the model is not hidden.
  let queries: Int

  /// The most positions that a certificate opens.
  static let certificateQueries = OpeningParameters.Hiding.mostPositions

  /// The shortest tail that hides the model, whose length depends on how many positions are opened,
  /// which depends on the length.
  /// - Parameters:
  ///   - layout: that of the proofs of single inferences under the key.
  ///   - openings: how many proofs open each commitment, besides one certificate; zero for a model
  ///     that is not hidden.
  /// - Returns: nil without a model.
  init?(_ layout: Layout, openings: Int) throws(KeyError) {
    guard let model = layout.modelShape else { return nil }
    guard openings > 0 else {
      shape = model
      queries = .max
      return
    }
    guard let witness = layout.witnessShape else { throw .tooLarge }
    let target = VerifyingKey.securityFloor
    do throws(ParameterError) {
      let shapes = try OpeningParameters.hidingShapes(
        committed: [(model, openings)], witness: witness, reserved: ModelCode.certificateQueries,
        targetBits: target)
      shape = shapes.committed[0]
      queries = max(shape.queries(targetBits: target), shapes.witness.queries(targetBits: target))
    } catch {
      throw .tooLarge
    }
  }

  /// How many proofs a commitment serves, besides one certificate.
  var openings: Int { max(shape.tail - 1 - ModelCode.certificateQueries, 0) / queries }

  /// How many certificates the pinned commitment serves.
  var certificates: Int { max(shape.tail - 1, 0) / ModelCode.certificateQueries }
}
