import Argument
import Commitment
import ConstraintSystem

/// How proofs are made: where everything lies, and with which parameters it is opened.
public struct ProofMode: Sendable {
  public let layout: Layout
  public let parameters: OpeningParameters
  public let security: ArgumentSecurity
  /// Whether proofs hide all but the public tensors (`Paper/` section 14).
  public let isHiding: Bool
  /// How many inferences a proof shows.
  public let batch: Int

  /// What is proven: the system of the batch.
  public var system: ConstraintSystem { layout.system }

  /// - Parameters:
  ///   - layout: that of the batch, for proofs that hide or do not.
  ///   - copies: how many commitments to the model are opened together.
  ///   - mostQueries: how many positions may be opened; as many as in proofs of single inferences if
  ///     it is nil.
  init(
    _ layout: Layout, _ model: ModelCode?, isHiding: Bool, batch: Int = 1, copies: Int = 1,
    mostQueries: Int? = nil
  ) throws(KeyError) {
    self.layout = layout
    self.isHiding = isHiding
    self.batch = batch
    guard layout.modelShape?.lanes == model?.shape.lanes,
      layout.modelShape?.rowsLog == model?.shape.rowsLog
    else { throw .malformed }
    do throws(ParameterError) {
      var witness = layout.witnessShape
      if isHiding {
        witness = try witness?.hidingWitness(
          beside: model.map { [$0.shape] } ?? [],
          mostQueries: mostQueries ?? model?.queries ?? .max,
          targetBits: VerifyingKey.securityFloor)
      }
      parameters = try OpeningParameters.derive(
        committed: model.map { [.init($0.shape, copies: copies)] } ?? [], witness: witness,
        targetBits: VerifyingKey.securityFloor, isHiding: isHiding)
    } catch {
      throw .tooLarge
    }
    security = ArgumentSecurity(layout, parameters)
    guard security.bits >= VerifyingKey.securityFloor else { throw .insufficientSecurity }
  }

  static func layout(_ system: ConstraintSystem, isHiding: Bool) throws(KeyError) -> Layout {
    do { return try Layout(system, hiding: isHiding) } catch { throw .malformed }
  }
}
