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
  /// The committed groups' constant part of each round over the witness's lanes.
  private var constantPart = Fp3.zero
  /// Rounds over the witness's lanes that are still to come.
  private var laneRounds: Int
  /// What hides the opening, and the masks of the folded lanes, which the vector becomes part of.
  private var masked: MaskedRounds?
  private var maskVector: ExtensionVector?
  // What is opened next, and what will be after it.
  private var oracles: [OpenedOracle] = []
  private var next: OpenedOracle?
  private var roots = 0
  /// The positions of the common domain that were drawn last.
  private var indices: [Int] = []
  /// What is opened there, in order, and the number of those that have been.
  private var opened: [(matrix: any CommittedMatrix, proof: Multiproof)] = []
  private var openedCount = 0

  /// - Parameters:
  ///   - parameters: as the verifier has them; the witness's shapes are theirs.
  public init(parameters: OpeningParameters, witness: OpeningWitness) {
    precondition(
      witness.committed.map(\.copies.count) == parameters.committed.map(\.copies)
        && zip(witness.committed, parameters.committed).allSatisfy {
          $0.folded.count == $1.shape.messageLength && $0.weights.count == $1.shape.rows
        }, "the committed groups have another shape")
    self.parameters = parameters
    self.witness = witness
    layout = parameters.layout
    laneRounds = parameters.witness?.shape.lanesLog ?? 0
    for group in witness.committed {
      constantPart += group.weights.dot(group.folded[0..<group.weights.count])
    }
    if let cells = witness.cells, let shape = parameters.witness?.shape {
      precondition(
        cells.cells.count == shape.rows * shape.lanes && cells.weights.count == cells.cells.count
          && cells.tails.count == shape.tail * shape.lanes, "the cells have another shape")
      product = ProductRounds(cells.cells, cells.weights, length: shape.rows << shape.lanesLog)
    } else {
      product = ProductRounds(ExtensionVector(zeros: 0), ExtensionVector(zeros: 0), length: 0)
    }
    let masks = witness.cells?.masks
    precondition((masks == nil) == (parameters.hiding == nil), "masks that no one asks for")
    masked = masks.map { MaskedRounds($0, rounds: laneRounds) }
    oracles = groupOracles()
    if laneRounds == 0 { join() }
  }

  private func groupOracles() -> [OpenedOracle] {
    var oracles: [OpenedOracle] = []
    for (i, group) in witness.committed.enumerated() {
      oracles.append(
        OpenedOracle(group.copies, parameters.committed[i].domainLog, layout.committed[i]))
    }
    if let cells = witness.cells, let group = parameters.witness {
      oracles.append(OpenedOracle([cells.commitment], group.domainLog, layout.witness))
    }
    return oracles
  }

  public func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    switch label {
    case .openingFinal: return product.values.elements
    case .openingMaskSum: return [masked?.sum ?? .zero]
    case .openingMaskValue: return [maskValue()]
    default: return round()
    }
  }

  private func round() -> [Fp3] {
    let values = product.next()
    guard laneRounds > 0 else { return [values.atZero, values.leading] }
    let atZero = values.atZero + constantPart * Fp(2).inverse
    guard let masked else { return [atZero, values.leading] }
    return masked.masked(atZero: atZero, leading: values.leading)
  }

  /// Completes the form by that of the rounds' polynomials. The value of the masks is the answer.
  private func maskValue() -> Fp3 {
    guard let masked else { return .zero }
    let weights = product.weights
    weights.assignProduct(masked.factor, weights)
    for (exponent, weight) in parameters.roundWeights(at: lanePoint) {
      let address = layout.witness.address(of: exponent)
      weights[address] = weights[address] + weight
    }
    let vector = masked.vector(layout, length: vectorLength)
    maskVector = vector
    return vector.dot(weights)
  }

  /// Replaces the vector by its multiple with the masks added.
  private func addMasks(_ fold: Fp3) {
    guard let maskVector else { return }
    let values = product.values
    maskVector.addProduct(fold, values)
    values.wipe()
    product = ProductRounds(maskVector, product.weights, length: 1 << layout.log)
    self.maskVector = nil
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
    constantPart = constantPart * Fp(2).inverse
    laneRounds -= 1
    if laneRounds == 0 { join() }
  }

  /// How many elements of the vector of the folded groups are at hand: those behind are zero, and are
  /// neither committed nor sent.
  private var vectorLength: Int {
    parameters.rounds.first.map { $0.lanes << $0.rowsLog } ?? 1 << layout.log
  }

  /// Puts the folded groups and their forms into one vector each.
  private func join() {
    let values = ExtensionVector(zeros: vectorLength)
    let weights = ExtensionVector(zeros: vectorLength)
    let share = Fp3(Fp(2).power(UInt64(lanePoint.count)).inverse)
    for (group, pieces) in zip(witness.committed, layout.committed) {
      group.folded.place(pieces, in: values)
      let rows = pieces[0].offset..<pieces[0].offset + group.weights.count
      weights[rows].assignProduct(share, group.weights)
    }
    if let cells = witness.cells {
      let rows = layout.witness[0].offset..<layout.witness[0].offset + 1 << layout.witness[0].log
      let lane = product.values
      values[rows].assign(lane)
      weights[rows].assign(product.weights)
      if masked != nil { lane.wipe() }
      foldTails(cells.tails, into: values)
    }
    product = ProductRounds(values, weights, length: 1 << layout.log)
  }

  /// The tail of the witness's folded lane, with the mask of the rounds added.
  private func foldTails(_ tails: BaseVector, into values: ExtensionVector) {
    guard let shape = parameters.witness?.shape, shape.tail > 0 else { return }
    let folded = ExtensionVector(zeros: shape.tail)
    let fold = Contraction(length: shape.lanes, inner: shape.tail)
    fold(ExtensionVector.equalityTable(at: lanePoint, count: shape.lanes), tails, into: folded)
    if let masks = masked?.masks {
      folded.plane(0).assignSum(folded.plane(0), masks.rounds)
    }
    for piece in layout.witness.dropFirst() {
      let start = piece.exponent - shape.rows
      values[piece.offset..<piece.offset + 1 << piece.log]
        .assign(folded[start..<start + 1 << piece.log])
    }
    folded.wipe()
  }

  public func digest(_ label: MessageLabel) -> Digest {
    let shape = parameters.rounds[roots]
    roots += 1
    let commitment = MatrixCommitment(
      messages: product.values[0..<shape.lanes << shape.rowsLog], lanes: shape.lanes,
      domainLog: shape.domainLog)
    next = OpenedOracle([commitment], shape.domainLog, FoldedLayout.whole(log: shape.rowsLog))
    return commitment.root
  }

  public func learn(_ label: MessageLabel, indices drawn: [Int]) {
    indices = Multiproof(depth: 0, positions: drawn).positions
    openedCount = 0
    opened = oracles.flatMap { oracle in
      let proof = Multiproof(
        depth: oracle.domainLog, positions: indices.map { oracle.position($0) })
      return oracle.copies.map { ($0, proof) }
    }
  }

  public func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    let (matrix, proof) = opened[openedCount]
    return proof.leaves(of: matrix)
  }

  public func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    let (matrix, proof) = opened[openedCount]
    openedCount += 1
    return proof.siblings(of: matrix)
  }

  /// Adds the forms of the opened positions to the form: that of an oracle is a multiple of that of
  /// another one whose code is as long.
  private func combine(_ combiner: Fp3) {
    let powers = Univariate.powers(of: combiner, count: indices.count)
    let step = combiner.power(UInt64(indices.count))
    let factors = Univariate.powers(of: step, count: oracles.count).map { $0 * combiner }
    for (domainLog, equals) in Dictionary(grouping: zip(oracles, factors), by: \.0.domainLog) {
      let form = ExtensionVector(
        positions: zip(indices, powers).map { ($0 & (1 << domainLog - 1), $1) },
        domainLog: domainLog, length: equals.map { $0.0.messageLength }.max() ?? 0)
      for (oracle, factor) in equals { oracle.add(factor, form, to: product.weights) }
    }
    oracles = [next].compactMap { $0 }
  }
}
