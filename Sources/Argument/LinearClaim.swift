import ConstraintSystem
import FieldArithmetic
import Transcript

/// coefficient·⟨T, a₁ ⊗ … ⊗ a_d⟩, one vector for each axis of a tensor (`Paper/` section 6).
///
/// Evaluations, sums, slices and the shifted reads of convolutions are all of this form.
public struct RankOneTerm: Equatable, Sendable {
  /// A tensor of the system, or `tensors.count` + t for the multiplicities of table t, public or of rows.
  public var tensor: Int
  public var coefficient: Fp3
  public var vectors: [AxisWeights]

  public init(tensor: Int, coefficient: Fp3, vectors: [AxisWeights]) {
    self.tensor = tensor
    self.coefficient = coefficient
    self.vectors = vectors
  }

  var isZero: Bool { coefficient == .zero || vectors.contains { $0.isEmpty } }
}

/// Σ of terms = value.
public struct LinearClaim<Value: AffineValue> {
  public var terms: [RankOneTerm]
  public var value: Value

  public init(terms: [RankOneTerm] = [], value: Value) {
    self.terms = terms
    self.value = value
  }
}

/// Adds up rank-one terms; those on public tensors and the constants are computed at once.
struct FormBuilder {
  let statement: Statement
  private(set) var terms: [RankOneTerm] = []
  /// What is known of the form: constants and public tensors.
  private(set) var known = Fp3.zero

  init(_ statement: Statement) { self.statement = statement }

  mutating func addKnown(_ value: Fp3) { known += value }

  mutating func add(_ term: RankOneTerm) {
    if term.isZero { return }
    if let values = statement.publicValues(of: term.tensor) {
      let shape = statement.layout.shape(of: term.tensor)
      known += term.coefficient * contract(values, shape, term.vectors.map { $0.vector })
    } else {
      terms.append(term)
    }
  }

  /// Adds scale · Σ over the indices of Π weights · expression.
  /// - Parameter weights: for each index of the statement its weights, nil for an index that takes
  ///   no part.
  mutating func add(_ expression: LinearExpression, weights: IndexWeights, scale: Fp3) {
    if expression.constant != 0 {
      known += scale * Fp3(expression.constant) * weights.sum(except: 0)
    }
    for term in expression.terms {
      add(rankOne(term.read, weights, scale * Fp3(term.coefficient), statement.layout))
    }
  }
}

/// Σ over the indices of Π weights · read, as a term on the tensor.
func rankOne(
  _ read: TensorRead, _ weights: IndexWeights, _ scale: Fp3, _ layout: Layout
) -> RankOneTerm {
  let shape = layout.shape(of: read.tensor)
  let isModel = layout.isModel(read.tensor)
  var used: UInt64 = 0
  var vectors: [AxisWeights] = []
  vectors.reserveCapacity(shape.count)
  for (axis, position) in read.positions.enumerated() {
    for term in position.terms { used |= 1 << UInt64(term.index) }
    if isModel && axis == 0, let blocks = weights.laneBlocks {
      vectors.append(.factored(blocks.clamped(to: shape[0])))
    } else {
      vectors.append(weights.along(position).clamped(to: shape[axis]))
    }
  }
  return RankOneTerm(
    tensor: read.tensor, coefficient: scale * weights.sum(except: used), vectors: vectors)
}

/// The weights of the values that an affine position takes, an index's weights being its vector.
public func axisVector(_ position: AffineIndex, _ weights: [AxisVector?]) -> AxisVector {
  axisVector(position) { weights[$0] }
}

/// The same with the vectors as a function of the index.
///
/// The small coefficients come first, so that what is summed up grows as late as it can: rows of a
/// matrix that lie one behind the other take as many steps as the matrix has cells.
func axisVector(_ position: AffineIndex, _ weights: (Int) -> AxisVector?) -> AxisVector {
  var result = AxisVector(start: position.constant, [.one])
  for term in position.termsByMagnitude {
    result = result.convolved(
      with: weights(term.index) ?? AxisVector([]), factor: term.coefficient)
  }
  return result
}

/// ⟨values, ⊗ vectors⟩ of a row-major array.
func contract(_ values: [Fp], _ shape: [Int], _ vectors: [AxisVector]) -> Fp3 {
  func level(_ axis: Int, _ offset: Int) -> Fp3 {
    guard axis < shape.count else { return Fp3(values[offset]) }
    let vector = vectors[axis]
    var sum = Fp3.zero
    for i in vector.start..<vector.end {
      let next = offset * shape[axis] + i
      if axis == shape.count - 1 {
        sum += vector.values[i - vector.start] * values[next]
      } else {
        sum += vector.values[i - vector.start] * level(axis + 1, next)
      }
    }
    return sum
  }
  return level(0, 0)
}
