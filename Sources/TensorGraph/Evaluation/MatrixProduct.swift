/// A read-only matrix inside a larger array: element (i, j) is at
/// `start + i * rowStride + j * columnStride`.
struct MatrixView {
  let values: UnsafeBufferPointer<Float>
  var start = 0
  let rowStride: Int
  let columnStride: Int
}

/// Dense products in double precision, by panels of four rows and four columns.
///
/// Operands are packed so that the inner loop reads both with unit stride; sums run over the
/// inner index in order, so results do not depend on the blocking.
struct MatrixProduct {
  /// Column panels that are packed together; 32 columns of a large layer stay in the cache.
  static let panelsPerBlock = 8

  let rows: Int
  let columns: Int
  let depth: Int

  /// Computes left * right, where `packRight(column, width, panel)` writes columns
  /// `column..<column+width` as `panel[k * 4 + j]` with the rest of the four left at zero, and
  /// `store(row, column, sum)` takes each result once.
  func compute(
    left: MatrixView, packRight: (Int, Int, UnsafeMutablePointer<Double>) -> Void,
    store: (Int, Int, Double) -> Void
  ) {
    let leftPanels = packLeft(left)
    let panelSize = depth * 4
    var block = [Double](repeating: 0, count: Self.panelsPerBlock * panelSize)
    let step = Self.panelsPerBlock * 4
    leftPanels.withUnsafeBufferPointer { leftBuffer in
      block.withUnsafeMutableBufferPointer { rightBuffer in
        guard let a = leftBuffer.baseAddress, let b = rightBuffer.baseAddress else { return }
        for first in stride(from: 0, to: columns, by: step) {
          let last = min(first + step, columns)
          rightBuffer.update(repeating: 0)
          for column in stride(from: first, to: last, by: 4) {
            packRight(column, min(4, last - column), b + (column - first) / 4 * panelSize)
          }
          for row in stride(from: 0, to: rows, by: 4) {
            for column in stride(from: first, to: last, by: 4) {
              let panel = b + (column - first) / 4 * panelSize
              let sums = multiply(a + row / 4 * panelSize, panel)
              for i in 0..<min(4, rows - row) {
                for j in 0..<min(4, last - column) { store(row + i, column + j, sums[i][j]) }
              }
            }
          }
        }
      }
    }
  }

  private func packLeft(_ left: MatrixView) -> [Double] {
    var packed = [Double](repeating: 0, count: (rows + 3) / 4 * 4 * depth)
    packed.withUnsafeMutableBufferPointer { target in
      for row in 0..<rows {
        let panel = row / 4 * 4 * depth + row % 4
        let start = left.start + row * left.rowStride
        for k in 0..<depth {
          target[panel + k * 4] = Double(left.values[start + k * left.columnStride])
        }
      }
    }
    return packed
  }

  @inline(__always)
  private func multiply(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>
  ) -> InlineArray<4, SIMD4<Double>> {
    var (s0, s1) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var (s2, s3) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for k in 0..<depth {
      let base = k &* 4
      let column = SIMD4(b[base], b[base + 1], b[base + 2], b[base + 3])
      s0 += column * a[base]
      s1 += column * a[base + 1]
      s2 += column * a[base + 2]
      s3 += column * a[base + 3]
    }
    return [s0, s1, s2, s3]
  }
}

extension MatrixProduct {
  /// left * right for two views.
  func compute(left: MatrixView, right: MatrixView, store: (Int, Int, Double) -> Void) {
    compute(left: left) { column, width, panel in
      for j in 0..<width {
        let start = right.start + (column + j) * right.columnStride
        for k in 0..<depth {
          panel[k * 4 + j] = Double(right.values[start + k * right.rowStride])
        }
      }
    } store: {
      store($0, $1, $2)
    }
  }
}

extension Operation.Gemm {
  func evaluate(_ values: [[Float]], _ shapes: [[Int]], _ shape: [Int]) -> [Float] {
    let (a, b) = (shapes[0], shapes[1])
    let product = MatrixProduct(
      rows: shape[0], columns: shape[1], depth: transposeA ? a[0] : a[1])
    var result = [Float](repeating: 0, count: shape[0] * shape[1])
    let biasStrides = shapes.count == 3 ? Shape.broadcastStrides(shapes[2], to: shape) : []
    values[0].withUnsafeBufferPointer { left in
      values[1].withUnsafeBufferPointer { right in
        product.compute(
          left: view(left, width: a[1], transposed: transposeA),
          right: view(right, width: b[1], transposed: transposeB)
        ) { row, column, sum in
          var value = Double(alpha) * sum
          if !biasStrides.isEmpty {
            let index = row * biasStrides[0] + column * biasStrides[1]
            value += Double(beta) * Double(values[2][index])
          }
          result[row * shape[1] + column] = Float(value)
        }
      }
    }
    return result
  }

  private func view(
    _ values: UnsafeBufferPointer<Float>, width: Int, transposed: Bool
  ) -> MatrixView {
    MatrixView(
      values: values, rowStride: transposed ? 1 : width, columnStride: transposed ? width : 1)
  }
}

/// numpy's matmul over broadcast leading axes.
func matrixProducts(_ values: [[Float]], _ shapes: [[Int]], _ shape: [Int]) -> [Float] {
  let (a, b) = (shapes[0], shapes[1])
  let (rows, columns, depth) = (a[a.count - 2], b[b.count - 1], a[a.count - 1])
  let leading = Array(shape.dropLast(2))
  let starts = zip(
    offsets(leadingStrides(a, to: leading), over: leading),
    offsets(leadingStrides(b, to: leading), over: leading))
  let product = MatrixProduct(rows: rows, columns: columns, depth: depth)
  var result = [Float](repeating: 0, count: shape.reduce(1, *))
  values[0].withUnsafeBufferPointer { left in
    values[1].withUnsafeBufferPointer { right in
      for (index, (leftStart, rightStart)) in starts.enumerated() {
        let base = index * rows * columns
        product.compute(
          left: MatrixView(values: left, start: leftStart, rowStride: depth, columnStride: 1),
          right: MatrixView(values: right, start: rightStart, rowStride: columns, columnStride: 1)
        ) { row, column, sum in
          result[base + row * columns + column] = Float(sum)
        }
      }
    }
  }
  return result
}

/// Element strides of a matrix stack's leading axes, broadcast to `leading`.
private func leadingStrides(_ shape: [Int], to leading: [Int]) -> [Int] {
  let own = Array(shape.dropLast(2))
  let size = shape[shape.count - 2] * shape[shape.count - 1]
  return Shape.broadcastStrides(own, to: leading).map { $0 * size }
}
