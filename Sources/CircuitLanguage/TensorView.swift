import ConstraintSystem

/// A logical array of integers: what a layer reads.
///
/// Its axes are made of *digits*, the most significant first, and its value is a sum of products of
/// tensor reads whose positions are affine in the digits. So a reshape, a transposition, a slice or
/// a concatenation is another view of the same tensors. A *virtual* view is an accumulator: it is
/// written out wherever it is used, and never committed.
public struct TensorView: Sendable {
  public internal(set) var shape: [Int]
  /// Every value lies in it.
  public internal(set) var range: ClosedRange<Int>
  /// A value v stands for the real number v·2^−fractionalBits.
  public var fractionalBits: Int
  /// Whether this is an accumulator rather than a rearrangement of committed or public tensors.
  public internal(set) var isVirtual: Bool
  /// The index of the tensor that this is all of, in order, if it is.
  public internal(set) var tensor: Int?

  /// Sizes of the digits.
  var digits: [Int]
  /// For each axis, positions in `digits`, the most significant first; an axis of size 1 may have
  /// none.
  var axes: [[Int]]
  /// The value; its indices are the digits, followed by the summed ones.
  var terms: [Equality.Term]
  /// Sizes of the indices that the terms sum over.
  var summed: [Int]
  /// Tells views apart: two with the same number have the same terms.
  var identity: Int

  /// Whether the same values are there several times along some axes.
  public func repeats(along axes: Range<Int>) -> Bool {
    axes.flatMap { self.axes[$0] }.contains { digit in
      digits[digit] > 1
        && !terms.contains { term in
          term.factors.contains { factor in
            factor.terms.contains { read in
              read.read.positions.contains { $0.terms.contains { $0.index == digit } }
            }
          }
        }
    }
  }

  /// The number of values.
  public var count: Int { shape.reduce(1, *) }

  /// Whether the value is a linear expression of reads, without a product or a sum over an index.
  public var isLinear: Bool { terms.allSatisfy { $0.factors.count == 1 && $0.summed.isEmpty } }

  /// The linear expression that the view is, when it is one.
  var linear: LinearExpression? {
    guard isLinear else { return nil }
    var sum = LinearSum()
    for term in terms where !sum.add(term.factors[0], times: term.coefficient) { return nil }
    return sum.expression
  }

  /// All of a tensor.
  init(tensor: Int, declaration: TensorDeclaration, identity: Int) {
    let positions = declaration.shape.indices.map { AffineIndex(index: $0) }
    shape = declaration.shape
    range = declaration.range
    fractionalBits = declaration.fractionalBits
    isVirtual = false
    self.tensor = tensor
    digits = declaration.shape
    axes = declaration.shape.indices.map { [$0] }
    terms = [
      .init(coefficient: 1, factors: [.init(TensorRead(tensor: tensor, positions: positions))])
    ]
    summed = []
    self.identity = identity
  }

  /// The digits of an axis that has values to tell apart.
  func significantDigits(of axis: Int) -> [Int] { axes[axis].filter { digits[$0] > 1 } }

  /// The values are those of another view, moved about, or zero outside of it. The range that its
  /// terms add up to may be wider: of a concatenation's parts only one is not zero at a position.
  mutating func narrowRange(to source: TensorView) {
    let low = max(range.lowerBound, min(source.range.lowerBound, 0))
    let high = min(range.upperBound, max(source.range.upperBound, 0))
    if low <= high { range = low...high }
  }

  /// The place values that separate the digits of an axis, without 1 and the size.
  func cuts(of axis: Int) -> Set<Int> {
    var place = 1
    var cuts: Set<Int> = []
    for digit in axes[axis].reversed() {
      if place > 1, place < shape[axis] { cuts.insert(place) }
      place *= digits[digit]
    }
    return cuts
  }
}

extension LinearExpression {
  /// nil when a coefficient leaves 64 bits.
  func multiplied(by factor: Int) -> LinearExpression? {
    if factor == 0 { return LinearExpression() }
    let (constant, overflow) = self.constant.multipliedReportingOverflow(by: factor)
    if overflow { return nil }
    var result = LinearExpression(constant: constant)
    for term in terms {
      let (coefficient, overflow) = term.coefficient.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result.terms.append(.init(coefficient: coefficient, read: term.read))
    }
    return result
  }

  /// The sum, equal reads being brought together; nil when a coefficient leaves 64 bits.
  func adding(_ other: LinearExpression) -> LinearExpression? {
    var sum = LinearSum(self)
    return sum.add(other, times: 1) ? sum.expression : nil
  }
}

/// Linear expressions that are added up, equal reads being brought together.
struct LinearSum {
  private var constant = 0
  private var terms: [LinearExpression.Term] = []
  private var places: [TensorRead: Int] = [:]

  init() {}

  init(_ expression: LinearExpression) {
    constant = expression.constant
    terms = expression.terms
    for (place, term) in terms.enumerated() where places[term.read] == nil {
      places[term.read] = place
    }
  }

  /// Returns whether all coefficients stay in 64 bits.
  mutating func add(_ expression: LinearExpression, times factor: Int) -> Bool {
    guard factor != 0 else { return true }
    guard Self.add(expression.constant, times: factor, to: &constant) else { return false }
    for term in expression.terms {
      if let place = places[term.read] {
        guard Self.add(term.coefficient, times: factor, to: &terms[place].coefficient) else {
          return false
        }
        continue
      }
      places[term.read] = terms.count
      terms.append(.init(coefficient: 0, read: term.read))
      guard Self.add(term.coefficient, times: factor, to: &terms[terms.count - 1].coefficient)
      else { return false }
    }
    return true
  }

  private static func add(_ value: Int, times factor: Int, to sum: inout Int) -> Bool {
    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
    let (next, beyond) = sum.addingReportingOverflow(product)
    sum = next
    return !overflow && !beyond
  }

  var expression: LinearExpression {
    LinearExpression(constant: constant, terms: terms.filter { $0.coefficient != 0 })
  }
}

/// Replaces indices by affine functions of others.
struct IndexSubstitution {
  /// What stands for each of the old indices.
  let values: [AffineIndex]

  func apply(_ position: AffineIndex) -> AffineIndex {
    var result = AffineIndex(constant: position.constant)
    for term in position.terms {
      result = result.adding(values[term.index], times: term.coefficient)
    }
    return result
  }

  func apply(_ read: TensorRead) -> TensorRead {
    TensorRead(tensor: read.tensor, positions: read.positions.map(apply))
  }

  func apply(_ expression: LinearExpression) -> LinearExpression {
    LinearExpression(
      constant: expression.constant,
      terms: expression.terms.map { .init(coefficient: $0.coefficient, read: apply($0.read)) })
  }

  /// Summed indices must be replaced by single indices.
  func apply(_ term: Equality.Term) -> Equality.Term {
    Equality.Term(
      coefficient: term.coefficient, summed: term.summed.map { values[$0].terms[0].index },
      factors: term.factors.map(apply))
  }
}

extension AffineIndex {
  func adding(_ other: AffineIndex, times factor: Int) -> AffineIndex {
    var coefficients: [Int: Int] = [:]
    for term in terms { coefficients[term.index] = term.coefficient }
    for term in other.terms { coefficients[term.index, default: 0] += factor * term.coefficient }
    return AffineIndex(
      constant: constant + factor * other.constant,
      terms: coefficients.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map {
        Term(index: $0.key, coefficient: $0.value)
      })
  }
}
