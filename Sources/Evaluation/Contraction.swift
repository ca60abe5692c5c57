import ConstraintSystem

/// A product of two factors summed over indices, computed as matrix products in double precision: one
/// for each value of the batch indices, which both factors read.
package struct Contraction<Element: LaneElement>: Sendable {
  /// A contraction as its user says it.
  package struct Term {
    package var coefficient: Element
    /// Which the sum runs over.
    package var summed: [Int]
    package var factors: (ContractionFactor, ContractionFactor)

    package init(
      coefficient: Element, summed: [Int], factors: (ContractionFactor, ContractionFactor)
    ) {
      self.coefficient = coefficient
      self.summed = summed
      self.factors = factors
    }
  }

  let coefficient: Element
  /// Rows by inner indices.
  let left: ContractionOperand
  /// Inner indices by columns.
  let right: ContractionOperand
  let batchIndices: [Int]
  let indices: [StatementIndex]
  let batch: Int
  let inner: Int
  /// Where an element of the product goes: the offsets of its batch, its row and its column.
  let batchOffsets: [Int]
  let rowOffsets: [Int]
  let columnOffsets: [Int]

  /// The results are spanned by the indices of the domain, row-major. Integers must be so small that
  /// their sums are exact in double precision. Nil where a matrix product has no advantage.
  package init?(
    _ term: Term, indices: [StatementIndex], domain: [Int], tensors: TensorSources
  ) throws(MalformedRead) {
    let roles = ContractionRoles(
      term.factors.0.indices, term.factors.1.indices, summed: term.summed, domain: domain)
    guard roles.areWorthwhile(indices) else { return nil }
    let best = try ContractionLayout.best(term.factors, roles, indices: indices, tensors: tensors)
    coefficient = term.coefficient
    left = best.left
    right = best.right
    batchIndices = roles.batch
    self.indices = indices
    batch = indices.count(of: roles.batch)
    inner = indices.count(of: roles.inner)
    let offsets = { Self.offsets($0, indices: indices, domain: domain) }
    batchOffsets = offsets(roles.batch)
    rowOffsets = offsets(best.isSwapped ? roles.columns : roles.rows)
    columnOffsets = offsets(best.isSwapped ? roles.rows : roles.columns)
  }

  /// The row-major positions in the domain of all values of some of its indices.
  private static func offsets(
    _ list: [Int], indices: [StatementIndex], domain: [Int]
  ) -> [Int] {
    var strides = [Int](repeating: 1, count: indices.count)
    for (outer, inner) in zip(domain, domain.dropFirst()).reversed() {
      strides[outer] = strides[inner] * indices[inner].size
    }
    return list.reduce([0]) { offsets, index in
      offsets.flatMap { offset in
        (0..<indices[index].size).map { offset + $0 * strides[index] }
      }
    }
  }
}

/// The indices of a contraction by the part they play.
package struct ContractionRoles {
  /// Below this many products a contraction is not worth its preparation.
  private static let leastWork = 64

  package private(set) var batch: [Int] = []
  package private(set) var rows: [Int] = []
  package private(set) var columns: [Int] = []
  package let inner: [Int]

  /// Of factors that depend on the given indices. Indices that neither reads count as rows.
  package init(_ left: Set<Int>, _ right: Set<Int>, summed: [Int], domain: [Int]) {
    inner = summed
    for index in domain {
      switch (left.contains(index), right.contains(index)) {
      case (true, true): batch.append(index)
      case (false, true): columns.append(index)
      default: rows.append(index)
      }
    }
  }

  /// Whether matrix products are faster than one product after the other.
  package func areWorthwhile(_ indices: [StatementIndex]) -> Bool {
    let (rows, columns) = (indices.count(of: rows), indices.count(of: columns))
    let inner = indices.count(of: inner)
    return inner > 1 && rows * columns > 1
      && indices.count(of: batch) * rows * columns * inner >= Self.leastWork
  }
}

extension [StatementIndex] {
  /// How many values some of the indices have together.
  package func count(of list: [Int]) -> Int { list.reduce(1) { $0 * self[$1].size } }
}

/// Which factor is on the left, and the order of the inner indices.
struct ContractionLayout {
  var left: ContractionOperand
  var right: ContractionOperand
  var isSwapped: Bool

  typealias Factors = (ContractionFactor, ContractionFactor)

  /// The layout whose matrices are gathered in the least time.
  static func best(
    _ factors: Factors, _ roles: ContractionRoles, indices: [StatementIndex],
    tensors: TensorSources
  ) throws(MalformedRead) -> ContractionLayout {
    let layouts = try all(factors, roles, indices: indices, tensors: tensors)
    let (rows, columns) = (indices.count(of: roles.rows), indices.count(of: roles.columns))
    let costs = layouts.map { layout in
      let (m, n) = layout.isSwapped ? (columns, rows) : (rows, columns)
      return Double(m) * layout.left.costPerElement + Double(n) * layout.right.costPerElement
    }
    guard let best = costs.indices.min(by: { costs[$0] < costs[$1] }) else {
      throw MalformedRead(reason: "a product of constants is summed")
    }
    return layouts[best]
  }

  /// Either factor on the left, with the inner indices in the order of either factor's memory.
  private static func all(
    _ factors: Factors, _ roles: ContractionRoles, indices: [StatementIndex],
    tensors: TensorSources
  ) throws(MalformedRead) -> [ContractionLayout] {
    var result: [ContractionLayout] = []
    for leader in [factors.0, factors.1] {
      guard let read = leader.terms.first?.read else { continue }
      let strides = try StridedRead(
        read, shape: tensors.shape(of: read.tensor) ?? [], indices: indices
      ).strides
      let order = roles.inner.sorted { strides[$0].magnitude > strides[$1].magnitude }
      for isSwapped in [false, true] {
        let (first, second) = isSwapped ? (factors.1, factors.0) : factors
        let rows = isSwapped ? roles.columns : roles.rows
        let columns = isSwapped ? roles.rows : roles.columns
        let left = try ContractionOperand(
          first, space: rows + order, indices: indices, tensors: tensors)
        let right = try ContractionOperand(
          second, space: order + columns, indices: indices, tensors: tensors)
        result.append(ContractionLayout(left: left, right: right, isSwapped: isSwapped))
      }
    }
    return result
  }
}
