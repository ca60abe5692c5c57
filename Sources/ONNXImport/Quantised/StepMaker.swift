import ConstraintSystem
import Equations
import TensorGraph

/// Writes down how integers become integers of few bits, in operations of single precision.
struct StepMaker {
  private let quantiser: Quantiser
  private(set) var operands: [ValueID] = []

  init(_ quantiser: Quantiser) { self.quantiser = quantiser }

  mutating func read(_ id: ValueID, _ positions: [ReadPosition]) -> RealExpression {
    .read(OperandRead(operand: number(id), positions: positions))
  }

  /// Numbers beside an element of the tensor that they are aligned with.
  mutating func read(_ numbers: AlignedNumbers, beside positions: [ReadPosition]) -> RealExpression
  {
    numbers.read(number(numbers.value), beside: positions)
  }

  private mutating func number(_ id: ValueID) -> Int {
    if let known = operands.firstIndex(of: id) { return known }
    operands.append(id)
    return operands.count - 1
  }

  /// What an integer stands for.
  ///
  /// - Parameter rounds: whether it is of single precision.
  mutating func dequantised(
    _ source: Dequantised, _ positions: [ReadPosition], rounds: Bool = true
  ) -> RealExpression {
    let product = centred(source, positions) * read(source.scale, beside: positions)
    return rounds ? .single(product) : product
  }

  private mutating func centred(
    _ source: Dequantised, _ positions: [ReadPosition]
  ) -> RealExpression {
    let integer = read(source.integers, positions)
    guard let zero = source.zero else { return integer }
    return .binary(.subtract, integer, read(zero, beside: positions))
  }

  /// A real as an integer.
  mutating func stored(_ value: RealExpression, beside positions: [ReadPosition]) -> RealExpression
  {
    let scale = read(quantiser.scale, beside: positions)
    return held(.single(.binary(.divide, value, scale)), beside: positions)
  }

  /// A quotient, rounded, with the zero point, within the type's limits.
  mutating func held(_ quotient: RealExpression, beside positions: [ReadPosition]) -> RealExpression
  {
    let zero = quantiser.zero.map { read($0, beside: positions) }
    guard let offset = quantiser.roundingOffset else {
      let rounded = RealExpression.unary(.round, quotient)
      return within(zero.map { rounded + $0 } ?? rounded)
    }
    let moved = (zero ?? .constant(0)) + .constant(offset)
    return within(.unary(.round, .single(quotient + moved)) - .constant(offset))
  }

  private func within(_ value: RealExpression) -> RealExpression {
    .binary(
      .minimum, .binary(.maximum, value, .constant(quantiser.limits.lowerBound)),
      .constant(quantiser.limits.upperBound))
  }

  /// A unit as a part of the scale, times a divisor.
  mutating func quotient(
    _ unit: RealExpression, beside positions: [ReadPosition], dividedBy divisor: RealExpression?
  ) -> RealExpression {
    var scale = read(quantiser.scale, beside: positions)
    if let divisor { scale = .single(scale * divisor) }
    return .single(.binary(.divide, unit, scale))
  }

  /// a·s + (b·t + c) for the scales' ratios s and t, and a c that has the zero points.
  mutating func sum(of pair: DequantisedPair, beside positions: [ReadPosition]) -> RealExpression {
    let first = quotient(
      read(pair.left.scale, beside: pair.leftPositions), beside: positions, dividedBy: nil)
    let second = quotient(
      read(pair.right.scale, beside: pair.rightPositions), beside: positions, dividedBy: nil)
    let a = read(pair.left.integers, pair.leftPositions)
    let b = read(pair.right.integers, pair.rightPositions)
    let zeros = [pair.left.zero, pair.right.zero].map { zero in
      zero.map { read($0, beside: positions) } ?? .constant(0)
    }
    let own = quantiser.zero.map { read($0, beside: positions) } ?? .constant(0)
    let fixed = RealExpression.single(
      .binary(.subtract, own, .single(first * zeros[0] + .single(second * zeros[1]))))
    let inner = RealExpression.single(.single(b * second) + fixed)
    return within(.unary(.round, .single(.single(a * first) + inner)))
  }

  /// The product's rounding has the zero point already.
  mutating func product(
    of pair: DequantisedPair, beside positions: [ReadPosition]
  ) -> RealExpression {
    let unit = RealExpression.single(
      read(pair.left.scale, beside: pair.leftPositions)
        * read(pair.right.scale, beside: pair.rightPositions))
    let factor = quotient(unit, beside: positions, dividedBy: nil)
    let count = RealExpression.single(
      centred(pair.left, pair.leftPositions) * centred(pair.right, pair.rightPositions))
    let own = quantiser.zero.map { read($0, beside: positions) } ?? .constant(0)
    return within(.unary(.round, .single(.single(count * factor) + own)))
  }
}
