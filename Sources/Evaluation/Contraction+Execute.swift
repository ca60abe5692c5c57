import CKernels

/// A part of a matrix: rows and columns of a product.
private struct Tile {
  var rows: Range<Int>
  var columns: Range<Int>
}

extension Contraction {
  private var rows: Int { rowOffsets.count }
  private var columns: Int { columnOffsets.count }

  /// Batches of at most so many elements are computed side by side, larger ones one by one.
  private static var smallBatch: Int { 1 << 18 }
  /// The most elements of the right matrix that are gathered at once.
  private static var rightElements: Int { 1 << 22 }
  /// A task gathers at most so many rows of the left matrix, and so many inner elements at a time.
  private static var height: Int { 128 }
  private static var depth: Int { 512 }

  /// Adds the coefficient times the sum at every position of the domain to `target`.
  @inline(__always)
  fileprivate func accumulateAll(
    into target: UnsafeMutablePointer<Element>, _ given: FixedIndex? = nil
  ) {
    if batch > 1, rows * inner + inner * columns + rows * columns <= Self.smallBatch {
      accumulateSmall(into: target, given)
    } else {
      for number in 0..<batch { accumulateLarge(number, into: target, given) }
    }
  }

  /// The values of all indices where those of the batch have the values of one batch.
  private func fixedIndices(_ number: Int, _ given: FixedIndex?) -> [Int] {
    var fixed = [Int](repeating: 0, count: max(1, indices.count))
    if let given { fixed[given.index] = given.value }
    var rest = number
    for index in batchIndices.reversed() {
      fixed[index] = rest % indices[index].size
      rest /= indices[index].size
    }
    return fixed
  }

  private func accumulateSmall(into target: UnsafeMutablePointer<Element>, _ given: FixedIndex?) {
    nonisolated(unsafe) let target = target
    let parts = Parallel.ranges(batch, unit: 1)
    Parallel.perform(parts.count) { part in
      let a = LaneArray<Double>(count: rows * inner)
      let b = LaneArray<Double>(count: inner * columns)
      let c = LaneArray<Double>(count: rows * columns)
      let all = Tile(rows: 0..<rows, columns: 0..<columns)
      for number in parts[part] {
        let fixed = fixedIndices(number, given)
        left.gather(fixed: fixed, start: 0, count: rows * inner, into: a.base)
        right.gather(fixed: fixed, start: 0, count: inner * columns, into: b.base)
        c.base.update(repeating: 0, count: rows * columns)
        ck_gemm_f64(rows, columns, inner, a.base, inner, b.base, columns, c.base, columns)
        add(c, all, batch: number, to: target)
      }
    }
  }

  private func accumulateLarge(
    _ number: Int, into target: UnsafeMutablePointer<Element>, _ given: FixedIndex?
  ) {
    let fixed = fixedIndices(number, given)
    let width = min(columns, max(64, Self.rightElements / inner))
    let b = LaneArray<Double>(count: inner * width)
    for start in stride(from: 0, to: columns, by: width) {
      let part = start..<min(start + width, columns)
      gatherRight(part, fixed: fixed, into: b)
      multiply(b, part, batch: number, fixed: fixed, into: target)
    }
  }

  /// Gathers some columns of the right matrix.
  private func gatherRight(_ part: Range<Int>, fixed: [Int], into b: LaneArray<Double>) {
    let lengths = Parallel.ranges(inner, unit: max(1, (1 << 14) / part.count))
    Parallel.perform(lengths.count) { number in
      let lines = lengths[number]
      let target = b.base + lines.lowerBound * part.count
      if part.count == columns {
        right.gather(
          fixed: fixed, start: lines.lowerBound * columns, count: lines.count * columns,
          into: target)
        return
      }
      for line in lines {
        right.gather(
          fixed: fixed, start: line * columns + part.lowerBound, count: part.count,
          into: b.base + line * part.count)
      }
    }
  }

  /// Multiplies by the gathered columns, in tiles that the threads share.
  private func multiply(
    _ b: LaneArray<Double>, _ part: Range<Int>, batch number: Int, fixed: [Int],
    into target: UnsafeMutablePointer<Element>
  ) {
    nonisolated(unsafe) let target = target
    let tiles = tiles(of: part)
    Parallel.perform(tiles.count) { task in
      let tile = tiles[task]
      let (height, width) = (tile.rows.count, tile.columns.count)
      let a = LaneArray<Double>(count: height * min(inner, Self.depth))
      let c = LaneArray<Double>(count: height * width)
      c.base.update(repeating: 0, count: height * width)
      for start in stride(from: 0, to: inner, by: Self.depth) {
        let slice = start..<min(start + Self.depth, inner)
        gatherLeft(tile.rows, slice, fixed: fixed, into: a)
        let offset = start * part.count + tile.columns.lowerBound - part.lowerBound
        ck_gemm_f64(
          height, width, slice.count, a.base, slice.count, b.base + offset, part.count, c.base,
          width)
      }
      add(c, tile, batch: number, to: target)
    }
  }

  /// Gathers a slice of some rows of the left matrix.
  private func gatherLeft(
    _ rows: Range<Int>, _ slice: Range<Int>, fixed: [Int], into a: LaneArray<Double>
  ) {
    if slice.count == inner {
      left.gather(
        fixed: fixed, start: rows.lowerBound * inner, count: rows.count * inner, into: a.base)
      return
    }
    for (line, row) in rows.enumerated() {
      left.gather(
        fixed: fixed, start: row * inner + slice.lowerBound, count: slice.count,
        into: a.base + line * slice.count)
    }
  }

  private func tiles(of part: Range<Int>) -> [Tile] {
    let height = rows >= 4 * Self.height ? Self.height : max(8, (rows / 32 + 1) * 8)
    let bands = (rows + height - 1) / height
    let cuts = max(1, min(8 / bands, part.count / 64))
    let width = (part.count + cuts * 16 - 1) / (cuts * 16) * 16
    return stride(from: 0, to: rows, by: height).flatMap { row in
      stride(from: part.lowerBound, to: part.upperBound, by: width).map { column in
        Tile(
          rows: row..<min(row + height, rows),
          columns: column..<min(column + width, part.upperBound))
      }
    }
  }

  /// Adds a tile of the product to the result.
  private func add(
    _ c: LaneArray<Double>, _ tile: Tile, batch number: Int,
    to target: UnsafeMutablePointer<Element>
  ) {
    let width = tile.columns.count
    columnOffsets.withUnsafeBufferPointer { columnOffsets in
      for (line, row) in tile.rows.enumerated() {
        let result = target + batchOffsets[number] + rowOffsets[row]
        let values = c.base + line * width
        for column in 0..<width {
          Element.add(
            values[column], times: coefficient,
            to: &result[columnOffsets[tile.columns.lowerBound + column]])
        }
      }
    }
  }
}

extension Contraction<Int64> {
  /// Adds the coefficient times the sum at every position of the domain to `target`.
  ///
  /// - Parameter fixed: the value of an index that is neither of the domain nor summed over.
  package func accumulate(
    into target: UnsafeMutablePointer<Int64>, fixed: FixedIndex? = nil
  ) { accumulateAll(into: target, fixed) }
}

extension Contraction<Double> {
  /// Adds the coefficient times the sum at every position of the domain to `target`.
  package func accumulate(into target: UnsafeMutablePointer<Double>) { accumulateAll(into: target) }
}
