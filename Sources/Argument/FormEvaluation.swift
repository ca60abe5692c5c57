import FieldArithmetic
import Polynomials

/// The multilinear extensions of a linear form's coefficients, as far as they lie in a stack of
/// boxes.
///
/// Tables of equality weights are shared between the terms, so a term costs the lengths of its
/// vectors.
struct FormEvaluator {
  private let stack: BoxStack
  private let point: [Fp3]
  /// By position and length of the coordinates that they are made of.
  private var tables: [[[Fp3]?]]

  /// - Parameter point: the first coordinate is the most significant bit of a cell's address. At
  ///   least `stack.addressBits` coordinates.
  init(_ stack: BoxStack, at point: [Fp3]) {
    self.stack = stack
    self.point = point
    tables = Array(
      repeating: Array(repeating: nil, count: point.count + 1), count: point.count + 1)
  }

  /// Σ over the term's cells of coefficient times eq(point, address).
  mutating func evaluate(_ term: RankOneTerm) -> Fp3 {
    guard term.tensor < stack.byOwner.count else { return .zero }
    var sum = Fp3.zero
    for index in stack.byOwner[term.tensor] {
      let box = stack.boxes[index]
      sum += term.coefficient * evaluate(box, term.vectors)
    }
    return sum
  }

  private mutating func evaluate(_ box: Box, _ vectors: [AxisVector]) -> Fp3 {
    var position = point.count - box.log
    var product = Fp3.one
    for (axis, vector) in vectors.enumerated() {
      let log = box.logs[axis]
      let start = box.starts[axis]
      let low = max(vector.start, start)
      let high = min(vector.end, start + (1 << log))
      guard low < high else { return .zero }
      let table = table(position, log)
      var sum = Fp3.zero
      for i in low..<high { sum += vector.values[i - vector.start] * table[i - start] }
      product *= sum
      position += log
    }
    return product * Multilinear.equality(point.dropLast(box.log), index: box.offset >> box.log)
  }

  private mutating func table(_ position: Int, _ log: Int) -> [Fp3] {
    if let table = tables[position][log] { return table }
    let table = Multilinear.equalityTable(at: Array(point[position..<position + log]))
    tables[position][log] = table
    return table
  }
}
