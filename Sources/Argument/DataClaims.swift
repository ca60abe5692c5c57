import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing
import Polynomials
import Transcript

/// A tensor of the network whose values are those of a commitment (`Paper/` section 15.3).
public struct DataBinding: Equatable, Hashable, Sendable {
  /// A tensor of role `privateInput` or `privateOutput`.
  public let tensor: Int
  /// How many proofs may open the commitment.
  public let openings: Int
  public let root: Digest

  public init(tensor: Int, openings: Int, root: Digest) {
    self.tensor = tensor
    self.openings = openings
    self.root = root
  }

  /// The most commitments that a proof opens.
  public static let maximalCount = 255

  /// The shapes of the commitments of a list, if such a list may stand in a proof.
  /// - Parameter batch: how many of the system's inferences the tensors are of.
  /// - Throws: `dataCommitmentOrder`, `dataCommitmentTensor`, `dataCommitmentSize`.
  public static func shapes(
    _ list: [DataBinding], _ system: ConstraintSystem, batch: Int = 1
  ) throws(ProofError) -> [DataShape] {
    var shapes: [DataShape] = []
    var previous = -1
    for binding in list {
      guard binding.tensor > previous else { throw .rejected(.dataCommitmentOrder) }
      previous = binding.tensor
      guard binding.tensor < system.tensors.count,
        isPrivatePort(system.tensors[binding.tensor].role)
      else { throw .rejected(.dataCommitmentTensor) }
      let (count, overflow) =
        system.tensors[binding.tensor].count.multipliedReportingOverflow(by: batch)
      guard !overflow else { throw .rejected(.dataCommitmentSize) }
      shapes.append(try shape(count: count, openings: binding.openings))
    }
    return shapes
  }

  private static func isPrivatePort(_ role: TensorRole) -> Bool {
    role == .privateInput || role == .privateOutput
  }

  private static func shape(count: Int, openings: Int) throws(ProofError) -> DataShape {
    do {
      return try DataShape(count: count, openings: openings)
    } catch {
      throw .rejected(.dataCommitmentSize)
    }
  }
}

/// The challenge at which committed data and tensors are compared: both are the coefficients of a
/// polynomial, and at a random point different polynomials have different values.
public struct DataPoint: Equatable, Sendable {
  public let value: Fp3

  public init(_ value: Fp3) { self.value = value }

  /// 1, ρ, ρ², …: what the lanes of a commitment count.
  public func laneWeights(_ group: GroupShape) -> [Fp3] {
    Univariate.powers(of: value, count: group.lanes)
  }

  /// ρ^lanes: the ratio of what a folded lane's rows count.
  public func rowRatio(_ group: GroupShape) -> Fp3 { value.power(UInt64(group.lanes)) }

  /// Σ ρ^i·x[i] over a tensor's values in row-major order, as one term: i is a sum over the axes,
  /// so that the powers are products.
  /// - Parameter shape: the tensor's own.
  func term(tensor: Int, shape: [Int], coefficient: Fp3) -> RankOneTerm {
    var vectors: [AxisWeights] = []
    var base = value
    for size in shape.reversed() {
      vectors.append(.factored(.powers(of: base, count: size)))
      base = base.power(UInt64(size))
    }
    return RankOneTerm(tensor: tensor, coefficient: coefficient, vectors: vectors.reversed())
  }
}

/// The part of a linear form that lies in commitments to data, in the order of the statement's
/// list.
public struct DataForms: Equatable, Sendable {
  public let point: DataPoint
  /// What each commitment's Σ ρ^i·X[i] counts.
  public let scales: [Fp3]
  private let groups: [GroupShape]

  init(point: DataPoint, scales: [Fp3], groups: [GroupShape]) {
    self.point = point
    self.scales = scales
    self.groups = groups
  }

  /// What the lanes of a commitment count when it is opened.
  public func laneWeights(_ index: Int) -> [Fp3] { point.laneWeights(groups[index]) }

  /// The multilinear extension of the coefficients of a commitment's folded lane.
  func weight(_ index: Int, at coordinates: [Fp3]) -> Fp3 {
    scales[index] * Multilinear.powerValue(of: point.rowRatio(groups[index]), at: coordinates)
  }
}

/// Draws the point of comparison, if data are committed to.
func drawDataPoint<C: ReadingContext & ~Copyable>(
  _ context: inout C, _ statement: Statement, workBits: Int
) throws(ProofError) -> DataPoint? {
  guard !statement.commitments.isEmpty else { return nil }
  try context.requireWork(.dataGrinding, bits: workBits)
  return DataPoint(context.challenge(.dataPoint))
}
