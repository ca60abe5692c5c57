import ConstraintSystem

/// A product of two factors summed over indices, computed as matrix products: one for each value of
/// the batch indices, which both factors read.
struct Contraction: Sendable {
  /// The indices by the part they play.
  private struct Roles {
    var batch: [Int] = []
    var rows: [Int] = []
    var columns: [Int] = []
    var inner: [Int]

    /// Indices that neither factor reads count as rows.
    init(_ term: Equality.Term, domainRank: Int) {
      let used = term.factors.map { factor in
        Set(factor.terms.flatMap { $0.read.positions.flatMap { $0.terms.map(\.index) } })
      }
      inner = term.summed
      for index in 0..<domainRank {
        switch (used[0].contains(index), used[1].contains(index)) {
        case (true, true): batch.append(index)
        case (false, true): columns.append(index)
        default: rows.append(index)
        }
      }
    }
  }

  /// Below this many products a contraction is not worth its preparation.
  private static let leastWork = 64

  let coefficient: Int64
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

  /// Nil where a matrix product can't compute the term exactly, or has no advantage.
  init?(
    _ term: Equality.Term, indices: [StatementIndex], domainRank: Int, tensors: TensorElements
  ) throws(MalformedRead) {
    guard term.factors.count == 2, term.factors.contains(where: { !$0.terms.isEmpty }) else {
      return nil
    }
    let roles = Roles(term, domainRank: domainRank)
    let size = { (list: [Int]) in list.reduce(1) { $0 * indices[$1].size } }
    let (rows, columns) = (size(roles.rows), size(roles.columns))
    inner = size(roles.inner)
    batch = size(roles.batch)
    guard inner > 1, rows * columns > 1, batch * rows * columns * inner >= Self.leastWork,
      Self.isExact(term, indices: indices, tensors: tensors)
    else { return nil }
    let best = try Self.layout(term, roles, rows, columns, indices: indices, tensors: tensors)
    coefficient = Int64(term.coefficient)
    left = best.left
    right = best.right
    batchIndices = roles.batch
    self.indices = indices
    let offsets = { Self.offsets($0, indices: indices, domainRank: domainRank) }
    batchOffsets = offsets(roles.batch)
    rowOffsets = offsets(best.swapped ? roles.columns : roles.rows)
    columnOffsets = offsets(best.swapped ? roles.rows : roles.columns)
  }

  private static func isExact(
    _ term: Equality.Term, indices: [StatementIndex], tensors: TensorElements
  ) -> Bool {
    var unscaled = term
    unscaled.coefficient = 1
    return [false, true].contains { actual in
      Magnitude.bound(unscaled, indices: indices, tensors: tensors, actual: actual)
        < Magnitude.exactInDouble
    }
  }

  /// The layout whose matrices are gathered in the least time.
  private static func layout(
    _ term: Equality.Term, _ roles: Roles, _ rows: Int, _ columns: Int,
    indices: [StatementIndex], tensors: TensorElements
  ) throws(MalformedRead) -> Layout {
    let layouts = try layouts(term, roles, indices: indices, tensors: tensors)
    let costs = layouts.map { layout in
      let (m, n) = layout.swapped ? (columns, rows) : (rows, columns)
      return Double(m) * layout.left.costPerElement + Double(n) * layout.right.costPerElement
    }
    guard let best = costs.indices.min(by: { costs[$0] < costs[$1] }) else {
      throw MalformedRead(reason: "a product of constants is summed")
    }
    return layouts[best]
  }

  private struct Layout {
    var left: ContractionOperand
    var right: ContractionOperand
    var swapped: Bool
  }

  /// Either factor on the left, with the inner indices in the order of either factor's memory.
  private static func layouts(
    _ term: Equality.Term, _ roles: Roles, indices: [StatementIndex], tensors: TensorElements
  ) throws(MalformedRead) -> [Layout] {
    var result: [Layout] = []
    for leader in term.factors {
      guard let read = leader.terms.first?.read else { continue }
      let strides = try StridedRead(
        read, shape: tensors.declarations[read.tensor].shape, indices: indices
      ).strides
      let order = roles.inner.sorted { strides[$0].magnitude > strides[$1].magnitude }
      for swapped in [false, true] {
        let rows = swapped ? roles.columns : roles.rows
        let columns = swapped ? roles.rows : roles.columns
        let left = try ContractionOperand(
          term.factors[swapped ? 1 : 0], space: rows + order, indices: indices, tensors: tensors)
        let right = try ContractionOperand(
          term.factors[swapped ? 0 : 1], space: order + columns, indices: indices,
          tensors: tensors)
        result.append(Layout(left: left, right: right, swapped: swapped))
      }
    }
    return result
  }

  /// The row-major positions in the domain of all values of some of its indices.
  private static func offsets(
    _ list: [Int], indices: [StatementIndex], domainRank: Int
  ) -> [Int] {
    var strides = [Int](repeating: 1, count: indices.count)
    for index in (0..<max(0, domainRank - 1)).reversed() {
      strides[index] = strides[index + 1] * indices[index + 1].size
    }
    return list.reduce([0]) { offsets, index in
      offsets.flatMap { offset in
        (0..<indices[index].size).map { offset + $0 * strides[index] }
      }
    }
  }
}
