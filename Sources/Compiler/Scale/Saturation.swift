import Equations
import Foundation
import TensorGraph

/// Numbers that stand for nothing but "less than all else", such as a mask of −10⁹ or −∞ before a softmax.
///
/// A value whose readers can't tell how far it is beyond some number (`Blindness`) keeps the scale of
/// what is not beyond, in 32 bits of width, and constants that are added to it are held to a bound. Whatever
/// else is added to them is less.
enum Saturation {
  static let width = 32
  /// The width of what is not beyond all measure, at the most.
  static let innerWidth = 20
  /// What an infinity is in forms: its sums and multiples are still single precision.
  static let infinity = 0x1p100
  /// Constants of this magnitude, which are multiples of an infinity, must be told by nobody.
  static let least = 0x1p90
  /// Doubles lose what is added to numbers from here on.
  static let cancelling = 0x1p26
  /// What is held is so many times what else is added.
  static let dominance = 2.0
  /// Single precision loses what is added to a number from here on.
  static let absorbing = 0x1p27
  /// A mask is one from here on.
  static let mask = 0x1p13
  /// A value has elements beyond all measure where these are so many times the others, and so great.
  static let gap = 6
  static let leastExponent = 10

  /// The greatest constant of a sum of some fractional bits, in its units: 1024, but no less than many
  /// times what is not beyond all measure, and no more than leaves some such constants a sum in 32 bits.
  static func bound(bits: Int) -> Int { 1 << min(max(bits + 10, 22), 28) }

  /// The greatest constant beside values of some range.
  static func bound(of range: ClosedRange<Int>, bits: Int) -> Int {
    max(bound(bits: bits), min(Int(dominance) * (range.magnitude + 1), 1 << 30))
  }

  /// The number, or what stands for it where it is infinite, or as good as that.
  static func finite(_ value: Double) -> Double {
    guard abs(value) > infinity else { return value }
    return value < 0 ? -infinity : infinity
  }
}

extension FormGraph {
  /// The sums with constants that only functions read which give zero for all that is below zero.
  var rectified: Set<ValueID> {
    var readers: [ValueID: [Node]] = [:]
    for node in nodes {
      for operand in Set(node.operands) { readers[operand, default: []].append(node) }
    }
    let results = Set(outputs.map(\.value))
    let found = nodes.filter { node in
      guard case .sum(let sum) = node.form, self[node.output].isCommitted,
        self[node.output].kind == .real, !results.contains(node.output),
        SumFacts(sum, node, self).hasConstants, let users = readers[node.output]
      else { return false }
      return users.allSatisfy(\.ignoresNegatives)
    }
    return Set(found.map(\.output))
  }

  /// The graph with masks as powers of two, of which multiples of integers are exact, so that what is
  /// not masked is as it was: v − v·c + x is x where c is 1.
  func roundingMasks() -> FormGraph {
    let blindness = Blindness(self)
    var result = self
    for (number, node) in nodes.enumerated() {
      let sides = blindness[node.output]
      guard case .sum(var form) = node.form, sides != .none else { continue }
      for term in form.masks(node, self, sides) {
        let value = form.terms[term].coefficient
        let power = scalbn(1.0, Int(log2(abs(value)).rounded(.up)))
        let held = min(power, Saturation.infinity)
        form.terms[term].coefficient = value < 0 ? -held : held
      }
      result.nodes[number].form = .sum(form)
    }
    return result
  }
}

// Rows of which a mask leaves nothing.
extension FormGraph {
  /// The graph with what is added to a constant mask multiplied by zero where the mask is so great that
  /// single precision loses it, in sums with a row of which the mask leaves nothing: there it alone
  /// counts.
  func absorbing() throws(CompileError) -> FormGraph {
    let blindness = Blindness(self)
    var result = self
    result.nodes = []
    for node in nodes {
      guard case .sum(let form) = node.form, blindness[node.output] != .none,
        let mask = form.terms.firstIndex(where: { isWholeMask($0, node, blindness[node.output]) })
      else {
        result.nodes.append(node)
        continue
      }
      result.nodes += try absorbed(form, node, mask, &result)
    }
    return result
  }

  /// Whether a term is a constant of which a row along its last axis is beyond single precision, where
  /// that is one number that nobody can tell: great numbers that differ are no mask.
  private func isWholeMask(
    _ term: SumForm.Term, _ node: Node, _ sides: Blindness.Sides
  ) -> Bool {
    guard term.factors.count == 1, term.summed.isEmpty,
      let tensor = constants[node.operands[term.factors[0].operand]], let size = tensor.shape.last
    else { return false }
    let values = tensor.doubles.map { $0 * term.coefficient }
    let isBeyond = values.map { abs($0) >= Saturation.absorbing }
    let beyond = Set(zip(values, isBeyond).filter(\.1).map(\.0))
    guard beyond.count == 1, beyond.allSatisfy({ sides.holds($0) }) else { return false }
    return stride(from: 0, to: values.count, by: max(size, 1)).contains { start in
      isBeyond[start..<start + size].allSatisfy { $0 }
    }
  }

  /// The sum without the mask, and the mask beside what it leaves of it.
  private func absorbed(
    _ form: SumForm, _ node: Node, _ mask: Int, _ graph: inout FormGraph
  ) throws(CompileError) -> [Node] {
    var inner = form
    let term = inner.terms.remove(at: mask)
    let shape = self[node.output].shape
    let read = term.factors[0]
    guard !inner.terms.isEmpty, let tensor = constants[node.operands[read.operand]] else {
      return [node]
    }
    let sum = graph.add("\(self[node.output].name)/unmasked", shape)
    let kept = tensor.doubles.map { abs($0 * term.coefficient) < Saturation.absorbing }
    let left = graph.add("\(self[node.output].name)/kept", tensor.shape)
    do throws(GraphError) {
      graph.constants[left] = try Tensor(shape: tensor.shape, real: kept.map { $0 ? 1 : 0 })
    } catch {
      throw CompileError(error)
    }
    let outer = SumForm(
      indices: Array(form.indices.prefix(form.domainRank)), domainRank: form.domainRank,
      terms: [
        .init(
          coefficient: term.coefficient, factors: [.init(operand: 0, positions: read.positions)]),
        .init(
          coefficient: 1,
          factors: [
            .init(operand: 1, positions: .identity(shape)),
            .init(operand: 2, positions: read.positions),
          ]),
      ])
    var first = Node(layer: node.layer, form: .sum(inner), operands: node.operands, output: sum)
    first.removeUnusedOperands()
    let operands = [node.operands[read.operand], sum, left]
    return [
      first, Node(layer: node.layer, form: .sum(outer), operands: operands, output: node.output),
    ]
  }

  private mutating func add(_ name: String, _ shape: [Int]) -> ValueID {
    let taken = Set(values.map(\.name))
    let unique = (1...).lazy.map { $0 == 1 ? name : "\(name)#\($0)" }.first { !taken.contains($0) }
    values.append(.init(name: unique ?? name, shape: shape, kind: .real))
    return ValueID(values.count - 1)
  }
}

extension SumForm {
  /// The terms that are numbers or multiples of truth values, or of values between 0 and 1 of which the
  /// same number is taken off, and so great that nobody can tell how great they are.
  func masks(_ node: FormGraph.Node, _ graph: FormGraph, _ sides: Blindness.Sides) -> [Int] {
    func isTruth(_ read: FormRead) -> Bool { graph[node.operands[read.operand]].kind == .boolean }
    let great = terms.indices.filter {
      terms[$0].summed.isEmpty && abs(terms[$0].coefficient) >= Saturation.mask
    }
    let numbers = great.filter { terms[$0].factors.isEmpty }
    let truths = great.filter {
      !terms[$0].factors.isEmpty && terms[$0].factors.allSatisfy(isTruth)
    }
    let parts = great.filter { place in
      terms[place].factors.count == 1 && !isTruth(terms[place].factors[0])
        && graph.constants[node.operands[terms[place].factors[0].operand]] == nil
        && numbers.contains { terms[$0].coefficient == -terms[place].coefficient }
    }
    let told = numbers.isEmpty ? truths : numbers
    let isBlind = told.allSatisfy { sides.holds(terms[$0].coefficient) }
    return isBlind ? numbers + truths + parts : []
  }
}

extension FormGraph.Node {
  /// Whether the result is zero wherever what it reads is below zero.
  fileprivate var ignoresNegatives: Bool {
    guard case .apply(let apply) = form else { return false }
    return apply.slopes?.below == 0 || apply.bounds?.lowerBound == 0
  }
}

extension FormGraph {
  /// Whether a sum that is not committed, or one that it is made of, adds a constant greater than all
  /// that is not beyond all measure.
  func hasMask(_ id: ValueID, beyond limit: Double) -> Bool {
    guard !self[id].isCommitted, let node = nodes.last(where: { $0.output == id }) else {
      return false
    }
    if case .sum(let form) = node.form {
      let facts = SumFacts(form, node, self)
      let isMasked = facts.terms.contains {
        ($0.isConstant || facts.isOfTruths($0)) && $0.magnitude >= limit
      }
      if isMasked { return true }
    }
    return node.operands.contains { constants[$0] == nil && hasMask($0, beyond: limit) }
  }
}
