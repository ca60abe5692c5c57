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
      relaxQuotient(node, node.operands[a.operand], node.operands[b.operand])
    case .root(let a, let isInverse):
      relaxRoot(node, node.operands[a.operand], isInverse: isInverse)
    case .apply, .less, .equal, .place, .pick: break
    }
  }

  /// √(a·2^power) must be of 47 bits at the most, and no power negative.
  mutating func relaxRoot(_ node: FormGraph.Node, _ a: ValueID, isInverse: Bool) {
    guard !isInverse, let operand = operand(a) else { return }
    let room = 47 - operand.magnitude.magnitudeBits + operand.bits
    lower(node.output, to: room >= 0 ? room / 2 : (room - 1) / 2)
    if operand.bits > 2 * bits(of: node.output) { coarsen(a) }
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
    guard isWide else { return }
    for part in parts where bits(of: part) == finest { lower(part, to: finest - 1) }
  }

  /// The numerator's shift must stay in the integers that the field tells apart.
  mutating func relaxQuotient(_ node: FormGraph.Node, _ a: ValueID, _ b: ValueID) {
    let constant = graph.numeratorBits(a).map {
      SumScales.Operand(bits: $0, magnitude: CompileOptions.activationRange.upperBound)
    }
    guard let top = constant ?? operand(a), let bottom = operand(b) else { return }
    let room = options.accumulatorBits - 1 - top.magnitude.ceilingLog2
    lower(node.output, to: top.bits - bottom.bits + room)
    // Twice the divisor times the quotient.
    let digits = bottom.magnitude.ceilingLog2 + choice(node.output).range.width
    if digits >= options.accumulatorBits { coarsen(b) }
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
      reason: "it adds up so many products that their sum leaves \(options.accumulatorBits) bits; "
        + "split it")
  }

  func scales(of facts: SumFacts) -> SumScales {
    SumScales(
      facts: facts, operands: facts.node.operands.map { operand($0) },
      output: bits(of: facts.node.output),
      width: graph[facts.node.output].isCommitted
        ? choice(facts.node.output).range.width : nil,
      blind: blindness[facts.node.output], options: options)
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
