import Argument
import Commitment
import ConstraintSystem

/// The code of a key's commitments to its model, which all of its proofs open (`Paper/` section 14.4).
struct ModelCode: Sendable {
  /// The matrix with its tail.
  let shape: GroupShape
  /// The number of positions that each proof may open; no limit if the model is not hidden.
  let queries: Int

  /// The most positions that a hiding proof opens: a code's rate is at most 3/8.
  static let certificateQueries = 237

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
    var queries = 0
    while true {
      let shape = try ModelCode.shape(model, openings: openings, queries: queries)
      let needed: Int
      do throws(ParameterError) {
        let hidden = try witness.hidingWitness(
          beside: [shape], targetBits: VerifyingKey.securityFloor)
        needed = max(
          shape.queries(targetBits: VerifyingKey.securityFloor),
          hidden.queries(targetBits: VerifyingKey.securityFloor))
      } catch {
        throw .tooLarge
      }
      if needed <= queries {
        self.shape = shape
        self.queries = needed
        return
      }
      queries = needed
    }
  }

  private static func shape(
    _ model: GroupShape, openings: Int, queries: Int
  ) throws(KeyError) -> GroupShape {
    for log in 0...28 {
      let shape = GroupShape(rowsLog: model.rowsLog, lanes: model.lanes, tail: 1 << log)
      let each = max(queries, shape.queries(targetBits: VerifyingKey.securityFloor))
      if shape.tail - 1 >= openings * each + certificateQueries { return shape }
    }
    throw .tooLarge
  }

  /// How many proofs a commitment serves, besides one certificate.
  var openings: Int { max(shape.tail - 1 - ModelCode.certificateQueries, 0) / queries }

  /// How many certificates the pinned commitment serves.
  var certificates: Int { max(shape.tail - 1, 0) / ModelCode.certificateQueries }
}
