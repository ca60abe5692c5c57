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

  /// The value of the folded lane's polynomial at a point.
  struct Answer {
    let x: Fp
    let value: Fp3
  }

  init(
    group: OpeningParameters.Group, root: Digest, pieces: [FoldedLayout.Piece], vectorLog: Int,
    lanePoint: [Fp3]
  ) {
    self.root = root
    self.pieces = pieces
    self.vectorLog = vectorLog
    domainLog = group.domainLog
    queries = group.queries
    laneWeights = Multilinear.equalityTable(at: lanePoint, count: group.shape.lanes)
    degree = 1
  }

  init(round: OpeningParameters.Round, root: Digest, lanePoint: [Fp3]) {
    self.root = root
    pieces = FoldedLayout.whole(log: round.rowsLog)
    vectorLog = round.rowsLog
    domainLog = round.domainLog
    queries = round.queries
    laneWeights = Multilinear.equalityTable(at: lanePoint)
    degree = Fp3.degree
  }

  /// Draws positions and reads what the commitment holds there.
  ///
  /// The lengths of what is read follow from the positions, so that there is one encoding only.
  func open<C: ReadingContext & ~Copyable>(_ context: inout C) throws(ProofError) -> [Answer] {
    let drawn = context.queryIndices(.openingQueries, count: queries, bits: domainLog)
    let proof = Multiproof(depth: domainLog, positions: drawn)
    let width = laneWeights.count * degree
    let elements = try context.hintElements(
      .openingLeaves, count: width * proof.positions.count)
    let siblings = try context.hintDigests(.openingSiblings, count: proof.siblings.count)
    let domain = EvaluationDomain(log: domainLog)
    var leaves: [Digest] = []
    var answers: [Answer] = []
    for (i, position) in proof.positions.enumerated() {
      let leaf = elements[i * width..<(i + 1) * width]
      leaves.append(MerkleHash.leaf(leaf))
      answers.append(Answer(x: domain.point(position), value: folded(leaf)))
    }
    try context.require(proof.root(leaves: leaves, siblings: siblings) == root, .merklePath)
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
