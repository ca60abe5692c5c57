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
    do { layout = try Layout(system, hiding: isHiding) } catch { throw .malformed }
    do {
      let target = VerifyingKey.securityFloor
      var model = layout.modelShape
      if openings > 0 { model = try model?.hidingModel(openings: openings, targetBits: target) }
      var witness = layout.witnessShape
      if isHiding { witness = try witness?.hidingWitness(targetBits: target) }
      parameters = try OpeningParameters.derive(
        model: model, witness: witness, targetBits: target, isHiding: isHiding)
    } catch {
      throw .tooLarge
    }
    security = ArgumentSecurity(layout, parameters)
    guard security.bits >= VerifyingKey.securityFloor else { throw .insufficientSecurity }
  }
}
