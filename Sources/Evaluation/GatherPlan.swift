import ConstraintSystem

/// How to copy what a read gives, over a row-major space of some of the indices, into contiguous
/// memory. The other indices are fixed for the whole copy.
struct GatherPlan: Sendable {
  /// A run of the space: one index, or adjacent ones that move through memory as one.
  struct Dimension: Sendable {
    var size: Int
    var stride: Int
    /// The guard that the index moves, or −1, and by how much.
    var watched: Int
    var step: Int
  }

  let read: StridedRead
  /// Outermost first, at least one.
  let dimensions: [Dimension]

  /// `space` lists the indices of the space, outermost first.
  init(_ read: StridedRead, space: [Int], indices: [StatementIndex]) {
    var merged: [Dimension] = []
    for index in space where indices[index].size > 1 {
      let next = Dimension(
        size: indices[index].size, stride: read.strides[index],
        watched: read.guardOfIndex[index], step: read.guardSteps[index])
      if let last = merged.last, last.watched < 0, next.watched < 0,
        last.stride == next.stride * next.size
      {
        merged[merged.count - 1].size *= next.size
        merged[merged.count - 1].stride = next.stride
      } else {
        merged.append(next)
      }
    }
    self.read = read
    dimensions =
      merged.isEmpty ? [Dimension(size: 1, stride: 0, watched: -1, step: 0)] : merged
  }

  /// An estimate of the time that copying one value takes, for choosing between layouts.
  var costPerValue: Double {
    guard let inner = dimensions.last else { return 1 }
    return 1 + 8 / Double(inner.size) + (inner.stride > 1 || inner.stride < 0 ? 2 : 0)
  }

  /// Writes the values at the row-major positions `start`..<`start` + `count` of the space.
  /// `fixed` holds a value for each index, zero for those of the space; `outside` is what a read
  /// gives outside of the tensor.
  @inline(__always)
  func gather<Source: GatherSource>(
    _ source: Source, outside: Source.Value, fixed: UnsafePointer<Int>, start: Int, count: Int,
    into target: UnsafeMutablePointer<Source.Value>
  ) {
    let guardCount = read.guards.count
    let capacity = dimensions.count + guardCount
    withUnsafeTemporaryAllocation(of: Int.self, capacity: capacity) { scratch in
      guard let base = scratch.baseAddress else { return }
      dimensions.withUnsafeBufferPointer { dimensions in
        read.guards.withUnsafeBufferPointer { guards in
          var cursor = GatherCursor(
            dimensions: dimensions, guards: guards, coordinates: base + guardCount,
            positions: base)
          cursor.place(at: start, read: read, fixed: fixed)
          cursor.copy(source, outside: outside, count: count, into: target)
        }
      }
    }
  }
}

/// A place in the space of a gather, moved forward run by run.
struct GatherCursor {
  let dimensions: UnsafeBufferPointer<GatherPlan.Dimension>
  let guards: UnsafeBufferPointer<StridedRead.Guard>
  /// The coordinate along each dimension; the innermost is left at zero but at the start.
  let coordinates: UnsafeMutablePointer<Int>
  /// The position along each guarded axis, the innermost dimension at zero.
  let positions: UnsafeMutablePointer<Int>
  /// The row-major position in the tensor, the innermost dimension at zero.
  private var offset = 0
  private var first = 0

  init(
    dimensions: UnsafeBufferPointer<GatherPlan.Dimension>,
    guards: UnsafeBufferPointer<StridedRead.Guard>, coordinates: UnsafeMutablePointer<Int>,
    positions: UnsafeMutablePointer<Int>
  ) {
    self.dimensions = dimensions
    self.guards = guards
    self.coordinates = coordinates
    self.positions = positions
  }

  mutating func place(at start: Int, read: StridedRead, fixed: UnsafePointer<Int>) {
    for number in 0..<guards.count { positions[number] = guards[number].constant }
    offset = read.origin
    for index in read.strides.indices {
      offset += fixed[index] * read.strides[index]
      let watched = read.guardOfIndex[index]
      if watched >= 0 { positions[watched] += fixed[index] * read.guardSteps[index] }
    }
    var rest = start
    for number in (0..<dimensions.count).reversed() {
      let coordinate = rest % dimensions[number].size
      rest /= dimensions[number].size
      coordinates[number] = coordinate
      if number == dimensions.count - 1 { first = coordinate } else { move(number, by: coordinate) }
    }
  }

  @inline(__always)
  private mutating func move(_ number: Int, by count: Int) {
    let dimension = dimensions[number]
    offset += count * dimension.stride
    if dimension.watched >= 0 { positions[dimension.watched] += count * dimension.step }
  }

  /// To the next value of the dimensions but the innermost.
  @inline(__always)
  private mutating func advance() {
    var number = dimensions.count - 2
    while number >= 0 {
      coordinates[number] += 1
      move(number, by: 1)
      if coordinates[number] < dimensions[number].size { return }
      coordinates[number] = 0
      move(number, by: -dimensions[number].size)
      number -= 1
    }
  }

  @inline(__always)
  mutating func copy<Source: GatherSource>(
    _ source: Source, outside: Source.Value, count: Int,
    into target: UnsafeMutablePointer<Source.Value>
  ) {
    let inner = dimensions[dimensions.count - 1]
    var done = 0
    while done < count {
      let length = min(inner.size - first, count - done)
      let inside = insideOfTensor(inner, first..<first + length)
      let run = target + done - first
      for x in first..<inside.lowerBound { run[x] = outside }
      if inner.stride == 1 {
        source.copy(
          from: offset + inside.lowerBound, count: inside.count, to: run + inside.lowerBound)
      } else if inner.stride == 0 {
        if !inside.isEmpty {
          let value = source.value(at: offset)
          for x in inside { run[x] = value }
        }
      } else {
        // Nothing here overflows: it is within the tensor, or `StridedRead.farthest`.
        for x in inside { run[x] = source.value(at: offset &+ x &* inner.stride) }
      }
      for x in inside.upperBound..<first + length { run[x] = outside }
      done += length
      first = 0
      advance()
    }
  }

  /// The part of a run of the innermost dimension that lies inside of the tensor.
  @inline(__always)
  private func insideOfTensor(
    _ inner: GatherPlan.Dimension, _ run: Range<Int>
  ) -> Range<Int> {
    var lower = run.lowerBound
    var upper = run.upperBound
    for number in 0..<guards.count {
      let size = guards[number].size
      let position = positions[number]
      if number != inner.watched {
        if position < 0 || position >= size { return run.lowerBound..<run.lowerBound }
      } else if inner.step > 0 {
        lower = max(lower, floorQuotient(inner.step - 1 - position, inner.step))
        upper = min(upper, floorQuotient(size - position + inner.step - 1, inner.step))
      } else {
        lower = max(lower, floorQuotient(position - size, -inner.step) + 1)
        upper = min(upper, floorQuotient(position, -inner.step) + 1)
      }
    }
    lower = min(lower, run.upperBound)
    return lower..<max(lower, upper)
  }
}

/// The quotient rounded towards −∞, for a positive divisor.
@inline(__always)
func floorQuotient(_ dividend: Int, _ divisor: Int) -> Int {
  if divisor == 1 { return dividend }
  let quotient = dividend / divisor
  return dividend % divisor < 0 ? quotient - 1 : quotient
}
