import Equations
import Foundation

// The conditions that forms put on the bits.
extension FormScaleSolver {
  mutating func relax(_ number: Int) throws(CompileError) {
    let node = graph.nodes[number]
    switch node.form {
    case .sum:
      if let facts = sums[number] { try relax(facts) }
    case .view: relaxView(node)
    case .extreme:
      for operand in node.operands where !graph[operand].isCommitted {
        lower(node.output, to: eff(operand))
      }
    case .quotient(let a, let b):
      try relaxQuotient(node, node.operands[a.operand], node.operands[b.operand])
    case .division(let form): try relaxDivision(form, node)
    case .root(let a, let isInverse):
      relaxRoot(node, node.operands[a.operand], isInverse: isInverse)
    case .less(let a, let b), .equal(let a, let b):
      relaxComparison([a, b].map { node.operands[$0.operand] })
    case .step(let form):
      for read in form.arguments {
        lower(node.operands[read.operand], to: DivisionScales.maximalDigits - 6)
      }
    case .apply, .place, .pick: break
    }
  }

  /// √(a·2^power) must be of 47 bits at the most, and no power negative.
  mutating func relaxRoot(_ node: FormGraph.Node, _ a: ValueID, isInverse: Bool) {
    guard !isInverse, let operand = operand(a) else { return }
    let room = 47 - operand.magnitude.magnitudeBits + operand.bits
    lower(node.output, to: room >= 0 ? room / 2 : (room - 1) / 2)
    if operand.bits > 2 * bits(of: node.output) { coarsen(a) }
  }

  /// What is compared is brought to the bits of the finer operand: the other one must leave no 46 bits.
  mutating func relaxComparison(_ ids: [ValueID]) {
    let values = ids.filter { graph.constants[$0] == nil && graph[$0].isCommitted }
    guard values.count == 2, let finest = values.max(by: { eff($0) < eff($1) }) else { return }
    for id in values where id != finest {
      guard let other = operand(id) else { continue }
      let room = DivisionScales.maximalDigits - other.magnitude.magnitudeBits + other.bits
      lower(finest, to: room)
    }
    // Equal numbers are rounded alike.
    let all = values.map { bits(of: $0) }
    guard
      values.allSatisfy({ id in graph.isMovedInput(id) { producers[$0.index] } && !isFixed(id) }),
      let least = all.min(), let most = all.max(), most - least <= Self.alikeBits
    else { return }
    lower(finest, to: least)
  }

  /// Inputs that are compared with each other share their bits if they differ by so few.
  private static let alikeBits = 4

  /// Both operands at common bits are small integers.
  mutating func relaxDivision(
    _ form: DivisionForm, _ node: FormGraph.Node
  ) throws(CompileError) {
    for read in form.reads {
      lower(node.operands[read.operand], to: DivisionScales.maximalDigits - 6)
    }
    let scales = scales(of: form, node)
    guard scales.magnitude > 1 << DivisionScales.maximalDigits else { return }
    let values = form.reads.map { node.operands[$0.operand] }
      .filter { graph.constants[$0] == nil && graph[$0].kind == .real }
    guard let finest = values.max(by: { eff($0) < eff($1) }), bits(of: finest) > -60 else {
      throw .scales(
        node: graph.layers[node.layer].name,
        reason: "it divides integers that leave \(DivisionScales.maximalDigits) bits")
    }
    coarsen(finest)
  }

  mutating func relaxView(_ node: FormGraph.Node) {
    guard !graph[node.output].isCommitted else { return relaxConcatenation(node) }
    let parts = node.operands.compactMap { operand($0) }
    let bits = parts.map(\.bits).max() ?? 0
    let magnitude = parts.map { part in
      let scaled = scalbn(Double(part.magnitude), bits - part.bits)
      return scaled < 0x1p62 ? Int(scaled) : Int.max
    }
    exact[node.output] = .init(bits: bits, magnitude: magnitude.max() ?? 1)
  }

  /// A concatenation has the bits of its finest part. Parts are as fine as the coarsest, but for those
  /// that would lose what they are worth by that, within the widest range.
  mutating func relaxConcatenation(_ node: FormGraph.Node) {
    let parts = graph.committedOperands(of: node).filter { graph[$0].kind == .real }
    guard node.isConcatenation, !parts.isEmpty else { return }
    let coarsest = parts.map { bits(of: $0) }.min() ?? 0
    let worth = parts.map { usual($0) - Int(effort.slack) }.max() ?? coarsest
    for part in parts { lower(part, to: min(max(coarsest, worth), bits(of: node.output))) }
    let finest = parts.map { bits(of: $0) }.max() ?? 0
    lower(node.output, to: finest)
    let isMoved = graph.isMovedInput(node.output) { producers[$0.index] }
    let limit = IntegerWidth.range(isMoved ? IntegerWidth.ofInput : IntegerWidth.ofResult)
      .upperBound
    let isWide = parts.contains { part in
      let choice = choice(part)
      return scalbn(Double(choice.range.upperBound), finest - choice.bits) > Double(limit)
    }
    // Constants that somebody can tell are beside the parts as they are.
    let constants = node.operands.compactMap { graph.constants[$0]?.greatestMagnitude }
    let isTold =
      blindness[node.output] == .none
      && scalbn(constants.max() ?? 0, finest) > Double(limit)
    guard isWide || isTold else { return }
    for part in parts where bits(of: part) == finest { lower(part, to: finest - 1) }
    if isTold { lower(node.output, to: finest - 1) }
  }

  /// The numerator's shift must stay in the integers that the field tells apart.
  ///
  /// - Throws: `.scales` where the divisor is so small that it would count as zero.
  mutating func relaxQuotient(
    _ node: FormGraph.Node, _ a: ValueID, _ b: ValueID
  ) throws(CompileError) {
    let constant = graph.numeratorBits(a).map {
      SumScales.Operand(bits: $0, magnitude: CompileOptions.activationRange.upperBound)
    }
    guard let top = constant ?? operand(a), let bottom = operand(b) else { return }
    let greatest = room[b.index]
    guard greatest == 0 || scalbn(greatest, bottom.bits) >= 0.5 else {
      throw .scales(
        node: graph.layers[node.layer].name,
        reason: "it divides by \"\(graph[b].name)\", which reaches no more than "
          + "\(Readable.number(greatest)) and would count as zero; scale it to a magnitude of about 1"
      )
    }
    let room = options.accumulatorBits - 1 - top.magnitude.ceilingLog2
    lower(node.output, to: top.bits - bottom.bits + room)
    // Twice the divisor times the quotient.
    // A quotient of few bits is that of a multiple of the divisor.
    let factor = max(top.bits - bottom.bits - bits(of: node.output), 0)
    let (divisor, quotient) = (bottom.magnitude.ceilingLog2, choice(node.output).range.width)
    guard divisor + factor + quotient >= options.accumulatorBits else { return }
    // Of the two the wider one gives way, so that neither ends up with no digits at all.
    if factor > 0 && constant == nil {
      coarsen(a)
    } else if quotient > divisor + factor {
      lower(node.output, to: bits(of: node.output) - 1)
    } else {
      coarsen(b)
    }
  }

  mutating func relax(_ facts: SumFacts) throws(CompileError) {
    let output = facts.node.output
    for _ in 0..<Self.maximalRounds {
      if graph[output].isCommitted { limitResult(output, scales(of: facts)) }
      let scales = scales(of: facts)
      let accumulator = scales.accumulatorBits(isCommitted: graph[output].isCommitted)
      if !graph[output].isCommitted {
        exact[output] = .init(
          bits: accumulator, magnitude: scales.magnitude(accumulator: accumulator))
      }
      guard conflict == nil, let excess = excess(scales, accumulator) else { return }
      coarsen(excess)
      // A sum that is not committed is found anew only by the next round over all nodes.
      guard graph[excess].isCommitted else { return }
    }
    throw .scales(
      node: graph.layers[facts.node.layer].name,
      reason: graph[output].kind == .real
        ? "it adds up so many products that their sum leaves \(options.accumulatorBits) bits; "
          + "split it"
        : "its integers may leave \(options.accumulatorBits) bits; use smaller integers, or calibrate "
          + "with those that occur")
  }

  func scales(of facts: SumFacts) -> SumScales {
    SumScales(
      facts: facts, operands: facts.node.operands.map { operand($0) },
      output: bits(of: facts.node.output),
      width: graph[facts.node.output].isCommitted
        ? choice(facts.node.output).range.width : nil,
      blind: blindness[facts.node.output], room: rooms[facts.node.output], options: options)
  }

  mutating func limitResult(_ output: ValueID, _ scales: SumScales) {
    if scales.facts.hasWeights || scales.facts.hasConstants {
      lower(output, to: scales.mostBits + bits(of: output) - scales.output)
    } else if let exact = scales.exactBits {
      lower(output, to: exact + bits(of: output) - scales.output)
    }
  }

  /// What is too fine for the sum; nil when all is well.
  func excess(_ scales: SumScales, _ accumulator: Int) -> ValueID? {
    let facts = scales.facts
    let exact = facts.terms.compactMap { term in scales.exactBits(term).map { (term, $0) } }
    // A mask is multiplied by truth values alone.
    let least = exact.filter { !facts.isOfTruths($0.0) }.map(\.1).min() ?? 0
    let limit =
      min(
        scales.output + CompileOptions.maximalShift, least + SumScales.maximalAlignment,
        scales.roomBits)
    if let finest = exact.max(by: { $0.1 < $1.1 }), finest.1 > limit {
      return finestFactor(finest.0, facts)
    }
    guard scales.magnitude(accumulator: accumulator) >= 1 << options.accumulatorBits else {
      return nil
    }
    return exact.isEmpty ? widest(facts) : finest(of: facts)
  }

  func widest(_ facts: SumFacts) -> ValueID {
    let values = facts.terms.flatMap(\.values).map { facts.node.operands[$0] }
    return values.max { (operand($0)?.magnitude ?? 0) < (operand($1)?.magnitude ?? 0) }
      ?? facts.node.output
  }
}
