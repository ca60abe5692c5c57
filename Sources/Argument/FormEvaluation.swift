import FieldArithmetic
import Polynomials

/// The multilinear extensions of a linear form's coefficients, as far as they lie in a stack of
/// boxes.
///
/// Tables of equality weights are shared between the terms, and sums along equal sides between a term's
/// boxes. A side costs the length of its vector where that is written out; of the others, as many steps
/// as their indices have bits where they lie along the boxes.
struct FormEvaluator {
  private let stack: BoxStack
  private let point: [Fp3]
  /// By position and length of the coordinates that they are made of.
  private var tables: [[[Fp3]?]]

  /// The longest part of a point that a table is made of; longer ones are cut in two.
  private static let tableBits = 11

  /// - Parameter point: the first coordinate is the most significant bit of a cell's address. At
  ///   least `stack.addressBits` coordinates.
  init(_ stack: BoxStack, at point: [Fp3]) {
    self.stack = stack
    self.point = point
    tables = Array(
      repeating: Array(repeating: nil, count: Self.tableBits + 1), count: point.count + 1)
  }

  /// Σ over the term's cells of coefficient times eq(point, address).
  mutating func evaluate(_ term: RankOneTerm) -> Fp3 {
    guard term.tensor < stack.byOwner.count else { return .zero }
    let boxes = stack.byOwner[term.tensor]
    var known = SideSums(
      axes: boxes.count > Self.fewBoxes ? term.vectors.count : 0, positions: point.count + 1)
    var sum = Fp3.zero
    for index in boxes { sum += evaluate(stack.boxes[index], term.vectors, &known) }
    return term.coefficient * sum
  }

  /// So many boxes have few sides in common.
  private static let fewBoxes = 64

  private mutating func evaluate(
    _ box: Box, _ vectors: [AxisWeights], _ known: inout SideSums
  ) -> Fp3 {
    for (axis, vector) in vectors.enumerated() {
      let start = box.starts[axis]
      guard max(vector.start, start) < min(vector.end, start + 1 << box.logs[axis]) else {
        return .zero
      }
    }
    var position = point.count - box.log
    var product = Multilinear.equality(point.prefix(position), index: box.offset >> box.log)
    for (axis, vector) in vectors.enumerated() {
      let side = Side(start: box.starts[axis], log: box.logs[axis], position: position)
      product *= known.value(axis, side) { sum(vector, side) }
      position += side.log
    }
    return product
  }

  /// One side of a box.
  private struct Side {
    /// The first position along the axis. No two segments of an axis have the same length, so that
    /// the logarithm tells it.
    let start: Int
    /// The logarithm of the number of positions.
    let log: Int
    /// The coordinates of the point that belong to it begin here.
    let position: Int

    var end: Int { start + 1 << log }
  }

  /// The sums along the sides of a term's boxes: many boxes are made of few different sides.
  private struct SideSums {
    private let positions: Int
    /// By axis, logarithm and position.
    private var sums: [Fp3?]

    /// - Parameter axes: the number of axes; none where nothing is to be kept.
    init(axes: Int, positions: Int) {
      self.positions = positions
      sums = Array(repeating: nil, count: axes * positions * positions)
    }

    mutating func value(_ axis: Int, _ side: Side, _ compute: () -> Fp3) -> Fp3 {
      guard !sums.isEmpty else { return compute() }
      let place = (axis * positions + side.log) * positions + side.position
      if let sum = sums[place] { return sum }
      let sum = compute()
      sums[place] = sum
      return sum
    }
  }

  /// Σ of weight times eq over the positions of a side.
  private mutating func sum(_ weights: AxisWeights, _ side: Side) -> Fp3 {
    switch weights {
    case .values(let vector): return sum(vector.values[...], from: vector.start, side)
    case .factored(let vector):
      return alignedSum(vector, side) ?? chunkedSum(vector, side)
    }
  }

  /// The sum where the side lies at a multiple of its length within the vector's indices, or the
  /// indices at a multiple of theirs within the side: bit by bit. nil elsewhere.
  private func alignedSum(_ vector: FactoredVector, _ side: Side) -> Fp3? {
    let coordinates = point[side.position..<side.position + side.log]
    let own = min(side.log, vector.bits.count)
    let shift = side.start - vector.origin
    guard shift & (1 << own - 1) == 0 else { return nil }
    let bits = zip(vector.bits.suffix(own), coordinates.suffix(own)).map { bit, coordinate in
      let one = bit.one * coordinate
      return FactoredVector.Bit(zero: bit.zero - bit.zero * coordinate, one: one)
    }
    // The indices that lie in the side, from the first that shares the side's or the vector's
    // beginning on.
    let first = max(shift, 0)
    let low = max(vector.indices.lowerBound, first) - first
    let high = min(vector.indices.upperBound, first + 1 << own) - first
    guard low < high else { return .zero }
    // What is longer, vector or side, has bits left, which are the same for all of these.
    let outer = FactoredVector.value(vector.bits.dropLast(own), first >> own)
    let place = Multilinear.equality(coordinates.dropLast(own), index: max(-shift, 0) >> own)
    return outer * place * FactoredVector.sum(bits, low..<high)
  }

  /// The sum anywhere: the vector's values are written out a part at a time.
  private mutating func chunkedSum(_ vector: FactoredVector, _ side: Side) -> Fp3 {
    let low = max(vector.start, side.start) - vector.origin
    let high = min(vector.end, side.end) - vector.origin
    var sum = Fp3.zero
    var start = low
    while start < high {
      let end = min((start >> Self.tableBits + 1) << Self.tableBits, high)
      sum += self.sum(vector.values(start..<end)[...], from: vector.origin + start, side)
      start = end
    }
    return sum
  }

  /// Σ of values at consecutive positions times eq, over those that lie in the side.
  private mutating func sum(_ values: ArraySlice<Fp3>, from start: Int, _ side: Side) -> Fp3 {
    let low = max(start, side.start)
    let high = min(start + values.count, side.end)
    let bits = min(side.log, Self.tableBits)
    let inner = table(side.position + side.log - bits, bits)
    var sum = Fp3.zero
    var place = low - side.start
    while place < high - side.start {
      let end = min((place >> bits + 1) << bits, high - side.start)
      let shift = values.startIndex + side.start - start
      var part = Fp3.zero
      for i in place..<end { part += values[shift + i] * inner[i & (1 << bits - 1)] }
      sum += part * outer(place >> bits, side, bits)
      place = end
    }
    return sum
  }

  /// The weight of the higher bits of a position within a side.
  private mutating func outer(_ index: Int, _ side: Side, _ bits: Int) -> Fp3 {
    if side.log == bits { return .one }
    if side.log <= 2 * Self.tableBits { return table(side.position, side.log - bits)[index] }
    return Multilinear.equality(
      point[side.position..<side.position + side.log - bits], index: index)
  }

  private mutating func table(_ position: Int, _ log: Int) -> [Fp3] {
    if let table = tables[position][log] { return table }
    let table = Multilinear.equalityTable(at: Array(point[position..<position + log]))
    tables[position][log] = table
    return table
  }
}
