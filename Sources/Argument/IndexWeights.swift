import ConstraintSystem
import FieldArithmetic

/// The weights of the indices in a sum over all of their values (`Paper/` section 6.2).
struct IndexWeights {
  /// nil for an index that takes no part in the sum.
  private(set) var vectors: [FactoredVector?]
  /// In place of the lane index's weights where a model tensor is read: the weights of the row
  /// blocks, the lanes themselves being folded by the commitment.
  let laneBlocks: FactoredVector?
  /// The sums of the vectors.
  private(set) var sums: [Fp3]

  init(_ vectors: [FactoredVector?], laneBlocks: FactoredVector? = nil) {
    self.vectors = vectors
    self.laneBlocks = laneBlocks
    sums = vectors.map { $0?.sum ?? .one }
  }

  /// Π over the taking-part indices that are not in a set, one bit for each, of the sum of the
  /// weights.
  func sum(except used: UInt64) -> Fp3 {
    var product = Fp3.one
    for (index, sum) in sums.enumerated() where used >> UInt64(index) & 1 == 0 { product *= sum }
    return product
  }

  /// The weights of the values that a position takes.
  func along(_ position: AffineIndex) -> AxisWeights {
    if position.terms.count == 1, position.terms[0].coefficient == 1,
      let vector = vectors[position.terms[0].index]
    {
      return .factored(vector.shifted(by: position.constant))
    }
    return .values(axisVector(position) { vectors[$0]?.vector })
  }

  /// The weights of some of the indices, the others taking no part.
  func restricted(to isChosen: (Int) -> Bool) -> IndexWeights {
    var result = self
    for index in vectors.indices where !isChosen(index) {
      result.vectors[index] = nil
      result.sums[index] = .one
    }
    return result
  }

  /// Replaces what an index counts.
  mutating func set(_ vector: FactoredVector, of index: Int) {
    vectors[index] = vector
    sums[index] = vector.sum
  }
}
