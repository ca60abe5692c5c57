import ConstraintSystem
import Equations
import TensorGraph
import TestSupport
import Testing

/// Short forms for writing equations in tests.
func affine(_ index: Int, times coefficient: Int = 1, plus constant: Int = 0) -> AffineIndex {
  AffineIndex(constant: constant, terms: [.init(index: index, coefficient: coefficient)])
}

func read(_ operand: Int, _ positions: AffineIndex...) -> RealExpression {
  .read(OperandRead(operand: operand, positions: positions.map { .affine($0) }))
}

func read(_ operand: Int, _ indices: [Int]) -> RealExpression {
  .read(OperandRead(operand: operand, positions: indices.map { .affine(affine($0)) }))
}

func product(_ factors: RealExpression...) -> RealExpression {
  factors.dropFirst().reduce(factors[0]) { .binary(.multiply, $0, $1) }
}

func sum(over bound: Int..., of term: RealExpression) -> RealExpression {
  .reduce(.sum, over: bound, term)
}

func equation(_ sizes: some Sequence<Int>, rank: Int, _ value: RealExpression) -> Equation {
  Equation(
    indices: sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) },
    domainRank: rank, value: value)
}

extension SeededGenerator {
  mutating func reals(_ shape: [Int]) throws -> Tensor {
    let count = shape.reduce(1, *)
    return try Tensor(
      shape: shape, real: (0..<count).map { _ in Float.random(in: -2...2, using: &self) })
  }

  mutating func integers(
    _ shape: [Int], in range: ClosedRange<Int64> = -9...9
  ) throws -> Tensor {
    let count = shape.reduce(1, *)
    return try Tensor(
      shape: shape, integer: (0..<count).map { _ in Int64.random(in: range, using: &self) })
  }
}

/// Expects that the fast evaluation gives what the equation means: integers exactly, reals but for
/// the rounding of sums.
func expectMeaning(
  _ equation: Equation, _ operands: [Tensor], kind: ElementKind = .real,
  location: SourceLocation = #_sourceLocation
) throws {
  let found = try equation.result(on: operands, kind: kind)
  let expected = try equation.evaluate(operands: operands, kind: kind)
  #expect(found.shape == expected.shape, sourceLocation: location)
  guard kind == .real else {
    #expect(found == expected, sourceLocation: location)
    return
  }
  let scale = expected.reals.reduce(Float(1e-3)) { max($0, $1.magnitude) }
  for (place, (a, b)) in zip(found.reals, expected.reals).enumerated() {
    guard (a - b).magnitude <= scale * 2e-6 else {
      Issue.record("element \(place) is \(a), not \(b)", sourceLocation: location)
      return
    }
  }
}
