import FieldArithmetic
import Hashing
import Polynomials
import Transcript

/// Committed interleaved codewords, of which a combination of lanes is folded: the verifier's means to
/// learn values of the folded lane's polynomial.
struct Oracle {
  /// The roots of the commitments that are combined.
  let roots: [Digest]
  /// What each commitment counts.
  let copyWeights: [Fp3]
  /// What each lane counts.
  let laneWeights: [Fp3]
  /// The logarithm of the codewords' length.
  let domainLog: Int
  /// Where the folded lane lies in the vector.
  let pieces: [FoldedLayout.Piece]
  /// The logarithm of the length of the vector that holds the folded lane.
  let vectorLog: Int
  /// The number of elements of F in an entry of a lane: one, or three coordinates. A leaf holds
  /// the lanes' first coordinates, then their second ones, then their third ones.
  var degree = 1
  /// The number of lanes of masks that end a leaf.
  var maskLanes = 0
  /// Which element of the masks is added to the folded lane.
  var mask: Int?

  /// The number of elements of F in a leaf.
  var width: Int { laneWeights.count * degree + maskLanes }

  /// A position of the common domain as one of this codeword.
  func position(_ index: Int) -> Int { index & (1 << domainLog - 1) }

  func folded(_ leaf: ArraySlice<Fp>) -> Fp3 {
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

/// Oracles that are opened at the same positions.
struct OracleSet {
  /// In the order in which they are opened.
  let oracles: [Oracle]
  /// The number of positions that are drawn, and the logarithm of how many there are.
  let queries: Int
  let positionsLog: Int
  /// What folded lanes are multiplied by where they are masked; the masks are then in the leaves of
  /// the last oracle. nil if nothing is masked.
  let maskFold: Fp3?

  /// The value of a folded lane's polynomial at a point.
  struct Answer {
    let x: Fp
    let value: Fp3
  }

  /// Draws positions and reads what the commitments hold there.
  ///
  /// The lengths of what is read follow from the positions, so that there is one encoding only.
  /// - Returns: for each oracle its answers, one for each drawn position.
  func open<C: ReadingContext & ~Copyable>(_ context: inout C) throws(ProofError) -> [[Answer]] {
    let drawn = context.queryIndices(.openingQueries, count: queries, bits: positionsLog)
    let indices = Multiproof(depth: positionsLog, positions: drawn).positions
    var opened: [[Leaves]] = []
    for oracle in oracles {
      let proof = Multiproof(
        depth: oracle.domainLog, positions: indices.map { oracle.position($0) })
      var copies: [Leaves] = []
      for root in oracle.roots {
        copies.append(try Leaves(&context, proof, root: root, width: oracle.width))
      }
      opened.append(copies)
    }
    return answers(indices, opened)
  }

  private func answers(_ indices: [Int], _ opened: [[Leaves]]) -> [[Answer]] {
    var answers: [[Answer]] = []
    for (oracle, copies) in zip(oracles, opened) {
      let domain = EvaluationDomain(log: oracle.domainLog)
      var values: [Answer] = []
      for index in indices {
        let position = oracle.position(index)
        var value = Fp3.zero
        for (weight, leaves) in zip(oracle.copyWeights, copies) {
          value += weight * oracle.folded(leaves[position].dropLast(oracle.maskLanes))
        }
        value = masked(value, oracle, index, opened)
        values.append(Answer(x: domain.point(position), value: value))
      }
      answers.append(values)
    }
    return answers
  }

  private func masked(
    _ value: Fp3, _ oracle: Oracle, _ index: Int, _ opened: [[Leaves]]
  ) -> Fp3 {
    guard let maskFold, let witness = oracles.last, let leaves = opened.last?.first else {
      return value
    }
    guard let mask = oracle.mask else { return maskFold * value }
    let masks = leaves[witness.position(index)].suffix(witness.maskLanes)
    return maskFold * value + masks.element(mask)
  }
}

/// Opened leaves of a commitment.
private struct Leaves {
  private let positions: [Int]
  private let elements: [Fp]
  private let width: Int

  /// Reads the leaves at a proof's positions, and checks them.
  init<C: ReadingContext & ~Copyable>(
    _ context: inout C, _ proof: Multiproof, root: Digest, width: Int
  ) throws(ProofError) {
    self.width = width
    positions = proof.positions
    elements = try context.hintElements(.openingLeaves, count: width * proof.positions.count)
    let siblings = try context.hintDigests(.openingSiblings, count: proof.siblings.count)
    try context.require(isUnder(root, proof, siblings), .merklePath)
  }

  private func isUnder(_ root: Digest, _ proof: Multiproof, _ siblings: [Digest]) -> Bool {
    var leaves: [Digest] = []
    for i in proof.positions.indices { leaves.append(MerkleHash.leaf(leaf(i))) }
    return proof.root(leaves: leaves, siblings: siblings) == root
  }

  /// The i-th leaf.
  private func leaf(_ i: Int) -> ArraySlice<Fp> { elements[i * width..<(i + 1) * width] }

  /// The leaf at an opened position.
  subscript(position: Int) -> ArraySlice<Fp> {
    var (low, high) = (0, positions.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if positions[middle] < position { low = middle + 1 } else { high = middle }
    }
    return leaf(low)
  }
}

extension ArraySlice<Fp> {
  /// The i-th element of E, of three coordinates in a row.
  fileprivate func element(_ i: Int) -> Fp3 {
    let first = startIndex + Fp3.degree * i
    return Fp3(self[first], self[first + 1], self[first + 2])
  }
}
