import Argument
import Commitment
import ConstraintSystem

/// How proofs under a key are made: where everything lies, and with which parameters it is opened.
public struct ProofMode: Sendable {
  public let layout: Layout
  public let parameters: OpeningParameters
  public let security: ArgumentSecurity
  /// Whether proofs hide all but the public tensors (`Paper/` section 14).
  public let isHiding: Bool

  /// - Parameter openings: for how many hiding proofs the model's commitment is made, or zero.
  public init(_ system: ConstraintSystem, openings: Int, isHiding: Bool) throws(KeyError) {
    self.isHiding = isHiding
    // Plain proofs open the same commitment to the model, so its tail is that of hiding ones.
    let hidden: Layout
    do {
      layout = try Layout(system, hiding: isHiding)
      hidden = openings > 0 && !isHiding ? try Layout(system, hiding: true) : layout
    } catch {
      throw .malformed
    }
    do {
      var model = layout.modelShape
      var witness = layout.witnessShape
      if openings > 0 {
        let shapes = try ProofMode.hidingShapes(hidden, openings: openings)
        model = shapes.model
        if isHiding { witness = shapes.witness }
      }
      parameters = try OpeningParameters.derive(
        committed: model.map { [.init($0)] } ?? [], witness: witness,
        targetBits: VerifyingKey.securityFloor, isHiding: isHiding)
    } catch {
      throw .tooLarge
    }
    security = ArgumentSecurity(layout, parameters)
    guard security.bits >= VerifyingKey.securityFloor else { throw .insufficientSecurity }
  }

  private static func hidingShapes(
    _ layout: Layout, openings: Int
  ) throws(ParameterError) -> (model: GroupShape?, witness: GroupShape) {
    guard let witness = layout.witnessShape else { throw .withoutWitness }
    let shapes = try OpeningParameters.hidingShapes(
      committed: layout.modelShape.map { [($0, openings)] } ?? [], witness: witness,
      targetBits: VerifyingKey.securityFloor)
    return (shapes.committed.first, shapes.witness)
  }
}
