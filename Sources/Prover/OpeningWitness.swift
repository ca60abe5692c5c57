import Commitment
import FieldArithmetic
import Kernels

/// What the prover opens: the committed data, and the linear form on them.
public struct OpeningWitness: Sendable {
  /// The model's lanes, folded at the lane point.
  public struct Model: Sendable {
    public let commitment: any CommittedMatrix
    /// Σ eq(lanePoint, lane)·lane, of the lanes' whole length.
    public let folded: ExtensionVector
    /// The form's coefficients for the folded lane's rows.
    public let weights: ExtensionVector

    public init(
      commitment: any CommittedMatrix, folded: ExtensionVector, weights: ExtensionVector
    ) {
      self.commitment = commitment
      self.folded = folded
      self.weights = weights
    }
  }

  public struct Cells: Sendable {
    public let commitment: any CommittedMatrix
    /// The cells, lane after lane, without the tails.
    public let cells: BaseVector
    /// The lanes' tails, one after the other.
    public let tails: BaseVector
    /// What hides the opening; nil if nothing does.
    public let masks: OpeningMasks?
    /// The form's coefficients for the cells. They are overwritten.
    public let weights: ExtensionVector

    public init(
      commitment: any CommittedMatrix, cells: BaseVector,
      tails: BaseVector = BaseVector(zeros: 0), weights: ExtensionVector
    ) {
      self.commitment = commitment
      self.cells = cells
      self.tails = tails
      self.masks = nil
      self.weights = weights
    }

    /// Cells whose opening is hidden by the masks that are committed with them.
    public init(
      commitment: any CommittedMatrix, cells: BaseVector, masks: OpeningMasks,
      weights: ExtensionVector
    ) {
      self.commitment = commitment
      self.cells = cells
      self.tails = masks.tails
      self.masks = masks
      self.weights = weights
    }
  }

  public let model: Model?
  public let cells: Cells?

  public init(model: Model?, cells: Cells?) {
    self.model = model
    self.cells = cells
  }
}
