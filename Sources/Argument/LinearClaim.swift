import ConstraintSystem
import FieldArithmetic
import Transcript

/// coefficient·⟨T, a₁ ⊗ … ⊗ a_d⟩, one vector for each axis of a tensor (`Paper/` section 6).
///
/// Evaluations, sums, slices and the shifted reads of convolutions are all of this form.
public struct RankOneTerm: Equatable, Sendable {
  /// A tensor of the system, or `tensors.count` + t for the multiplicities of table t.
  public var tensor: Int
  public var coefficient: Fp3
  public var vectors: [AxisVector]

  public init(tensor: Int, coefficient: Fp3, vectors: [AxisVector]) {
    self.tensor = tensor
    self.coefficient = coefficient
    self.vectors = vectors
  }

  var isZero: Bool { coefficient == .zero || vectors.contains { $0.values.isEmpty } }
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
      known += term.coefficient * contract(values, shape, term.vectors)
    } else {
      terms.append(term)
    }
  }

  /// Adds scale · Σ over the indices of Π weights · expression.
  /// - Parameter weights: for each index of the statement its weights, nil for an index that takes
  ///   no part.
  mutating func add(_ expression: LinearExpression, weights: IndexWeights, scale: Fp3) {
    if expression.constant != 0 {
      known += scale * Fp3(expression.constant) * weights.sum(except: [])
    }
    for term in expression.terms {
      add(rankOne(term.read, weights, scale * Fp3(term.coefficient), statement.layout))
    }
  }
}

/// The weights of the indices in a sum over all of their values.
struct IndexWeights {
  /// nil for an index that takes no part in the sum.
  var vectors: [AxisVector?]
  /// In place of the lane index's weights where a model tensor is read: the weights of the row
  /// blocks, the lanes themselves being folded by the commitment.
  var laneBlocks: AxisVector?

  /// Π over the taking-part indices that are not in `used` of the sum of the weights.
  func sum(except used: [Int]) -> Fp3 {
    var product = Fp3.one
    for (i, vector) in vectors.enumerated() where !used.contains(i) {
      if let vector { product *= vector.sum }
    }
    return product
  }
}

/// Σ over the indices of Π weights · read, as a term on the tensor.
func rankOne(
  _ read: TensorRead, _ weights: IndexWeights, _ scale: Fp3, _ layout: Layout
) -> RankOneTerm {
  let shape = layout.shape(of: read.tensor)
  let isModel = layout.isModel(read.tensor)
  var used: [Int] = []
  var vectors: [AxisVector] = []
  for (axis, position) in read.positions.enumerated() {
    used.append(contentsOf: position.terms.map { $0.index })
    if isModel && axis == 0, let blocks = weights.laneBlocks {
      vectors.append(blocks.clamped(to: shape[0]))
    } else {
      vectors.append(axisVector(position, weights.vectors).clamped(to: shape[axis]))
    }
  }
  return RankOneTerm(
    tensor: read.tensor, coefficient: scale * weights.sum(except: used), vectors: vectors)
}

/// The weights of the values that an affine position takes, an index's weights being its vector.
public func axisVector(_ position: AffineIndex, _ weights: [AxisVector?]) -> AxisVector {
  var result: AxisVector?
  for term in position.terms {
    let vector = weights[term.index] ?? AxisVector([])
    if let previous = result {
      result = previous.convolved(with: vector, factor: term.coefficient)
    } else {
      result = vector.scaled(by: term.coefficient, constant: position.constant)
    }
  }
  return result ?? AxisVector(start: position.constant, [.one])
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
