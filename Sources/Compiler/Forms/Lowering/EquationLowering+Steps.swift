import ConstraintSystem
import Equations
import TensorGraph

/// Functions of few integer results.
extension EquationLowering {
  /// A quotient of so few results is exact enough where it is rounded to a scale first.
  private static let mostTabled = 1 << 12

  /// What rounds to few integers; nil where an expression does anything else, or what it is of is neither
  /// small nor goes with its result.
  mutating func step(_ expression: RealExpression) throws(GraphError) -> Polynomial? {
    guard let (value, limits) = expression.heldInteger, kind(expression) == .integer else {
      return nil
    }
    guard value.rounds else { return try held(value, limits) }
    var reads = StepReads()
    guard let function = reads.collect(expression, isConstant: { maker.isConstant(operands[$0]) })
    else { return nil }
    var places: [Place] = []
    for read in reads.arguments + reads.constants {
      guard let place = try place(read) else { return nil }
      places.append(place)
    }
    let count = reads.arguments.count
    let numbered = function.substituting(
      reads.order.map { .read(.init(operand: $0, positions: [])) })
    guard isStep(numbered, limits, places, count) else {
      return limits.count > Self.mostTabled ? try quotient(expression) : nil
    }
    for place in 0..<count { places[place] = try inside(places[place]) }
    if count == 1, isIdentity(numbered, places) { return Polynomial(places[0]) }
    let result = elementwise(places, .integer, "step") { reads in
      .step(
        StepForm(
          arguments: Array(reads.prefix(count)), constants: Array(reads.dropFirst(count)),
          function: numbered, limits: limits))
    }
    maker.graph.values[result.value.index].bounds = limits
    return Polynomial(result)
  }

  /// An integer between bounds. What has few values tells its readers so.
  private mutating func held(
    _ value: RealExpression, _ limits: ClosedRange<Int>
  ) throws(GraphError) -> Polynomial? {
    guard kind(value) == .integer, limits.count <= StepForm.maximumHeld else { return nil }
    let place = try inside(self.value(of: polynomial(value)))
    if let own = maker.graph[place.value].bounds, limits.contains(own) { return Polynomial(place) }
    let function = RealExpression.binary(
      .minimum, .binary(.maximum, .argument, .constant(Double(limits.lowerBound))),
      .constant(Double(limits.upperBound)))
    let result = elementwise([place], .integer, "held") {
      .step(StepForm(arguments: $0, constants: [], function: function, limits: limits))
    }
    maker.graph.values[result.value.index].bounds = limits
    return Polynomial(result)
  }

  /// The same of a quotient whose divisor is no constant: the quotient of both as they are is rounded, halves
  /// to the even integer. Nil for anything else.
  private mutating func quotient(_ expression: RealExpression) throws(GraphError) -> Polynomial? {
    guard let parts = expression.roundedQuotient else { return nil }
    let dividend = RealExpression.constant(2) * parts.dividend
    let divisor = RealExpression.constant(2) * parts.divisor
    let above = try value(
      of: division(.floorDivide, .binary(.add, dividend, parts.divisor), divisor))
    let below = try polynomial(
      .unary(.ceil, .binary(.divide, .binary(.subtract, dividend, parts.divisor), divisor)))
    // Both are the same but half way between two integers.
    let tie = element(above) - below
    let odd = try wholeRemainder(of: above)
    let rounded = try value(of: element(above) - product(tie, odd))
    operands.append(rounded.value)
    let read = RealExpression.read(
      OperandRead(
        operand: operands.count - 1, positions: rounded.positions.map { .affine($0) }))
    return try polynomial(expression.replacingRounded(read))
  }

  private mutating func wholeRemainder(of place: Place) throws(GraphError) -> Polynomial {
    let inner = try inside(place)
    let two = try maker.scalar(2)
    return Polynomial(
      elementwise([inner, two], .integer, "odd") {
        .division(DivisionForm(argument: $0[0], divisor: $0[1], result: .remainder))
      })
  }

  private mutating func place(_ read: OperandRead) throws(GraphError) -> Place? {
    let polynomial = try self.read(read)
    return polynomial.place ?? polynomial.constantPlace
  }

  /// Whether a function gives every small integer back.
  private func isIdentity(_ function: RealExpression, _ places: [Place]) -> Bool {
    guard let bounds = maker.graph[places[0].value].bounds, bounds.count <= 1 << 16 else {
      return false
    }
    var constants: [Double] = []
    for place in places.dropFirst() {
      guard let tensor = maker.graph.constants[place.value], tensor.count == 1 else { return false }
      constants.append(Elements(tensor)[0])
    }
    return bounds.allSatisfy { function.value(of: [Double($0)] + constants) == Double($0) }
  }

  /// Whether the function is one of small integers, or of one value that it rises with, whatever its
  /// constants are.
  private func isStep(
    _ function: RealExpression, _ limits: ClosedRange<Int>, _ places: [Place], _ count: Int
  ) -> Bool {
    guard (1...2).contains(count) else { return false }
    let bounds = places.prefix(count).map { maker.graph[$0.value].bounds }
    if StepForm.isTabled(bounds, limits) { return true }
    guard count == 1 else { return false }
    // The direction depends on the constants' signs alone.
    let ends = places.dropFirst(count).map { place -> (low: Double, high: Double) in
      let values = maker.graph.constants[place.value].map(Elements.init)
      let all = (0..<maker.graph[place.value].count).map { values?[$0] ?? .nan }
      return (all.min() ?? .nan, all.max() ?? .nan)
    }
    return [ends.map(\.low), ends.map(\.high)].allSatisfy { numbers in
      function.substituting([.argument] + numbers.map { .constant($0) }).direction == .rising
    }
  }
}

/// What a step reads.
private struct StepReads {
  private(set) var arguments: [OperandRead] = []
  private(set) var constants: [OperandRead] = []
  /// All reads as they were met: whether a constant, and which.
  private var met: [(isConstant: Bool, place: Int)] = []

  /// The place of each read among the arguments, and then the constants.
  var order: [Int] { met.map { $0.isConstant ? arguments.count + $0.place : $0.place } }

  /// The expression with its reads numbered as they were met; nil where it is no function of elements.
  mutating func collect(
    _ expression: RealExpression, isConstant: (Int) -> Bool
  ) -> RealExpression? {
    switch expression {
    case .constant: return expression
    case .index, .reduce: return nil
    case .read(let read):
      guard read.positions.allSatisfy({ if case .affine = $0 { true } else { false } }) else {
        return nil
      }
      return .read(.init(operand: number(read, isConstant(read.operand)), positions: []))
    case .unary(let function, let operand):
      return collect(operand, isConstant: isConstant).map { .unary(function, $0) }
    case .binary(let operation, let left, let right):
      guard let left = collect(left, isConstant: isConstant),
        let right = collect(right, isConstant: isConstant)
      else { return nil }
      return .binary(operation, left, right)
    case .select(let condition, let first, let second):
      guard let condition = collect(condition, isConstant: isConstant),
        let first = collect(first, isConstant: isConstant),
        let second = collect(second, isConstant: isConstant)
      else { return nil }
      return .select(condition, first, second)
    }
  }

  private mutating func number(_ read: OperandRead, _ isConstant: Bool) -> Int {
    let list = isConstant ? constants : arguments
    let place = list.firstIndex(of: read) ?? list.count
    if place == list.count {
      if isConstant { constants.append(read) } else { arguments.append(read) }
    }
    if let known = met.firstIndex(where: { $0 == (isConstant, place) }) { return known }
    met.append((isConstant, place))
    return met.count - 1
  }
}
