import ConstraintSystem
import Equations
import Foundation
import TensorGraph

/// The values of an equation graph in double precision, by walking its expressions.
struct EquationOracle {
  let graph: EquationGraph

  func values(_ inputs: [[Double]]) throws -> [ValueID: [Double]] {
    var held = graph.constants.mapValues { tensor in
      tensor.integers?.map(Double.init) ?? tensor.reals.map(Double.init)
    }
    for (id, values) in zip(graph.inputs, inputs) { held[id] = values }
    for node in graph.nodes {
      let operands = node.operands.map { held[$0] ?? [] }
      let shapes = node.operands.map { graph[$0].shape }
      switch node.definition {
      case .view(let step):
        held[node.output] = try moved(step, operands, shapes)
      case .equation(let equation):
        let walk = Walk(equation: equation, operands: operands, shapes: shapes)
        held[node.output] = walk.values()
      }
    }
    return held
  }

  private func moved(
    _ step: ViewStep, _ operands: [[Double]], _ shapes: [[Int]]
  ) throws -> [Double] {
    let all = operands.flatMap { $0 }
    var start: Int64 = 1
    let numbered = try zip(operands, shapes).map { values, shape in
      defer { start += Int64(values.count) }
      return try Tensor(shape: shape, integer: (0..<Int64(values.count)).map { start + $0 })
    }
    return (try step.apply(numbered).integers ?? []).map { $0 == 0 ? 0 : all[Int($0) - 1] }
  }
}

private final class Walk {
  let equation: Equation
  let operands: [[Double]]
  let shapes: [[Int]]
  var index: [Int]
  var isOutside = false

  init(equation: Equation, operands: [[Double]], shapes: [[Int]]) {
    self.equation = equation
    self.operands = operands
    self.shapes = shapes
    index = equation.indices.map { _ in 0 }
  }

  func values() -> [Double] { over(Array(0..<equation.domainRank)) { value(equation.value) } }

  /// The body's values where the given indices run through all of theirs, the last one fastest.
  private func over(_ indices: [Int], _ body: () -> Double) -> [Double] {
    guard let first = indices.first else { return [body()] }
    return (0..<equation.indices[first].size).flatMap { place in
      index[first] = place
      return over(Array(indices.dropFirst()), body)
    }
  }

  private func value(_ expression: RealExpression) -> Double {
    switch expression {
    case .constant(let value): return value
    case .index(let position): return Double(position.value(at: index))
    case .read(let read): return self.read(read)
    case .unary(let function, let operand): return function.value(value(operand))
    case .binary(let operation, let left, let right):
      return binary(operation, value(left), value(right))
    case .select(let condition, let first, let second):
      return value(condition) != 0 ? value(first) : value(second)
    case .reduce(let reduction, let over, let term): return reduce(reduction, over, term)
    }
  }

  private func read(_ read: OperandRead) -> Double {
    var offset = 0
    var isInside = true
    for (position, extent) in zip(read.positions, shapes[read.operand]) {
      let place: Int
      switch position {
      case .affine(let affine): place = affine.value(at: index)
      case .computed(let expression): place = Int(value(expression))
      }
      if !(0..<extent).contains(place) { isInside = false }
      offset = offset * extent + place
    }
    if !isInside { isOutside = true }
    return isInside ? operands[read.operand][offset] : 0
  }

  private func binary(_ operation: RealExpression.Binary, _ a: Double, _ b: Double) -> Double {
    switch operation {
    case .add: a + b
    case .subtract: a - b
    case .multiply: a * b
    case .divide: a / b
    case .power: pow(a, b)
    case .minimum: min(a, b)
    case .maximum: max(a, b)
    case .floorDivide: (a / b).rounded(.down)
    case .modulo: a - (a / b).rounded(.down) * b
    case .equal: a == b ? 1 : 0
    case .less: a < b ? 1 : 0
    case .lessOrEqual: a <= b ? 1 : 0
    case .and: a != 0 && b != 0 ? 1 : 0
    case .or: a != 0 || b != 0 ? 1 : 0
    case .xor: (a != 0) != (b != 0) ? 1 : 0
    }
  }

  private func reduce(
    _ reduction: RealExpression.Reduction, _ bound: [Int], _ term: RealExpression
  ) -> Double {
    var inside: [Bool] = []
    let wasOutside = isOutside
    let values = over(bound) {
      isOutside = false
      let result = value(term)
      inside.append(!isOutside)
      return result
    }
    isOutside = wasOutside
    let kept = values.indices.filter { inside[$0] }
    func place(_ isBetter: (Double, Double) -> Bool) -> Double {
      var best = kept[0]
      for candidate in kept where isBetter(values[candidate], values[best]) { best = candidate }
      return Double(best)
    }
    switch reduction {
    case .sum: return values.reduce(0, +)
    case .product: return values.reduce(1, *)
    case .maximum: return kept.map { values[$0] }.max() ?? -.infinity
    case .minimum: return kept.map { values[$0] }.min() ?? .infinity
    case .firstMaximum: return place { $0 > $1 }
    case .lastMaximum: return place { $0 >= $1 }
    case .firstMinimum: return place { $0 < $1 }
    case .lastMinimum: return place { $0 <= $1 }
    }
  }
}
