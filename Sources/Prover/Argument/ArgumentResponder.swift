import Argument
import CKernels
import ConstraintSystem
import FieldArithmetic
import Hashing
import Kernels
import Transcript
import Witness

/// Computes the prover's messages up to the opening, as the protocol asks for them.
final class ArgumentResponder {
  private let layout: Layout
  private let assignment: Assignment
  private let multiplicities: Multiplicities
  private let columns: TableColumns
  private let model: ModelMatrix?

  private var tree: FractionTreeProver?
  private var point: CheckPoint?
  private var products: ProductProver?
  /// The model folded over its lanes, once the point is known.
  private(set) var foldedModel: ExtensionVector?

  init(
    layout: Layout, assignment: Assignment, multiplicities: Multiplicities,
    columns: TableColumns, model: ModelMatrix?
  ) {
    self.layout = layout
    self.assignment = assignment
    self.multiplicities = multiplicities
    self.columns = columns
    self.model = model
  }

  /// nil for a message that is not the argument's.
  func message(_ label: MessageLabel) -> [Fp3]? {
    switch label {
    case .fractionRoot: tree.map { [$0.rootDenominator] }
    case .layerRound: tree?.round()
    case .layerValues: tree?.values()
    case .productSum: products.map { [$0.sum] }
    case .productRound: products?.round()
    case .productValues: products?.values()
    default: nil
    }
  }

  func learn(_ label: MessageLabel, _ challenges: [Fp3]) {
    switch label {
    case .lookupChallenge: buildTree(LookupChallenge(layout.system, challenges: challenges))
    case .layerCombiner: tree?.begin(combiner: challenges[0])
    case .layerPoint: tree?.bind(challenges[0])
    case .layerFold: tree?.descend(challenges[0])
    case .zeroCheckPoint: fold(at: CheckPoint(layout, coordinates: challenges))
    case .equalityCombiner:
      tree = nil
      if let point { buildProducts(ZeroCheck(point, combiner: challenges[0])) }
    case .productPoint: products?.bind(challenges[0])
    default: break
    }
  }

  private func buildTree(_ challenge: LookupChallenge) {
    let leaves = LeafBuilder(
      layout: layout, assignment: assignment, multiplicities: multiplicities, columns: columns,
      challenge: challenge, point: point, foldedModel: foldedModel
    ).build()
    tree = FractionTreeProver(numerators: leaves.numerators, denominators: leaves.denominators)
  }

  private func fold(at point: CheckPoint) {
    self.point = point
    foldedModel = model?.fold(point.lanePoint)
  }

  private func buildProducts(_ check: ZeroCheck) {
    let factors = FactorArrays(
      layout: layout, assignment: assignment, check: check, foldedModel: foldedModel)
    products = ProductProver(
      factors: layout.products.map { factors.make($0) },
      weights: check.productScales())
  }
}
