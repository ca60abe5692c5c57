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
  ///   - data: the commitments to data that are opened.
  ///   - copies: how many commitments to the model are opened together.
  ///   - mostQueries: how many positions may be opened; as many as in proofs of single inferences if
  ///     it is nil.
  init(
    _ layout: Layout, _ model: ModelCode?, isHiding: Bool, batch: Int = 1, data: [DataShape] = [],
    copies: Int = 1, mostQueries: Int? = nil
  ) throws(KeyError) {
    guard layout.modelShape?.lanes == model?.shape.lanes,
      layout.modelShape?.rowsLog == model?.shape.rowsLog
    else { throw .malformed }
    let modelQueries = mostQueries ?? model?.queries ?? .max
    let dataQueries = data.isEmpty ? .max : DataShape.positionsPerOpening
    var committed: [OpeningParameters.CommittedShape] = []
    if let model { committed.append(.init(model.shape, copies: copies)) }
    for shape in data { committed.append(.init(shape.group, weights: .powers)) }
    do throws(ParameterError) {
      var witness = layout.witnessShape
      if isHiding {
        witness = try witness?.hidingWitness(
          beside: committed.map { $0.shape }, mostQueries: min(modelQueries, dataQueries),
          targetBits: VerifyingKey.securityFloor)
      }
      let parameters = try OpeningParameters.derive(
        committed: committed, witness: witness, targetBits: VerifyingKey.securityFloor,
        isHiding: isHiding)
      self.init(layout, parameters, isHiding: isHiding, batch: batch, data: data)
    } catch {
      throw .tooLarge
    }
    guard security.bits >= VerifyingKey.securityFloor else { throw .insufficientSecurity }
  }

  /// The mode of given parameters, whatever security they give.
  init(
    _ layout: Layout, _ parameters: OpeningParameters, isHiding: Bool, batch: Int = 1,
    data: [DataShape] = []
  ) {
    self.layout = layout
    self.parameters = parameters
    self.isHiding = isHiding
    self.batch = batch
    security = ArgumentSecurity(layout, parameters, data: data)
  }

  static func layout(_ system: ConstraintSystem, isHiding: Bool) throws(KeyError) -> Layout {
    do { return try Layout(system, hiding: isHiding) } catch { throw .malformed }
  }
}
