import Commitment
import FieldArithmetic
import Hashing
import Kernels
import Polynomials
import Transcript

/// Computes the messages of `verifyOpening`, in the order in which that function asks for them.
public final class OpeningProver: Responder {
  private let parameters: OpeningParameters
  private let layout: FoldedLayout
  private let witness: OpeningWitness
  private var product: ProductRounds
  private var lanePoint: [Fp3] = []
  /// The model's constant part of each round over the witness's lanes.
  private var modelPart: Fp3
  /// Rounds over the witness's lanes that are still to come.
  private var laneRounds: Int
  /// What hides the opening, and the masks of the folded lanes, which the vector becomes part of.
  private var masked: MaskedRounds?
  private lazy var maskVector = masked?.vector(layout)
  private var maskFold = Fp3.one
  // What is opened next, and what will be after it.
  private var oracles: [OpenedOracle] = []
  private var next: OpenedOracle?
  private var opened: [Multiproof] = []
  private var roots = 0

  /// - Parameters:
  ///   - parameters: as the verifier has them; the witness's shapes are theirs.
  public init(parameters: OpeningParameters, witness: OpeningWitness) {
    self.parameters = parameters
    self.witness = witness
    layout = FoldedLayout(model: parameters.model?.shape, witness: parameters.witness?.shape)
    laneRounds = parameters.witness?.shape.lanesLog ?? 0
    modelPart = witness.model.map { $0.weights.dot($0.folded[0..<$0.weights.count]) } ?? .zero
    if let cells = witness.cells, let shape = parameters.witness?.shape {
      precondition(
        cells.cells.count == shape.rows * shape.lanes && cells.weights.count == cells.cells.count
          && cells.tails.count == shape.tail * shape.lanes, "the cells have another shape")
      product = ProductRounds(cells.cells, cells.weights, length: shape.rows << shape.lanesLog)
    } else {
      product = ProductRounds(ExtensionVector(zeros: 0), ExtensionVector(zeros: 0))
    }
    let masks = witness.cells?.masks
    precondition((masks == nil) == (parameters.hiding == nil), "masks that no one asks for")
    masked = masks.map { MaskedRounds($0, rounds: laneRounds) }
    if let model = witness.model, let group = parameters.model {
      oracles.append(
        OpenedOracle(
          model.commitment, group.domainLog, layout.model, mask: masks?.modelCommitment))
    }
    if let cells = witness.cells, let group = parameters.witness {
      oracles.append(OpenedOracle(cells.commitment, group.domainLog, layout.witness))
    }
    if laneRounds == 0 { join() }
  }

  public func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    switch label {
    case .openingFinal: return product.values.elements
    case .openingMaskSum: return [masked?.sum ?? .zero]
    case .openingMaskValue: return [maskValue()]
    case .openingMaskVector: return masked?.announced(maskFold) ?? []
    default: return round()
    }
  }

  private func round() -> [Fp3] {
    let values = product.next()
    guard laneRounds > 0 else { return [values.atZero, values.leading] }
    let atZero = values.atZero + modelPart * Fp(2).inverse
    guard let masked else { return [atZero, values.leading] }
    return masked.masked(atZero: atZero, leading: values.leading)
  }

  private func maskValue() -> Fp3 {
    guard let masked, let maskVector else { return .zero }
    return masked.value(maskVector, product.weights)
  }

  /// Replaces the vector by its multiple with the masks added.
  private func addMasks(_ fold: Fp3) {
    guard let masked, let maskVector else { return }
    maskFold = fold
    maskVector.addProduct(fold, product.values)
    let weights = product.weights
    weights.assignProduct(masked.factor, weights)
    product = ProductRounds(maskVector, weights)
  }

  public func learn(_ label: MessageLabel, challenges: [Fp3]) {
    switch label {
    case .openingCombiner: combine(challenges[0])
    case .openingMaskFactor: masked?.factor = challenges[0]
    case .openingMaskFold: addMasks(challenges[0])
    case .openingFold: bind(challenges[0])
    default: break
    }
  }

  private func bind(_ challenge: Fp3) {
    product.fold(at: challenge)
    guard laneRounds > 0 else { return }
    masked?.bind(challenge)
    lanePoint.append(challenge)
    modelPart = modelPart * Fp(2).inverse
    laneRounds -= 1
    if laneRounds == 0 { join() }
  }

  /// Puts the folded groups and their forms into one vector each.
  private func join() {
    let values = ExtensionVector(zeros: 1 << layout.log)
    let weights = ExtensionVector(zeros: 1 << layout.log)
    if let model = witness.model {
      for piece in layout.model {
        let source = model.folded[piece.exponent..<piece.exponent + 1 << piece.log]
        values[piece.offset..<piece.offset + 1 << piece.log].assign(source)
      }
      let share = Fp3(Fp(2).power(UInt64(lanePoint.count)).inverse)
      let rows = layout.model[0].offset..<layout.model[0].offset + model.weights.count
      weights[rows].assignProduct(share, model.weights)
    }
    if let cells = witness.cells {
      let rows = layout.witness[0].offset..<layout.witness[0].offset + 1 << layout.witness[0].log
      values[rows].assign(product.values)
      weights[rows].assign(product.weights)
      if layout.witness.count > 1 { foldTails(cells.tails, into: values, at: layout.witness[1]) }
    }
    product = ProductRounds(values, weights)
  }

  private func foldTails(
    _ tails: BaseVector, into values: ExtensionVector, at piece: FoldedLayout.Piece
  ) {
    let length = 1 << piece.log
    let lanes = tails.count / length
    let fold = Contraction(length: lanes, inner: length)
    fold(
      ExtensionVector.equalityTable(at: lanePoint, count: lanes), tails,
      into: values[piece.offset..<piece.offset + length])
  }

  public func digest(_ label: MessageLabel) -> Digest {
    if label == .openingMaskRoot, let mask = masked?.masks.modelCommitment { return mask.root }
    let shape = parameters.rounds[roots]
    roots += 1
    let commitment = MatrixCommitment(
      messages: product.values[0..<shape.lanes << shape.rowsLog], lanes: shape.lanes,
      domainLog: shape.domainLog)
    let whole = FoldedLayout(model: GroupShape(rowsLog: shape.rowsLog, lanes: 1), witness: nil)
    next = OpenedOracle(commitment, shape.domainLog, whole.model)
    return commitment.root
  }

  public func learn(_ label: MessageLabel, indices: [Int]) {
    let oracle = oracles[opened.count]
    opened.append(Multiproof(depth: oracle.domainLog, positions: indices))
  }

  public func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    opened[opened.count - 1].leaves(of: matrix(label == .openingMaskLeaves))
  }

  public func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    opened[opened.count - 1].siblings(of: matrix(label == .openingMaskSiblings))
  }

  /// What is opened at the positions that were drawn last.
  private func matrix(_ isMask: Bool) -> any CommittedMatrix {
    let oracle = oracles[opened.count - 1]
    return isMask ? oracle.mask ?? oracle.matrix : oracle.matrix
  }

  /// Adds the forms of the opened positions to the form.
  private func combine(_ combiner: Fp3) {
    var coefficient = combiner
    for (oracle, proof) in zip(oracles, opened) {
      let powers = Univariate.powers(of: combiner, count: proof.positions.count)
      oracle.addForms(
        zip(proof.positions, powers.map { $0 * coefficient }), to: product.weights)
      coefficient *= combiner.power(UInt64(proof.positions.count))
    }
    oracles = [next].compactMap { $0 }
    opened = []
  }
}
