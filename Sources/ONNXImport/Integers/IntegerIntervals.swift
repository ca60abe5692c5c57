import ConstraintSystem
import Equations
import TensorGraph

/// What the integers of a graph can be, as their types and what computes them say: no samples are asked.
struct IntegerIntervals {
  private var known: [ValueID: Interval] = [:]

  /// Notes what a value can be, such as what its type holds.
  mutating func note(_ id: ValueID, _ interval: Interval) { known[id] = interval }

  /// What a value can be. Reals can be anything.
  mutating func interval(_ id: ValueID, _ builder: EquationGraphBuilder) -> Interval {
    if let found = known[id] { return found }
    let found = computed(id, builder)
    known[id] = found
    return found
  }

  private mutating func computed(_ id: ValueID, _ builder: EquationGraphBuilder) -> Interval {
    let kind = builder[id].kind
    if kind == .boolean { return .truth }
    if let integers = builder.constantValue(id)?.integers {
      return Interval(of: [integers.min(), integers.max()].compactMap { $0.map(Double.init) })
    }
    guard kind == .integer, let node = builder.node(of: id) else { return .all }
    switch node.definition {
    case .view(let step):
      let parts = node.operands.map { interval($0, builder) }
      let hull = parts.dropFirst().reduce(parts.first ?? .all) { $0.hull($1) }
      if case .pad = step { return hull.hull(Interval(of: [0])) }
      return hull
    case .equation(let equation):
      let operands = node.operands.map { interval($0, builder) }
      let shapes = node.operands.map { builder[$0].shape }
      return equation.value.interval(equation.indices) { read in
        let own = operands[read.operand]
        let isInside = zip(read.positions, shapes[read.operand]).allSatisfy { position, extent in
          guard case .affine(let affine) = position else { return true }
          return affine.interval(equation.indices).isWithin(0...Double(max(extent - 1, 0)))
        }
        return isInside ? own : own.hull(Interval(of: [0]))
      }
    }
  }
}
