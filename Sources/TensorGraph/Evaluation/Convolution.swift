/// A window over one or two axes, seen as two: a one-dimensional window has one row.
struct PlaneWindow {
  let height: Int
  let width: Int
  let outputHeight: Int
  let outputWidth: Int
  let kernel: (Int, Int)
  let strides: (Int, Int)
  let dilations: (Int, Int)
  let pads: (Int, Int)

  /// `input` and `output` are shapes [N, C, spatial...] that `window` relates.
  init(_ window: Window, input: [Int], output: [Int]) {
    func pair(_ list: some Collection<Int>, _ filler: Int) -> (Int, Int) {
      let padded = [filler] + list
      return (padded[padded.count - 2], padded[padded.count - 1])
    }
    (height, width) = pair(input.dropFirst(2), 1)
    (outputHeight, outputWidth) = pair(output.dropFirst(2), 1)
    kernel = pair(window.kernel, 1)
    strides = pair(window.strides, 1)
    dilations = pair(window.dilations, 1)
    pads = pair(window.padsBefore, 0)
  }

  var planeCount: Int { height * width }
  var outputCount: Int { outputHeight * outputWidth }
  var kernelCount: Int { kernel.0 * kernel.1 }

  /// Calls `body(cell, offset)` for each kernel cell that reads inside the input plane, where
  /// `offset` is the plane's element it reads for output position `position`.
  @inline(__always)
  func forEachCell(at position: Int, _ body: (Int, Int) -> Void) {
    let top = position / outputWidth * strides.0 - pads.0
    let left = position % outputWidth * strides.1 - pads.1
    for i in 0..<kernel.0 {
      let row = top + i * dilations.0
      guard row >= 0, row < height else { continue }
      for j in 0..<kernel.1 {
        let column = left + j * dilations.1
        guard column >= 0, column < width else { continue }
        body(i * kernel.1 + j, row * width + column)
      }
    }
  }
}

extension PlaneWindow {
  /// Writes what the windows at output positions `column..<column+width` read, in panels of four,
  /// from `channels` planes of `x` that begin at `source`.
  fileprivate func pack(
    _ x: UnsafeBufferPointer<Float>, from source: Int, channels: Int, column: Int, width: Int,
    into panel: UnsafeMutablePointer<Double>
  ) {
    for j in 0..<width {
      for channel in 0..<channels {
        let base = source + channel * planeCount
        let target = panel + channel * kernelCount * 4 + j
        forEachCell(at: column + j) { target[$0 * 4] = Double(x[base + $1]) }
      }
    }
  }
}

/// Convolution of [N, C, spatial...] by [M, C/groups, kernel...], each group a matrix product
/// whose right-hand side is gathered from the input as it is needed.
func convolve(
  _ values: [[Float]], _ shapes: [[Int]], _ shape: [Int], _ window: Window, groups: Int
) -> [Float] {
  let plane = PlaneWindow(window, input: shapes[0], output: shape)
  let channels = shapes[1][1]
  let rows = shape[1] / groups
  let depth = channels * plane.kernelCount
  let product = MatrixProduct(rows: rows, columns: plane.outputCount, depth: depth)
  var result = [Float](repeating: 0, count: shape.reduce(1, *))
  values[0].withUnsafeBufferPointer { x in
    values[1].withUnsafeBufferPointer { w in
      for index in 0..<shape[0] * groups {
        let group = index % groups
        let source = index * channels * plane.planeCount
        let weights = MatrixView(
          values: w, start: group * rows * depth, rowStride: depth, columnStride: 1)
        product.compute(left: weights) {
          plane.pack(x, from: source, channels: channels, column: $0, width: $1, into: $2)
        } store: { row, column, sum in
          let bias = values.count == 3 ? Double(values[2][group * rows + row]) : 0
          result[(index * rows + row) * plane.outputCount + column] = Float(sum + bias)
        }
      }
    }
  }
  return result
}

/// The largest value of each window; every window touches the input.
func windowMaxima(_ values: [Float], _ input: [Int], _ shape: [Int], _ window: Window) -> [Float] {
  pool(values, input, shape, window, initial: -Float.infinity) { $0 < $1 ? $1 : $0 }
}

/// The mean of each window over the cells that `Window.averageCounts` counts.
func windowMeans(
  _ values: [Float], _ input: [Int], _ shape: [Int], _ window: Window, countingPads: Bool
) throws(GraphError) -> [Float] {
  let counts = try window.averageCounts(Array(input.dropFirst(2)), countingPads: countingPads)
  let sums = pool(values, input, shape, window, initial: 0.0) { $0 + Double($1) }
  return sums.indices.map { Float(sums[$0] / Double(counts[$0 % counts.count])) }
}

private func pool<Value>(
  _ values: [Float], _ input: [Int], _ shape: [Int], _ window: Window, initial: Value,
  _ combine: (Value, Float) -> Value
) -> [Value] {
  let plane = PlaneWindow(window, input: input, output: shape)
  let planeSize = plane.planeCount
  var result: [Value] = []
  result.reserveCapacity(shape.reduce(1, *))
  for channel in 0..<shape[0] * shape[1] {
    for position in 0..<plane.outputCount {
      var value = initial
      plane.forEachCell(at: position) {
        value = combine(value, values[channel * planeSize + $1])
      }
      result.append(value)
    }
  }
  return result
}
