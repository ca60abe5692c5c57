import ConstraintSystem
import TensorGraph

/// A node of a loop, for one step at a time: of what it reads at its own step it is given that part only.
package struct LoopPart: Sendable {
  /// For each operand whether only its part at the step is read.
  package let isSliced: [Bool]
  private let definition: EquationGraph.Definition
  private let dependsOnStep: Bool

  /// - Parameters:
  ///   - definition: its result has the steps as its leading axis.
  ///   - shapes: those of the operands.
  ///   - isOfLoop: for each operand whether it is computed in the loop.
  ///
  /// Throws `.structure` where it reads of the loop's other steps.
  package init(
    _ definition: EquationGraph.Definition, shapes: [[Int]], isOfLoop: [Bool], count: Int
  ) throws(GraphError) {
    switch definition {
    case .view(let step):
      let part = step.part(count)
      isSliced = shapes.map { shape in
        if case .broadcast(let target) = step, shape.count < target.count { return false }
        return shape.first == count
      }
      guard let part, zip(isOfLoop, isSliced).allSatisfy({ !$0 || $1 }) else { throw Self.crossing }
      self.definition = .view(part)
      dependsOnStep = false
    case .equation(var equation):
      var sliced = shapes.map { $0.first == count }
      var reads = [Bool](repeating: false, count: shapes.count)
      equation.value.forEachRead { read in
        guard shapes.indices.contains(read.operand) else { return }
        reads[read.operand] = true
        guard case .affine(let first)? = read.positions.first, first.plainIndex == 0 else {
          sliced[read.operand] = false
          return
        }
      }
      guard equation.domainRank > 0, equation.indices[0].size == count,
        zip(isOfLoop, sliced).allSatisfy({ !$0 || $1 })
      else { throw Self.crossing }
      equation.indices[0].size = 1
      isSliced = sliced
      self.definition = .equation(equation)
      dependsOnStep =
        equation.value.mapAffine(unless: sliced) { $0.starting(at: 1) } != equation.value
    }
  }

  private static let crossing = GraphError(
    .structure, "a step of a loop reads what other steps compute")

  /// What the node is at a step.
  package func definition(at step: Int) -> EquationGraph.Definition {
    guard dependsOnStep, case .equation(var equation) = definition else { return definition }
    equation.value = equation.value.mapAffine(unless: isSliced) { $0.starting(at: step) }
    return .equation(equation)
  }
}

extension AffineIndex {
  /// The same, where the first index counts from a number on.
  fileprivate func starting(at first: Int) -> AffineIndex {
    guard let term = terms.first(where: { $0.index == 0 }) else { return self }
    return AffineIndex(constant: constant + term.coefficient * first, terms: terms)
  }
}

extension ViewStep {
  /// The view of one position of the leading axis, which has `count`; nil where it moves elements along
  /// that axis.
  fileprivate func part(_ count: Int) -> ViewStep? {
    func one(_ shape: [Int]) -> [Int]? { shape.first == count ? [1] + shape.dropFirst() : nil }
    switch self {
    case .reshape(let shape): return one(shape).map { .reshape($0) }
    case .broadcast(let shape): return one(shape).map { .broadcast($0) }
    case .transpose(let order): return order.first == 0 ? self : nil
    case .concatenate(let axis): return axis > 0 ? self : nil
    case .slice(var slices):
      guard let first = slices.first, first.start == 0, first.count == count, first.step == 1 else {
        return nil
      }
      slices[0].count = 1
      return .slice(slices)
    case .pad(let before, let after): return before.first == 0 && after.first == 0 ? self : nil
    }
  }
}

extension RealExpression {
  /// Calls `body` for every read, those in computed positions too.
  package func forEachRead(_ body: (OperandRead) -> Void) {
    switch self {
    case .constant, .index: return
    case .read(let read):
      body(read)
      for position in read.positions {
        if case .computed(let place) = position { place.forEachRead(body) }
      }
    case .unary(_, let a), .reduce(_, _, let a): a.forEachRead(body)
    case .binary(_, let a, let b):
      a.forEachRead(body)
      b.forEachRead(body)
    case .select(let a, let b, let c):
      for part in [a, b, c] { part.forEachRead(body) }
    }
  }

  /// The expression with other affine functions in place of its own, but for the positions of operands
  /// that are left alone.
  func mapAffine(
    unless isKept: [Bool], _ change: (AffineIndex) -> AffineIndex
  ) -> RealExpression {
    func map(_ inner: RealExpression) -> RealExpression { inner.mapAffine(unless: isKept, change) }
    switch self {
    case .constant: return self
    case .index(let index): return .index(change(index))
    case .read(var read):
      let keeps = isKept.indices.contains(read.operand) && isKept[read.operand]
      read.positions = read.positions.map { position in
        switch position {
        case .affine(let index): .affine(keeps ? index : change(index))
        case .computed(let place): .computed(map(place))
        }
      }
      return .read(read)
    case .unary(let function, let a): return .unary(function, map(a))
    case .binary(let operation, let a, let b): return .binary(operation, map(a), map(b))
    case .select(let a, let b, let c): return .select(map(a), map(b), map(c))
    case .reduce(let reduction, let over, let a): return .reduce(reduction, over: over, map(a))
    }
  }
}
