import FieldArithmetic

/// Linear algebra over F.
enum Matrix {
  /// Brings rows to reduced echelon form. Returns the columns of the leading ones.
  static func reduce(_ rows: inout [[Fp]]) -> [Int] {
    var pivots: [Int] = []
    for column in 0..<(rows.first?.count ?? 0) where pivots.count < rows.count {
      guard let pivot = rows[pivots.count...].firstIndex(where: { $0[column] != .zero }) else {
        continue
      }
      rows.swapAt(pivots.count, pivot)
      let inverse = rows[pivots.count][column].inverse
      let leading = rows[pivots.count].map { $0 * inverse }
      rows[pivots.count] = leading
      for i in rows.indices where i != pivots.count && rows[i][column] != .zero {
        let factor = rows[i][column]
        for j in column..<leading.count { rows[i][j] -= factor * leading[j] }
      }
      pivots.append(column)
    }
    return pivots
  }

  static func rank(_ rows: [[Fp]]) -> Int {
    var rows = rows
    return reduce(&rows).count
  }

  /// A basis of the vectors that all rows are orthogonal to.
  static func kernel(_ rows: [[Fp]]) -> [[Fp]] {
    var rows = rows
    let pivots = reduce(&rows)
    return (0..<(rows.first?.count ?? 0)).filter { !pivots.contains($0) }.map { free in
      var vector = Array(repeating: Fp.zero, count: rows[0].count)
      vector[free] = .one
      for (row, pivot) in zip(rows, pivots) { vector[pivot] = -row[free] }
      return vector
    }
  }
}
