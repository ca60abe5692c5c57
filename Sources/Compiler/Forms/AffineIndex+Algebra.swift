import ConstraintSystem

/// Arithmetic of positions.
extension AffineIndex {
  /// The sum of `coefficients[i]`·i; those that are zero are left out.
  init(constant: Int, coefficients: [Int: Int]) {
    self.init(
      constant: constant,
      terms: coefficients.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        .map { Term(index: $0.key, coefficient: $0.value) })
  }

  /// The position with every index replaced.
  func substituting(_ replacement: (Int) -> AffineIndex) -> AffineIndex {
    var constant = constant
    var coefficients: [Int: Int] = [:]
    for term in terms {
      let part = replacement(term.index)
      constant += term.coefficient * part.constant
      for inner in part.terms {
        coefficients[inner.index, default: 0] += term.coefficient * inner.coefficient
      }
    }
    return AffineIndex(constant: constant, coefficients: coefficients)
  }

  /// The values that the position takes where each index runs from 0 up to its size. Far beyond all
  /// extents they are cut off.
  func range(_ size: (Int) -> Int) -> ClosedRange<Int> {
    let limit = 1 << 60
    var (low, high) = (constant, constant)
    for term in terms {
      let (product, overflow) = term.coefficient.multipliedReportingOverflow(
        by: max(size(term.index) - 1, 0))
      let reach = overflow ? (term.coefficient < 0 ? -limit : limit) : product
      low = max(low + max(min(reach, 0), -limit), -limit)
      high = min(high + min(max(reach, 0), limit), limit)
    }
    return low...high
  }
}

extension [AffineIndex] {
  /// All indices that the positions use, ascending.
  var usedIndices: [Int] { Set(flatMap { $0.terms.map(\.index) }).sorted() }

  func substituting(_ replacement: (Int) -> AffineIndex) -> [AffineIndex] {
    map { $0.substituting(replacement) }
  }

  /// Whether no position leaves `shape`, for all values of the indices.
  func stayInside(_ shape: [Int], _ size: (Int) -> Int) -> Bool {
    zip(self, shape).allSatisfy { position, extent in
      let range = position.range(size)
      return range.lowerBound >= 0 && range.upperBound < extent
    }
  }

  /// An element's own place in a value of a shape; along an axis of one element that is 0.
  static func identity(_ shape: [Int]) -> [AffineIndex] {
    shape.indices.map { shape[$0] == 1 ? AffineIndex() : AffineIndex(index: $0) }
  }

  /// The same positions without indices that have one value.
  func withoutSingle(_ size: (Int) -> Int) -> [AffineIndex] {
    substituting { size($0) == 1 ? AffineIndex() : AffineIndex(index: $0) }
  }
}
