import ConstraintSystem

/// Changes of the expressions of witness programs.
enum ExpressionMutation {
  static func changed(_ expression: HintExpression, _ random: inout Random) -> HintExpression {
    if random.once(in: 2), let inner = changedWithin(expression, &random) { return inner }
    let number = HintExpression.constant(random.integer(near: 1))
    return switch random.below(13) {
    case 0: number
    case 1: .read(TensorRead(tensor: random.integer(near: 1), positions: [AffineIndex(index: 0)]))
    case 2: .index(AffineIndex(index: random.below(4)))
    case 3: .add(expression, number)
    case 4: .multiply(expression, expression)
    case 5: .floorDivide(expression, number)
    case 6: .remainder(number, expression)
    case 7: .less(expression, number)
    case 8: .select(expression, number, expression)
    case 9: .sum(over: [random.below(4)], expression)
    case 10: .minimumOver([random.below(4)], expression)
    case 11: .table(random.integer(near: 0), column: random.integer(near: 1), expression)
    default: .equal(number, expression)
    }
  }

  /// With a change in one of its parts; nil where there is none that is looked into.
  private static func changedWithin(
    _ expression: HintExpression, _ random: inout Random
  ) -> HintExpression? {
    switch expression {
    case .read(var read):
      SystemMutation.change(&read, &random)
      return .read(read)
    case .index(var index):
      SystemMutation.change(&index, &random)
      return .index(index)
    case .add(let a, let b): return .add(changed(a, &random), b)
    case .subtract(let a, let b): return .subtract(a, changed(b, &random))
    case .multiply(let a, let b): return .multiply(changed(a, &random), b)
    case .floorDivide(let a, let b): return .floorDivide(changed(a, &random), b)
    case .remainder(let a, let b): return .remainder(changed(a, &random), b)
    case .minimum(let a, let b): return .minimum(a, changed(b, &random))
    case .maximum(let a, let b): return .maximum(changed(a, &random), b)
    case .select(let a, let b, let c): return .select(a, changed(b, &random), c)
    case .sum(var indices, let body):
      SystemMutation.change(&indices, &random)
      return .sum(over: indices, body)
    case .maximumOver(let indices, let body): return .maximumOver(indices, changed(body, &random))
    case .table(let table, let column, let body):
      return .table(table, column: column, changed(body, &random))
    default: return nil
    }
  }

  /// Changes a circuit: its system, or the program that computes its witness.
  static func change(_ circuit: inout Circuit, _ random: inout Random) {
    switch random.below(6) {
    case 0: circuit.program.steps.rearrange(&random)
    case 1: circuit.program.temporaries.rearrange(&random)
    case 2: circuit.program.temporaries.change(&random, SystemMutation.change)
    case 3, 4: circuit.program.steps.change(&random, change)
    default: SystemMutation.change(&circuit.system, &random)
    }
  }

  private static func change(_ step: inout WitnessProgram.Step, _ random: inout Random) {
    switch random.below(5) {
    case 0: SystemMutation.change(&step.name, &random)
    case 1: step.target = random.integer(near: step.target)
    case 2: SystemMutation.change(&step.indices, &random)
    default:
      switch step.computation {
      case .sumOfProducts(var terms):
        SystemMutation.change(&terms, &random)
        step.computation = .sumOfProducts(terms)
      case .expression(let expression):
        step.computation = .expression(changed(expression, &random))
      }
    }
  }
}
