import ConstraintSystem
import Equations

extension Form {
  /// What the form means, of operands of the given shapes.
  ///
  /// - Parameters:
  ///   - shape: that of the result.
  ///   - operands: the operands' shapes, by number.
  func definition(shape: [Int], operands: [[Int]]) -> EquationGraph.Definition {
    switch self {
    case .view(let step): return .view(step)
    case .sum(let sum): return .equation(sum.equation)
    case .extreme(let extreme): return .equation(extreme.equation(operands: operands))
    case .place(let place): return .equation(place.equation)
    case .pick(let pick): return .equation(pick.equation(operands: operands))
    case .apply(let apply):
      return Self.pointwise(apply.function.composed(with: apply.argument.expression), shape)
    case .quotient(let a, let b):
      return Self.pointwise(.binary(.divide, a.expression, b.expression), shape)
    case .division(let division): return Self.pointwise(division.expression, shape)
    case .step(let step): return Self.pointwise(step.expression, shape)
    case .root(let a, let isInverse):
      let root = RealExpression.unary(.sqrt, a.expression)
      return Self.pointwise(isInverse ? .binary(.divide, .constant(1), root) : root, shape)
    case .less(let a, let b):
      return Self.pointwise(.binary(.less, a.expression, b.expression), shape)
    case .equal(let a, let b):
      return Self.pointwise(.binary(.equal, a.expression, b.expression), shape)
    }
  }

  private static func pointwise(
    _ value: RealExpression, _ shape: [Int]
  ) -> EquationGraph.Definition {
    let indices = shape.enumerated().map { axis, size in
      Equation.Index(name: "i\(axis)", size: size)
    }
    return .equation(Equation(indices: indices, domainRank: shape.count, value: value))
  }
}

extension DivisionForm {
  /// What the division means.
  fileprivate var expression: RealExpression {
    let dividend = argument.expression
    guard let divisor = divisor?.expression else {
      switch result {
      case .floor: return .unary(.floor, dividend)
      case .ceiling: return .unary(.ceil, dividend)
      case .truncated: return .unary(.truncate, dividend)
      case .remainder: return .binary(.modulo, dividend, .constant(1))
      }
    }
    switch result {
    case .floor: return .binary(.floorDivide, dividend, divisor)
    case .ceiling: return .unary(.ceil, .binary(.divide, dividend, divisor))
    case .truncated: return .unary(.truncate, .binary(.divide, dividend, divisor))
    case .remainder:
      let least = RealExpression.constant(Double(least))
      guard self.least != 0 else { return .binary(.modulo, dividend, divisor) }
      return .binary(.add, .binary(.modulo, .binary(.subtract, dividend, least), divisor), least)
    }
  }

  /// The result for an argument and a divisor.
  func value(_ a: Double, _ b: Double) -> Double {
    switch result {
    case .floor: (a / b).rounded(.down)
    case .ceiling: (a / b).rounded(.up)
    case .truncated: (a / b).rounded(.towardZero)
    case .remainder: a - ((a - Double(least)) / b).rounded(.down) * b
    }
  }
}

extension SumForm {
  /// What the sum means.
  var equation: Equation {
    var own = Array(indices.prefix(domainRank))
    let values = terms.map { $0.expression(indices, binding: &own) }
    // Masks that cancel come first, and must meet first.
    let isMasked = terms.contains { abs($0.coefficient) >= Saturation.cancelling }
    let masked = isMasked ? values.dropFirst().reduce(values[0]) { .binary(.add, $0, $1) } : nil
    return Equation(
      indices: own, domainRank: domainRank,
      value: masked ?? .combination(.add, of: values[...]) ?? .constant(0))
  }
}

extension SumForm.Term {
  /// The term, with summed indices of its own at the end of the list: each is bound once. Those that
  /// no factor reads are a multiple.
  fileprivate func expression(
    _ indices: [Equation.Index], binding own: inout [Equation.Index]
  ) -> RealExpression {
    let read = Set(factors.flatMap(\.positions.usedIndices))
    let repeats = summed.filter { !read.contains($0) }.reduce(1.0) {
      $0 * Double(indices[$1].size)
    }
    let bound = own.bind(summed.filter(read.contains).sorted(), of: indices)
    let reads = factors.map { $0.replacing(bound).expression }
    let multiple = RealExpression.constant(coefficient * repeats)
    guard var value = RealExpression.combination(.multiply, of: reads[...]) else {
      return multiple
    }
    if !bound.isEmpty { value = .reduce(.sum, over: bound.values.sorted(), value) }
    return coefficient * repeats == 1 ? value : .binary(.multiply, multiple, value)
  }
}

extension ExtremeForm {
  /// What the extreme means, of operands of the given shapes.
  fileprivate func equation(operands: [[Int]]) -> Equation {
    let isInside = candidates.allSatisfy { candidate in
      candidate.positions.stayInside(operands[candidate.operand]) { indices[$0].size }
    }
    return isInside ? separate : together
  }

  /// The extreme of each candidate for itself, where all of them are.
  private var separate: Equation {
    let inner = Array(domainRank..<indices.count)
    var own = Array(indices.prefix(domainRank))
    let values = candidates.map { candidate in
      let bound = own.bind(inner, of: indices)
      let value = candidate.replacing(bound).expression
      return bound.isEmpty
        ? value : .reduce(isMaximum ? .maximum : .minimum, over: bound.values.sorted(), value)
    }
    return Equation(
      indices: own, domainRank: domainRank,
      value: .combination(isMaximum ? .maximum : .minimum, of: values[...]) ?? .constant(0))
  }

  /// One extreme over all candidates, the last index telling which: an element at which some of them
  /// are outside has that of the others.
  private var together: Equation {
    var own = indices
    var value = candidates[candidates.count - 1].expression
    if candidates.count > 1 || own.count == domainRank {
      let choice = AffineIndex(index: own.count)
      own.append(.init(name: "candidate", size: candidates.count))
      for number in candidates.indices.dropLast().reversed() {
        let isChosen = RealExpression.binary(.equal, .index(choice), .constant(Double(number)))
        value = .select(isChosen, candidates[number].expression, value)
      }
    }
    let bound = Array(domainRank..<own.count)
    return Equation(
      indices: own, domainRank: domainRank,
      value: .reduce(isMaximum ? .maximum : .minimum, over: bound, value))
  }
}

extension PlaceForm {
  /// What the place means.
  fileprivate var equation: Equation {
    if let rank { return equation(ofRank: rank) }
    let reduction: RealExpression.Reduction =
      isMaximum
      ? (isLast ? .lastMaximum : .firstMaximum) : (isLast ? .lastMinimum : .firstMinimum)
    let last = indices.count - 1
    return Equation(
      indices: indices, domainRank: last,
      value: .reduce(reduction, over: [last], candidate.expression))
  }
}

extension PlaceForm {
  /// The sum over all places of the place whose element as many others come before as the index says.
  private func equation(ofRank rank: Int) -> Equation {
    let (here, there) = (indices.count - 1, indices.count)
    let own = candidate.expression
    let other = RealExpression.read(
      OperandRead(
        operand: candidate.operand,
        positions: candidate.positions.substituting { index in
          AffineIndex(index: index == here ? there : index)
        }.map { .affine($0) }))
    let (less, more) = isMaximum ? (own, other) : (other, own)
    func index(_ index: Int) -> RealExpression { .index(AffineIndex(index: index)) }
    let before = RealExpression.select(
      .binary(.less, index(there), index(here)), .binary(.lessOrEqual, less, more),
      .binary(.less, less, more))
    let stands = RealExpression.binary(
      .equal, .reduce(.sum, over: [there], before), index(rank))
    return Equation(
      indices: indices + [indices[here]], domainRank: here,
      value: .reduce(.sum, over: [here], .select(stands, index(here), .constant(0))))
  }
}

extension PickForm {
  /// What the pick means, of operands of the given shapes: where the last index is one of the source's
  /// axes, an element at a computed place, and otherwise the sum over all places of what is there.
  fileprivate func equation(operands: [[Int]]) -> Equation {
    let last = indices.count - 1
    let axis = source.positions.firstIndex {
      $0.plainIndex == last
    }
    guard let axis, operands[source.operand][axis] == indices[last].size else {
      let isHere = RealExpression.binary(
        .equal, .index(AffineIndex(index: last)), place.expression)
      return Equation(
        indices: indices, domainRank: last,
        value: .reduce(
          .sum, over: [last], .select(isHere, source.expression, .constant(0))))
    }
    var positions = source.positions.map { ReadPosition.affine($0) }
    positions[axis] = .computed(place.expression)
    return Equation(
      indices: Array(indices.dropLast()), domainRank: last,
      value: .read(OperandRead(operand: source.operand, positions: positions)))
  }
}

extension StepForm {
  /// What the step means.
  fileprivate var expression: RealExpression {
    function.substituting(reads.map(\.expression))
  }
}

extension FormRead {
  fileprivate var expression: RealExpression {
    .read(OperandRead(operand: operand, positions: positions.map { .affine($0) }))
  }

  /// The same with some indices replaced.
  fileprivate func replacing(_ indices: [Int: Int]) -> FormRead {
    FormRead(
      operand: operand, positions: positions.substituting { .init(index: indices[$0] ?? $0) })
  }
}

extension [Equation.Index] {
  /// Appends copies of some indices of a list. The result is where they are, by where they were.
  fileprivate mutating func bind(_ list: [Int], of indices: [Equation.Index]) -> [Int: Int] {
    var places: [Int: Int] = [:]
    for index in list {
      places[index] = count
      append(indices[index])
    }
    return places
  }
}

extension RealExpression {
  /// All parts joined by an operation, as a tree of little height; nil where there are none.
  fileprivate static func combination(
    _ operation: Binary, of parts: ArraySlice<RealExpression>
  ) -> RealExpression? {
    guard parts.count > 1 else { return parts.first }
    let middle = parts.startIndex + parts.count / 2
    guard let left = combination(operation, of: parts[..<middle]),
      let right = combination(operation, of: parts[middle...])
    else { return nil }
    return .binary(operation, left, right)
  }
}
