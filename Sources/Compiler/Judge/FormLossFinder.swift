import Equations
import Foundation
import TensorGraph
import Witness

/// Finds where an output's error comes from, as `LossFinder` does: the network is evaluated with its
/// first values replaced by what the circuit has for them.
struct FormLossFinder {
  let network: FormNetwork
  let options: CompileOptions
  let target: ValueID
  private let inputs: [ValueID: [Double]]
  /// What may be replaced, in the order of evaluation.
  let steps: [(id: ValueID, value: [Double])]
  /// The network's own values.
  let exact: [ValueID: [Double]]

  init(
    _ network: FormNetwork, _ model: CompiledModel, _ output: Int, _ sample: [String: Tensor]
  ) throws(CompileError) {
    self.network = network
    options = model.options
    target = network.targets[output].value
    inputs = try network.graph.inputs(sample)
    let assignment = try model.evaluate(sample)
    let graph = network.graph
    var steps: [(id: ValueID, value: [Double])] = []
    for id in graph.inputs + graph.nodes.map(\.output) where graph[id].kind == .real {
      guard let tensor = network.tensors[id] else { continue }
      let bits = model.circuit.system.tensors[tensor].fractionalBits
      steps.append(
        (id, assignment[tensor].values.map { FixedPoint.real($0, fractionalBits: bits) }))
    }
    self.steps = steps
    var exact = graph.constants.mapValues(\.doubles)
    var evaluation = FormEvaluator(graph)
    try evaluation.run(inputs) { id, value throws(CompileError) in exact[id] = value }
    self.exact = exact
  }

  /// The values at which the error passes the tolerance, and half of what it is in the end.
  func losses(tolerated: Double) throws(CompileError) -> [Inaccuracy.Loss] {
    let total = try error(replacing: steps.count)
    var found: [Inaccuracy.Loss] = []
    for threshold in [tolerated, total / 2] where total > threshold {
      let loss = try describe(try crossing(threshold))
      if !found.contains(loss) { found.append(loss) }
    }
    return found
  }

  /// The first number of replaced values, or another one, that makes the error exceed a threshold.
  private func crossing(_ threshold: Double) throws(CompileError) -> Int {
    var (low, high) = (0, steps.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try error(replacing: middle) > threshold { high = middle } else { low = middle }
    }
    return high - 1
  }

  func error(replacing count: Int) throws(CompileError) -> Double {
    let found = try values(replacing: count, wanted: [target])[target] ?? exact[target]
    guard let found, let reference = exact[target] else { return 0 }
    return zip(found, reference).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Values of the network with the first ones replaced.
  func values(
    replacing count: Int, wanted: Set<ValueID>
  ) throws(CompileError) -> [ValueID: [Double]] {
    let replaced = Dictionary(
      steps.prefix(count).map { ($0.id, $0.value) }, uniquingKeysWith: { first, _ in first })
    var values: [ValueID: [Double]] = [:]
    var evaluation = FormEvaluator(network.graph)
    try evaluation.run(inputs, replacing: replaced) { id, value throws(CompileError) in
      if wanted.contains(id) { values[id] = value }
    }
    return values
  }

  private func describe(_ step: Int) throws(CompileError) -> Inaccuracy.Loss {
    let graph = network.graph
    let id = steps[step].id
    guard let number = graph.producers[id] else { return loss(id, .input) }
    let node = graph.nodes[number]
    let operands = try values(replacing: step, wanted: Set(node.operands))
    if let constant = try coarseConstant(number, operands) { return constant }
    return loss(id, .result(node: graph.layers[node.layer].name))
  }

  /// A value's scale and what makes it so.
  private func loss(_ id: ValueID, _ role: Inaccuracy.Loss.Role) -> Inaccuracy.Loss {
    let bits = network.plan[id].bits
    let values = (exact[id] ?? []).map(abs)
    let unit = FixedPoint.real(1, fractionalBits: bits)
    return Inaccuracy.Loss(
      tensor: network.graph[id].name, role: role, unit: unit, magnitude: values.max() ?? 0,
      cause: cause(id, role, bits), lost: Self.lost(values, unit))
  }

  private func cause(
    _ id: ValueID, _ role: Inaccuracy.Loss.Role, _ bits: Int
  ) -> Inaccuracy.Loss.Cause {
    let graph = network.graph
    let own = magnitude(id)
    let classes = ValueClasses(graph)
    let root = classes.root(id.index)
    let relatives = graph.values.indices.filter { classes.root($0) == root }.map(ValueID.init)
    let greatest = relatives.max { magnitude($0) < magnitude($1) } ?? id
    if magnitude(greatest) > 2 * own {
      return .shared(name: graph[greatest].name, magnitude: magnitude(greatest))
    }
    let usual = Double(1 << (options.headroomBits + 2))
    let limit = FixedPoint.real(network.plan[id].range.upperBound, fractionalBits: bits)
    guard own > 0, limit > usual * own else { return .magnitude }
    if role == .input { return .limit(limit) }
    // The scale follows from that of something else in a sum or a product.
    for node in graph.nodes where node.operands.contains(where: relatives.contains) {
      let others = node.operands.filter { magnitude($0) > own * usual }
      guard let other = others.max(by: { magnitude($0) < magnitude($1) }) else { continue }
      return .partner(
        name: graph[other].name, magnitude: magnitude(other), node: graph.layers[node.layer].name)
    }
    return .limit(limit)
  }

  private func magnitude(_ id: ValueID) -> Double {
    (exact[id] ?? []).reduce(0) { max($0, abs($1)) }
  }

  /// What counts as zero of some magnitudes.
  private static func lost(_ magnitudes: [Double], _ unit: Double) -> Inaccuracy.Loss.Lost? {
    let small = magnitudes.filter { $0 > 0 && $0 < unit / 2 }
    return small.max().map { .init(count: small.count, total: magnitudes.count, magnitude: $0) }
  }
}

// Weights and other constants that are rounded too coarsely.
extension FormLossFinder {
  /// The constant of a sum whose rounding moves the result by more than the result's own.
  private func coarseConstant(
    _ number: Int, _ operands: [ValueID: [Double]]
  ) throws(CompileError) -> Inaccuracy.Loss? {
    let graph = network.graph
    let node = graph.nodes[number]
    guard case .sum(let form) = node.form, let plan = network.plan.sums[number] else { return nil }
    let unit = FixedPoint.real(1, fractionalBits: network.plan[node.output].bits)
    for (term, scale) in zip(form.terms, plan.terms) {
      guard let bits = scale.constantBits,
        let read = term.factors.first(where: { graph.constants[node.operands[$0.operand]] != nil }),
        let constant = graph.constants[node.operands[read.operand]], scale.factor != 0
      else { continue }
      let step = FixedPoint.real(1, fractionalBits: bits) / abs(scale.factor)
      let rounded = constant.doubles.map { ($0 / step).rounded(.toNearestOrAwayFromZero) * step }
      guard try movement(node, form, read.operand, rounded, operands) > unit else { continue }
      let magnitudes = constant.doubles.map(abs)
      return Inaccuracy.Loss(
        tensor: graph[node.operands[read.operand]].name,
        role: .constant(node: graph.layers[node.layer].name), unit: step,
        magnitude: magnitudes.max() ?? 0, cause: .magnitude, lost: Self.lost(magnitudes, step))
    }
    return nil
  }

  /// How much a sum moves when a constant is rounded.
  private func movement(
    _ node: FormGraph.Node, _ form: SumForm, _ place: Int, _ rounded: [Double],
    _ operands: [ValueID: [Double]]
  ) throws(CompileError) -> Double {
    var values = try node.operands.mapTyped { id throws(CompileError) in
      try operand(id, operands[id] ?? exact[id] ?? [])
    }
    let before = try sum(form, values)
    values[place] = try operand(node.operands[place], rounded)
    let after = try sum(form, values)
    return zip(before, after).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }
  private func operand(
    _ id: ValueID, _ values: [Double]
  ) throws(CompileError) -> EquationOperand {
    do throws(GraphError) {
      return try EquationOperand(shape: network.graph[id].shape, doubles: values)
    } catch { throw CompileError(error) }
  }

  private func sum(
    _ form: SumForm, _ operands: [EquationOperand]
  ) throws(CompileError) -> [Double] {
    do throws(GraphError) {
      return try form.equation.doubles(on: operands)
    } catch { throw CompileError(error) }
  }
}
