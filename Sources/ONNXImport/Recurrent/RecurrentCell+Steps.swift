import ConstraintSystem
import Equations
import TensorGraph

// What a position makes of the states and of what the input gives to its gates. All are [batch, hidden],
// or [batch, gates].
extension RecurrentCell {
  /// - Parameters:
  ///   - states: the hidden state, and the memory where there is one.
  ///   - elements: what the input gives to the gates, and the mask where there is one.
  func step(
    _ states: [ValueID], _ elements: [ValueID], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> Step {
    let next: [ValueID]
    switch layer.kind {
    case .plain:
      let sum = try gate(0, 1, elements[0], states[0], &builder)
      next = [try elementwise("hidden", [sum], &builder) { functions[0]($0(0)) }]
    case .gated: next = [try gated(states[0], elements[0], &builder)]
    case .memory: next = try memory(states[0], states[1], elements[0], &builder)
    }
    guard elements.count > 1 else { return Step(states: next, output: next[0]) }
    return try masked(elements[1], states, next, &builder)
  }

  private func gated(
    _ state: ValueID, _ input: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let sums = try gate(0, 2, input, state, &builder)
    let gates = try elementwise("gates", [sums], &builder) { functions[0]($0(0)) }
    let update = try part(0, 1, of: gates, &builder)
    let reset = try part(1, 1, of: gates, &builder)
    let own = try part(2, 1, of: input, &builder)
    let candidate: ValueID
    if layer.resetsAfter {
      let product = try gate(2, 1, nil, state, &builder)
      let sum = try elementwise("candidate", [own, reset, product], &builder) {
        clipped($0(0) + $0(1) * $0(2))
      }
      candidate = try elementwise("candidate", [sum], &builder) { functions[1]($0(0)) }
    } else {
      let left = try elementwise("reset", [reset, state], &builder) { $0(0) * $0(1) }
      let sum = try gate(2, 1, input, left, &builder)
      candidate = try elementwise("candidate", [sum], &builder) { functions[1]($0(0)) }
    }
    return try elementwise("hidden", [update, candidate, state], &builder) {
      $0(1) + $0(0) * ($0(2) - $0(1))
    }
  }

  private func memory(
    _ state: ValueID, _ memory: ValueID, _ input: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID] {
    func applied(
      _ sum: ValueID, _ function: GateFunction, _ builder: inout EquationGraphBuilder
    ) throws(GraphError) -> ValueID {
      try elementwise("gate", [sum], &builder) { function($0(0)) }
    }
    let add: ValueID
    let keep: ValueID
    var open: ValueID?
    if layer.node.optionalInput(7) == nil {
      let gates = try applied(try gate(0, 3, input, state, &builder), functions[0], &builder)
      add = try part(0, 1, of: gates, &builder)
      open = try part(1, 1, of: gates, &builder)
      keep = try part(2, 1, of: gates, &builder)
    } else {
      add = try applied(
        try gate(0, 1, input, state, seeing: (memory, 0), &builder), functions[0], &builder)
      keep = try applied(
        try gate(2, 1, input, state, seeing: (memory, 2), &builder), functions[0], &builder)
    }
    let candidate = try applied(try gate(3, 1, input, state, &builder), functions[1], &builder)
    let next = try elementwise("memory", [add, keep, candidate, memory], &builder) {
      layer.forgetsByInput
        ? $0(3) + $0(0) * ($0(2) - $0(3)) : $0(1) * $0(3) + $0(0) * $0(2)
    }
    if open == nil {
      open = try applied(
        try gate(1, 1, input, state, seeing: (next, 1), &builder), functions[0], &builder)
    }
    let shown = try applied(next, functions[2], &builder)
    let hidden = try elementwise("hidden", [open ?? next, shown], &builder) { $0(0) * $0(1) }
    return [hidden, next]
  }

  /// Beyond the length of a sequence the states stay, and the output is zero.
  private func masked(
    _ mask: ValueID, _ old: [ValueID], _ next: [ValueID], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> Step {
    let isWithin = RealExpression.read(.init(operand: 0, positions: [.affine(at(0))]))
    var states: [ValueID] = []
    for (old, next) in zip(old, next) {
      states.append(
        try elementwise("state", [mask, old, next], &builder) { .select(isWithin, $0(2), $0(1)) })
    }
    let output = try elementwise("output", [mask, next[0]], &builder) {
      .select(isWithin, $0(1), 0)
    }
    return Step(states: states, output: output)
  }

  /// What goes into `count` gates from `first` on.
  ///
  /// - Parameters:
  ///   - input: what the input gives to all gates; nil for the bias of the recurrence only.
  ///   - memory: what the gate sees of the memory, and the place of its weights.
  private func gate(
    _ first: Int, _ count: Int, _ input: ValueID?, _ state: ValueID,
    seeing memory: (ValueID, Int)? = nil, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let own = AffineIndex(constant: direction)
    let place = at(1).shifted(first * hidden)
    var operands = [state, try layer.node.input(2)]
    var value = RealExpression.reduce(
      .sum, over: [2], read(0, [at(0)], at(2)) * read(1, [own, place], at(2)))
    if let input {
      value = read(operands.count, [at(0)], place) + value
      operands.append(input)
    } else if let bias = layer.node.optionalInput(3) {
      value = value + read(operands.count, [own], place.shifted(layer.kind.gates * hidden))
      operands.append(bias)
    }
    if let (seen, weights) = memory, let weight = layer.node.optionalInput(7) {
      value =
        value + read(operands.count, [at(0)], at(1))
        * read(operands.count + 1, [own], at(1).shifted(weights * hidden))
      operands += [seen, weight]
    }
    let equation = Equation(
      indices: [
        .init(name: "n", size: layer.batch), .init(name: "g", size: count * hidden),
        .init(name: "j", size: hidden),
      ], domainRank: 2, value: input == nil ? value : clipped(value))
    return try append(equation, operands, "sum", &builder)
  }

  private func clipped(_ value: RealExpression) -> RealExpression {
    guard let clip = layer.clip else { return value }
    return .maximum(.constant(-clip), .minimum(.constant(clip), value))
  }

  /// The values of `count` gates from `first` on.
  private func part(
    _ first: Int, _ count: Int, of gates: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let slices = [
      ViewStep.AxisSlice(all: layer.batch),
      .init(start: first * hidden, count: count * hidden, step: 1),
    ]
    return try layer.node.emit(.slice(slices), [gates], to: &builder, step: "gate")
  }

  private func elementwise(
    _ step: String, _ operands: [ValueID], _ builder: inout EquationGraphBuilder,
    _ value: ((Int) -> RealExpression) -> RealExpression
  ) throws(GraphError) -> ValueID {
    let shape = builder[operands[operands.count - 1]].shape
    return try append(Equation.elementwise(shape, value), operands, step, &builder)
  }
}
