import Commitment
import FieldArithmetic
import Kernels

/// What the prover opens: the committed data, and the linear form on them.
public struct OpeningWitness: Sendable {
  /// A committed group, its copies combined and its lanes folded.
  public struct Committed: Sendable {
    /// The commitments, in the order of the statement's roots.
    public let copies: [any CommittedMatrix]
    /// Σ copyWeight·Σ laneWeight·lane, of the lanes' whole length.
    public let folded: ExtensionVector
    /// The form's coefficients for the folded lane's rows.
    public let weights: ExtensionVector

    public init(
      copies: [any CommittedMatrix], folded: ExtensionVector, weights: ExtensionVector
    ) {
      self.copies = copies
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

  /// In the order of the parameters.
  public let committed: [Committed]
  public let cells: Cells?

  public init(committed: [Committed], cells: Cells?) {
    self.committed = committed
    self.cells = cells
  }
}
