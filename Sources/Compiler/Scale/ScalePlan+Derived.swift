import Equations
import Foundation

extension ScalePlan {
  /// The plan that follows from choices.
  ///
  /// - Parameter chosen: by value; what is said of values that are not committed does not count but
  ///   for the bits that they would have.
  init(_ graph: FormGraph, _ chosen: [Value], _ options: CompileOptions) {
    self.chosen = chosen
    var derived = chosen
    // A concatenation is as fine as its finest part, and what keeps its scale as it.
    let classes = ValueClasses(graph)
    for node in graph.nodes where node.isConcatenation && graph[node.output].isCommitted {
      let parts = graph.committedOperands(of: node).map { derived[$0.index].bits }
      guard graph[node.output].kind == .real, let finest = parts.max() else { continue }
      let root = classes.root(node.output.index)
      for index in derived.indices where classes.root(index) == root {
        derived[index].bits = finest
      }
    }
    for (id, bits) in graph.exactBits({ derived[$0.index].bits }) { derived[id.index].bits = bits }
    values = derived
    sums = [:]
    let (blindness, producers) = (Blindness(graph), graph.producers)
    let rooms = SquareRoom(graph, options)
    for (number, node) in graph.nodes.enumerated() {
      let own = values[node.output.index]
      if node.keepsScale, graph[node.output].isCommitted,
        let widest = graph.rangeKept(
          by: node, own.bits, blindness, { values[$0.index] })
      {
        values[node.output.index].range = widest
      }
      switch node.form {
      case .sum(let form):
        add(
          number, SumFacts(form, node, graph), graph, options, blind: blindness[node.output],
          room: rooms[node.output], producers)
      case .view where !graph[node.output].isCommitted: addView(node, graph)
      case .root(let a, isInverse: false): addRoot(node.output, node.operands[a.operand])
      default: break
      }
      if graph[node.output].kind == .integer { addInteger(number, graph) }
    }
  }

  /// √(a·2^power) has half of the bits of what is under it.
  private mutating func addRoot(_ output: ValueID, _ a: ValueID) {
    let operand = values[a.index]
    let power = 2 * values[output.index].bits - operand.bits
    let digits = (operand.range.magnitude.magnitudeBits + max(power, 0) + 1) / 2
    values[output.index].range = IntegerWidth.covering(0...(1 << min(digits, 46)) - 1)
  }

  /// Integers that are not an input's are bounded by what they are made of.
  private mutating func addInteger(_ number: Int, _ graph: FormGraph) {
    let node = graph.nodes[number]
    let parts = node.operands.map { id -> ClosedRange<Int> in
      guard let constant = graph.constants[id] else { return values[id.index].range }
      let greatest = Int(constant.greatestMagnitude)
      return -greatest...greatest
    }
    switch node.form {
    case .view, .extreme: values[node.output.index].range = parts.hull
    case .pick(let pick):
      values[node.output.index].range =
        graph.knownRange(of: node.output, isInput: false) ?? [parts[pick.source.operand]].hull
    case .place(let place):
      values[node.output.index].range = 0...max((place.indices.last?.size ?? 1) - 1, 0)
    case .sum:
      // What is committed is bounded by its range.
      let most = graph[node.output].isCommitted ? (1 << 46) - 1 : Int.max
      let magnitude = min(sums[number]?.magnitude ?? 0, most)
      values[node.output.index].range =
        graph.knownRange(of: node.output, isInput: false) ?? -magnitude...magnitude
    case .division(let form):
      values[node.output.index].range = graph.divisionScales(form, node) { values[$0.index] }.range
    case .step(let form): values[node.output.index].range = form.limits
    case .apply(let form) where node.keepsScale:
      let own = parts.hull
      // It goes by lines between the ends and zero.
      let ends = [own.lowerBound, own.upperBound, min(max(0, own.lowerBound), own.upperBound)]
      let results = ends.map { form.function.value(at: Double($0)) }
      values[node.output.index].range =
        Int((results.min() ?? 0).rounded(.down))...Int((results.max() ?? 0).rounded(.up))
    default: break
    }
  }

  private mutating func add(
    _ number: Int, _ facts: SumFacts, _ graph: FormGraph, _ options: CompileOptions,
    blind: Blindness.Sides, room: Int?, _ producers: [ValueID: Int]
  ) {
    let output = facts.node.output
    let operands = facts.node.operands.map { id -> SumScales.Operand? in
      guard graph.constants[id] == nil else { return nil }
      return .init(
        bits: values[id.index].bits, magnitude: values[id.index].range.magnitude,
        looseness: producers[id].map { graph.nodes[$0].looseness } ?? 1)
    }
    let isCommitted = graph[output].isCommitted
    let scales = SumScales(
      facts: facts, operands: operands, output: values[output.index].bits,
      width: isCommitted ? values[output.index].range.width : nil, blind: blind, room: room,
      options: options)
    let accumulator = scales.accumulatorBits(isCommitted: isCommitted)
    let plan = scales.plan(accumulator: accumulator)
    sums[number] = plan
    guard !isCommitted else { return }
    values[output.index] = Value(bits: accumulator, range: -plan.magnitude...plan.magnitude)
  }

  /// What moves a sum that is not committed holds it as it is.
  private mutating func addView(_ node: FormGraph.Node, _ graph: FormGraph) {
    let parts = node.operands.filter { graph.constants[$0] == nil }.map { values[$0.index] }
    let bits = parts.map(\.bits).max() ?? 0
    let magnitude = parts.reduce(1) { greatest, part in
      let scaled = scalbn(Double(part.range.magnitude), bits - part.bits)
      return max(greatest, scaled < 0x1p62 ? Int(scaled) : Int.max)
    }
    values[node.output.index] = Value(bits: bits, range: -magnitude...magnitude)
  }
}

extension FormGraph {
  /// The range of what keeps the scale of its operands, `bits`: the widest of theirs. Constants of a
  /// view are held to a bound where nobody can tell. Nil where it has a range of its own: where it has
  /// no committed operand, or is an extreme whose readers can tell what is beyond all measure.
  func rangeKept(
    by node: Node, _ bits: Int, _ blindness: Blindness, _ choice: (ValueID) -> ScalePlan.Value
  ) -> ClosedRange<Int>? {
    let parts = committedOperands(of: node)
    let ranges = parts.map { part -> ClosedRange<Int> in
      let own = choice(part)
      guard node.isConcatenation, own.bits < bits else { return own.range }
      return IntegerWidth.range(
        IntegerWidth.least(magnitude: Double(own.range.upperBound), bits: bits - own.bits))
    }
    guard var widest = ranges.widest else { return nil }
    // A candidate that is no committed value may be the greatest.
    if case .extreme = node.form, parts.count < node.operands.count { return nil }
    if case .extreme(let form) = node.form, self[node.output].kind == .real,
      widest.width > 24, !blindness[node.output].holds(form.isMaximum ? -1 : 1),
      parts.contains(where: { blindness[$0] != .none })
    {
      return nil
    }
    guard case .view = node.form else { return widest }
    let bound =
      blindness[node.output] != .none
      ? Saturation.bound(of: widest, bits: bits)
      : IntegerWidth.range(IntegerWidth.ofInput).upperBound
    for operand in node.operands {
      guard let constant = constants[operand] else { continue }
      let magnitude = min(scalbn(constant.greatestMagnitude, bits), Double(bound))
      let own = IntegerWidth.range(IntegerWidth.least(magnitude: magnitude, bits: 0))
      if own.magnitude > widest.magnitude { widest = own }
    }
    return widest
  }
}

extension [ClosedRange<Int>] {
  /// The one with the greatest magnitude.
  var widest: ClosedRange<Int>? { self.max { $0.magnitude < $1.magnitude } }

  /// The least range that has all of them and zero.
  var hull: ClosedRange<Int> {
    reduce(0...0) {
      Swift.min($0.lowerBound, $1.lowerBound)...Swift.max($0.upperBound, $1.upperBound)
    }
  }
}
