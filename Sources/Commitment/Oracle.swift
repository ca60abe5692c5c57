import FieldArithmetic
import Hashing
import Polynomials
import Transcript

/// A committed interleaved codeword whose lanes are folded: the verifier's means to learn values of
/// the folded lane's polynomial.
struct Oracle {
  let root: Digest
  /// Where the folded lane lies in the vector.
  let pieces: [FoldedLayout.Piece]
  /// The logarithm of the length of the vector that holds the folded lane.
  let vectorLog: Int
  /// The logarithm of the codeword's length.
  let domainLog: Int
  /// The number of positions that are opened.
  let queries: Int
  /// What each lane counts.
  let laneWeights: [Fp3]
  /// The number of elements of F in an entry of a lane: one, or three coordinates. A leaf holds
  /// the lanes' first coordinates, then their second ones, then their third ones.
  let degree: Int
  /// What is added to the folded lane; nil if nothing is.
  let mask: Mask?

  /// What hides a folded lane: the vector is the lane, times a factor, plus the mask.
  enum Mask {
    /// A group's last lanes are the mask, then the mask of the rounds, then that one's own mask. The
    /// sum of the last two, the former one times the factor, is the polynomial with the coefficients
    /// `vector`.
    case lanes(factor: Fp3, vector: [Fp3])
    /// The mask has a commitment of its own, opened at the same positions.
    case tree(root: Digest, factor: Fp3)
  }

  /// The value of the folded lane's polynomial at a point.
  struct Answer {
    let x: Fp
    let value: Fp3
  }

  init(
    group: OpeningParameters.Group, root: Digest, pieces: [FoldedLayout.Piece], vectorLog: Int,
    lanePoint: [Fp3], mask: Mask? = nil
  ) {
    self.root = root
    self.pieces = pieces
    self.vectorLog = vectorLog
    domainLog = group.domainLog
    queries = group.queries
    laneWeights = Multilinear.equalityTable(at: lanePoint, count: group.shape.lanes)
    degree = 1
    self.mask = mask
  }

  init(round: OpeningParameters.Round, root: Digest, lanePoint: [Fp3]) {
    self.root = root
    pieces = FoldedLayout.whole(log: round.rowsLog)
    vectorLog = round.rowsLog
    domainLog = round.domainLog
    queries = round.queries
    laneWeights = Multilinear.equalityTable(at: lanePoint, count: round.lanes)
    degree = Fp3.degree
    mask = nil
  }

  /// The number of elements of F in a leaf.
  private var width: Int {
    guard case .lanes = mask else { return laneWeights.count * degree }
    return laneWeights.count * degree + OpeningParameters.Hiding.witnessLanes
  }

  /// Draws positions and reads what the commitment holds there.
  ///
  /// The lengths of what is read follow from the positions, so that there is one encoding only.
  func open<C: ReadingContext & ~Copyable>(_ context: inout C) throws(ProofError) -> [Answer] {
    let drawn = context.queryIndices(.openingQueries, count: queries, bits: domainLog)
    let proof = Multiproof(depth: domainLog, positions: drawn)
    let leaves = try Leaves(
      &context, proof, root: root, width: width, .openingLeaves, .openingSiblings)
    var masks: Leaves?
    if case .tree(let root, _) = mask {
      masks = try Leaves(
        &context, proof, root: root, width: OpeningParameters.Hiding.modelLanes,
        .openingMaskLeaves, .openingMaskSiblings)
    }
    let domain = EvaluationDomain(log: domainLog)
    var answers: [Answer] = []
    for (i, position) in proof.positions.enumerated() {
      let x = domain.point(position)
      var value = folded(leaves[i].prefix(laneWeights.count * degree))
      switch mask {
      case nil: break
      case .tree(_, let factor): value = factor * value + (masks?[i].element(0) ?? .zero)
      case .lanes(let factor, let vector):
        let masks = leaves[i].suffix(OpeningParameters.Hiding.witnessLanes)
        value = factor * value + masks.element(0)
        let sum = factor * masks.element(1) + masks.element(2)
        try context.require(Univariate.value(of: vector, at: x) == sum, .openingMaskVector)
      }
      answers.append(Answer(x: x, value: value))
    }
    return answers
  }

  private func folded(_ leaf: ArraySlice<Fp>) -> Fp3 {
    guard degree == Fp3.degree else { return innerProduct(laneWeights, leaf) }
    let lanes = laneWeights.count
    var sum = Fp3.zero
    for (lane, weight) in laneWeights.enumerated() {
      let first = leaf.startIndex + lane
      sum += weight * Fp3(leaf[first], leaf[first + lanes], leaf[first + 2 * lanes])
    }
    return sum
  }

  /// The value at a point of the folded lane's polynomial, taken from the vector.
  func value(of vector: [Fp3], at x: Fp) -> Fp3 {
    var sum = Fp3.zero
    for piece in pieces {
      let part = vector[piece.offset..<piece.offset + (1 << piece.log)]
      sum += Univariate.value(of: part, at: x) * x.power(UInt64(piece.exponent))
    }
    return sum
  }
}

/// Opened leaves of a commitment.
private struct Leaves {
  private let elements: [Fp]
  private let width: Int

  /// Reads the leaves at a proof's positions, and checks them.
  init<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ proof: Multiproof, root: Digest, width: Int, _ label: MessageLabel,
    _ siblingsLabel: MessageLabel
  ) throws(ProofError) {
    self.width = width
    elements = try context.hintElements(label, count: width * proof.positions.count)
    let siblings = try context.hintDigests(siblingsLabel, count: proof.siblings.count)
    var leaves: [Digest] = []
    for i in proof.positions.indices { leaves.append(MerkleHash.leaf(self[i])) }
    try context.require(proof.root(leaves: leaves, siblings: siblings) == root, .merklePath)
  }

  /// The i-th leaf.
  subscript(i: Int) -> ArraySlice<Fp> { elements[i * width..<(i + 1) * width] }
}

extension ArraySlice<Fp> {
  /// The i-th element of E, of three coordinates in a row.
  fileprivate func element(_ i: Int) -> Fp3 {
    let first = startIndex + Fp3.degree * i
    return Fp3(self[first], self[first + 1], self[first + 2])
  }
}
