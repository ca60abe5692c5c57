import ConstraintSystem
import Equations
import TensorGraph

// Sums of single precision, as integers in units of their scale's last place. Each sum is rounded to 24 digits,
// halves to the even number, as the processor does it; every step is one of exact integers.
extension NodeView {
  /// The sum of a window's integers, without their zero points.
  func exactSum(
    _ average: WindowAverage, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let centred = try centred(average.source, &builder)
    let reads = average.taps.map { RealExpression.read(.init(operand: 0, positions: $0)) }
    let sum = reads.dropFirst().reduce(reads[0]) { $0 + $1 }
    return try emit(sum, [centred], average, &builder)
  }

  /// The sum of a window's elements, in units, as single precision adds it up.
  func sum(
    _ average: WindowAverage, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let centred = try centred(average.source, &builder)
    let losses = try losses(average, &builder)
    var total: ValueID?
    for (number, tap) in average.taps.enumerated() {
      var term =
        .constant(average.scale.factor) * .read(.init(operand: 0, positions: tap))
        + .read(.init(operand: 1, positions: tap))
      if total != nil { term = .element(2, average.shape) + term }
      let next = try emit(
        term, [centred, losses] + (total.map { [$0] } ?? []), average, &builder)
      builder.bound(next, to: average.scale.range(number + 1))
      total = try rounded(
        next, excess: number == 0 ? 0 : average.scale.excess(number + 1), average, &builder)
      if let total { builder.bound(total, to: average.scale.range(number + 1)) }
    }
    return total ?? centred
  }

  /// By how many units the product of each integer and the scale changes when it is rounded.
  private func losses(
    _ average: WindowAverage, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[average.source.integers].shape
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    let limit = Double(1 << max(average.scale.excess(1) - 1, 0))
    var maker = StepMaker(
      Quantiser(scale: average.source.scale, zero: nil, limits: -limit...limit))
    let product = maker.dequantised(average.source, positions, rounds: false)
    let lost = (.single(product) - product) / .constant(average.scale.unit)
    let expression = maker.held(.unary(.round, lost), beside: positions)
    return try emit(
      Equation.elementwise(shape) { _ in expression }, kind: .integer, maker.operands,
      to: &builder, step: "rounded off")
  }

  /// An integer rounded to 24 digits, where it may have some more.
  private func rounded(
    _ value: ValueID, excess: Int, _ average: WindowAverage,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard excess > 0 else { return value }
    let (first, second, third) = (
      RealExpression.element(0, average.shape), RealExpression.element(1, average.shape),
      RealExpression.element(2, average.shape)
    )
    let level = try emit(.digits(of: first, above: excess), [value], average, &builder)
    let place = try emit(
      .held(.binary(.power, 2, .unary(.abs, first)), 1, Double(1 << excess)), [level], average,
      &builder)
    // The last digits alone say what becomes of them, with one more, by which halves are rounded.
    let low = try emit(
      .binary(.modulo, first, .constant(Double(2 << excess))), [value], average, &builder)
    let floor = try emit(
      .binary(.floorDivide, first, second), [low, place], average, &builder)
    let odd = try emit(.binary(.modulo, first, 2), [floor], average, &builder)
    let left = first - second * third
    let twice = try emit(
      .constant(2) * left + .element(3, average.shape), [low, floor, place, odd], average, &builder)
    // More than half of a place is rounded up, and half of one from an odd number.
    let up = try emit(.less(first, second), kind: .boolean, [place, twice], average, &builder)
    let fourth = RealExpression.element(3, average.shape)
    let total = RealExpression.element(4, average.shape)
    return try emit(
      total - left + fourth * third, [low, floor, place, up, value], average, &builder)
  }

  private func emit(
    _ value: RealExpression, kind: ElementKind = .integer, _ operands: [ValueID],
    _ average: WindowAverage, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    try emit(
      Equation.elementwise(average.shape) { _ in value }, kind: kind, operands, to: &builder,
      step: "sum")
  }
}

extension RealExpression {
  /// An operand's element in the place of the result's.
  fileprivate static func element(_ operand: Int, _ shape: [Int]) -> Self {
    .read(
      .init(operand: operand, positions: shape.indices.map { .affine(AffineIndex(index: $0)) }))
  }

  /// How many digits above 24 an integer has, with the integer's sign.
  fileprivate static func digits(of value: Self, above excess: Int) -> Self {
    var sum = RealExpression.constant(0)
    for digit in 0..<excess {
      let edge = Double(1 << (SingleUnits.digits + digit)) - 0.5
      let above = maximum(.unary(.sign, value - .constant(edge)), 0)
      let below = minimum(.unary(.sign, value + .constant(edge)), 0)
      sum = sum + (above + below)
    }
    return held(sum, -Double(excess), Double(excess))
  }

  /// An integer that is between two.
  fileprivate static func held(_ value: Self, _ low: Double, _ high: Double) -> Self {
    minimum(maximum(.unary(.round, value), .constant(low)), .constant(high))
  }
}
