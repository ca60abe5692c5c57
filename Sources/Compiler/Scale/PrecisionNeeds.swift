import Equations
import Foundation

/// How many fractional bits the values of a graph need, apart from how many 16 bits leave them: so many
/// that what rounding a value changes stays small beside the results of what reads it.
///
/// A difference of large numbers, a sum with a mean taken off, or features of unlike magnitude beside
/// each other need more than 16 bits.
struct PrecisionNeeds {
  /// By value; nil where nothing asks for any.
  private(set) var bits: [Double?]
  private let graph: FormGraph
  private let calibration: FormCalibration
  /// The bits that 16 bits leave each value.
  private let usual: [Int]
  private let producers: [ValueID: Int]
  private let blindness: Blindness?
  /// The bits that tables have of their arguments, by node.
  private var argumentBits: [Int: Int] = [:]

  /// The error that is tolerated is 2^slack units of a result that has 16 bits.
  private let slack: Double
  /// The digits of single precision behind the first, and those with which what is compared is told from
  /// a constant.
  private static let singleDigits = 23
  private static let comparedDigits = 10
  /// By so many bits what a label is chosen by is finer than 16 bits leave it.
  private static let decisiveDigits = 8

  /// - Parameters:
  ///   - tables: what functions are looked up in, of arguments that may be more than these hold.
  ///   - blindness: that of the graph, of whose masks nothing need be precise.
  ///   - wanted: what values need beside that; nothing follows from it for what they are made of.
  init(
    _ graph: FormGraph, _ calibration: FormCalibration, usual: [Int], slack: Double,
    tables: [TableGroup] = [], blindness: Blindness? = nil, wanted: [ValueID: Int] = [:]
  ) {
    self.blindness = blindness
    self.slack = slack
    self.graph = graph
    self.calibration = calibration
    self.usual = usual
    producers = graph.producers
    bits = [Double?](repeating: nil, count: graph.values.count)
    for group in tables where !group.isRefined {
      for number in group.nodes { argumentBits[number] = group.argumentBits }
    }
    let decisive = graph.decisive
    func finer(_ id: ValueID) -> Double { Double(usual[id.index] + Self.decisiveDigits) }
    for id in decisive {
      guard let number = producers[id], graph.addsPickedConstants(graph.nodes[number]) else {
        continue
      }
      ask(id, finer(id))
    }
    for (number, node) in graph.nodes.enumerated().reversed() { ask(number, node) }
    for id in decisive { ask(id, finer(id)) }
    for (id, bits) in wanted { ask(id, Double(bits)) }
  }

  private mutating func ask(_ id: ValueID, _ wanted: Double?) {
    guard let wanted, wanted.isFinite, graph.constants[id] == nil else { return }
    bits[id.index] = max(bits[id.index] ?? wanted, wanted)
  }

  private mutating func ask(_ number: Int, _ node: FormGraph.Node) {
    if let wanted = argumentBits[number], graph[graph.argument(of: node)].kind == .real {
      ask(graph.argument(of: node), Double(wanted))
    }
    let own = bits[node.output.index]
    if node.keepsScale {
      for operand in node.movedOperands { ask(operand, own) }
      // No part of a concatenation becomes coarse beside another one.
      if case .view(.concatenate) = node.form {
        for operand in node.operands where graph.constants[operand] == nil {
          ask(operand, Double(usual[operand.index]) - slack)
        }
      }
      return
    }
    if let (a, b) = node.compared {
      // Of several scores the greatest is told by what they are worth.
      let isPlace = if case .place = node.form { true } else { false }
      ask(compared: a, with: b, isPlace: isPlace)
      ask(compared: b, with: a, isPlace: isPlace)
    }
    if case .step(let step) = node.form { ask(step, node) }
    if case .division(let division) = node.form { ask(division, node) }
    let target = target(node.output, own)
    guard graph[node.output].kind == .real else { return }
    switch node.form {
    case .sum(let sum):
      let sides = blindness?[node.output] ?? .none
      ask(SumFacts(sum, node, graph), target, without: Set(sum.switches(node, graph, sides)))
    case .quotient(let a, let b):
      let (top, bottom) = (node.operands[a.operand], node.operands[b.operand])
      let divisor = min(calibration[bottom].least, typical(bottom))
      ask(top, target - log2(divisor))
      ask(bottom, target + log2(max(calibration[node.output].magnitude, 0x1p-60) / divisor))
    default: break
    }
  }

  /// A real that becomes one of few integers wants to be told from what is half way between two of them.
  private mutating func ask(_ step: StepForm, _ node: FormGraph.Node) {
    let id = node.operands[step.arguments[0].operand]
    let magnitude = calibration[id].magnitude
    guard graph[id].kind == .real, magnitude > 0 else { return }
    ask(id, log2(Double(step.limits.count) / magnitude) + Double(Self.comparedDigits))
    // An input of single precision as it is, so that what is half way stays so.
    if graph.isMovedInput(id, { producers[$0] }), calibration[id].least.isFinite {
      let exact = Self.singleDigits - Int(calibration[id].least.exponent)
      ask(id, Double(min(exact, DivisionScales.maximalDigits - 6)))
    }
  }

  /// What is divided by a value wants to be told from what makes the next integer, and so does that value.
  private mutating func ask(_ division: DivisionForm, _ node: FormGraph.Node) {
    guard let divisor = division.divisor,
      graph.constants[node.operands[divisor.operand]] == nil
    else { return }
    let quotient = max(calibration[node.output].magnitude, 1)
    for id in division.reads.map({ node.operands[$0.operand] })
    where graph[id].kind == .real && calibration[id].magnitude > 0 {
      ask(id, log2(quotient / calibration[id].magnitude) + Double(Self.comparedDigits))
    }
  }

  /// A value that is compared wants to be told from what it is compared with: a network's input, which is
  /// of single precision, with all digits of that.
  private mutating func ask(compared id: ValueID, with other: ValueID, isPlace: Bool) {
    guard graph[id].kind == .real, graph.constants[id] == nil else { return }
    let magnitude = calibration[id].magnitude
    let isExact = isPlace ? graph.isMovedInput(id) { producers[$0] } : isOfInputs(id)
    if isExact, magnitude > 0 {
      ask(id, Double(Self.singleDigits) - Double(magnitude.exponent))
    }
    guard let constant = graph.constants[other] else { return }
    let least = constant.reals.lazy.map { abs(Double($0)) }.filter { $0 > 0 }.min()
    if let least { ask(id, Double(Self.comparedDigits) - log2(least)) }
  }

  /// Whether a value is made of inputs alone, element by element, by what is exact or nearly so: single
  /// precision tells it from what it is compared with.
  private func isOfInputs(_ id: ValueID) -> Bool {
    guard let number = producers[id] else {
      return graph.constants[id] == nil && !graph[id].isState
    }
    let node = graph.nodes[number]
    let values = node.operands.filter { graph.constants[$0] == nil }
    switch node.form {
    case .view: break
    case .apply, .extreme: guard node.keepsScale else { return false }
    case .sum(let sum):
      guard sum.terms.allSatisfy(\.summed.isEmpty), values.count == 1 else { return false }
    default: return false
    }
    return !values.isEmpty && values.allSatisfy { graph[$0].kind == .real && isOfInputs($0) }
  }

  /// The bits that matter of a result. What it needs itself counts only where 16 bits do not give it:
  /// otherwise small losses of many layers would add up to great demands.
  private func target(_ id: ValueID, _ own: Double?) -> Double {
    let usual = Double(usual[id.index])
    guard let own, own > usual || !graph[id].isCommitted else { return usual - slack }
    return own
  }

  private mutating func ask(_ facts: SumFacts, _ target: Double, without masks: Set<Int>) {
    for (number, term) in facts.terms.enumerated() where !masks.contains(number) {
      let gain = facts.gain(number)
      for place in term.values.indices {
        let others = term.values.enumerated().filter { $0.offset != place }
        let factor = others.reduce(gain) { $0 * typical(facts.node.operands[$1.element]) }
        ask(facts.node.operands[term.values[place]], target + log2(factor))
      }
    }
  }

  private func typical(_ id: ValueID) -> Double { calibration[id].typical }
}

extension SumFacts {
  /// What independent errors of one unit of a term's values come to in the result, where they come to
  /// most.
  func gain(_ number: Int) -> Double {
    let term = terms[number]
    guard let squares = greatestSum(number, { $0 * $0 }) else {
      return abs(term.coefficient) * Double(term.count).squareRoot()
    }
    return abs(term.coefficient) * squares.squareRoot()
  }
}

extension FormGraph.Node {
  /// The values that a node compares; those of a place are compared with each other.
  fileprivate var compared: (ValueID, ValueID)? {
    switch form {
    case .less(let a, let b), .equal(let a, let b): (operands[a.operand], operands[b.operand])
    case .place(let place):
      (operands[place.candidate.operand], operands[place.candidate.operand])
    case .division(let division):
      (
        operands[division.argument.operand],
        operands[(division.divisor ?? division.argument).operand]
      )
    case .step(let step):
      (operands[step.arguments[0].operand], operands[step.arguments[0].operand])
    default: nil
    }
  }
}
