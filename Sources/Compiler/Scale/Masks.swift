import Equations
import Foundation
import TensorGraph

// What hides elements: a great number where a condition holds, and nothing elsewhere.
extension SumForm {
  /// The terms that are so great that nobody can tell how great they are, wherever they are not zero:
  /// numbers, multiples of what is 0 or 1, and multiples of values of which the same number is taken
  /// off.
  ///
  /// - Parameter sides: on which nobody can tell how far the sum is beyond.
  func masks(_ node: FormGraph.Node, _ graph: FormGraph, _ sides: Blindness.Sides) -> [Int] {
    guard sides != .none else { return [] }
    let great = terms.indices.filter {
      terms[$0].summed.isEmpty && abs(terms[$0].coefficient) >= Saturation.mask
    }
    let numbers = great.filter { terms[$0].factors.isEmpty }
    var (truths, switches, signs) = ([Int](), [Int](), [Double]())
    for place in great where !terms[place].factors.isEmpty {
      guard let sign = graph.maskSign(terms[place], node) else { continue }
      if graph.isOfTruths(terms[place], node) {
        truths.append(place)
      } else {
        switches.append(place)
        signs.append(sign * terms[place].coefficient)
      }
    }
    let parts = great.filter { place in
      !switches.contains(place) && isPart(terms[place], node, graph)
        && numbers.contains { terms[$0].coefficient == -terms[place].coefficient }
    }
    let told = (numbers.isEmpty ? truths : numbers).map { terms[$0].coefficient } + signs
    return told.allSatisfy(sides.holds) ? numbers + truths + switches + parts : []
  }

  /// The masks that are multiples of what is 0 or 1 by the graph's structure.
  func switches(
    _ node: FormGraph.Node, _ graph: FormGraph, _ sides: Blindness.Sides
  ) -> [Int] {
    masks(node, graph, sides).filter { graph.maskSign(terms[$0], node) != nil }
  }

  /// Whether a term is one value with a coefficient, which is no truth.
  private func isPart(_ term: Term, _ node: FormGraph.Node, _ graph: FormGraph) -> Bool {
    guard term.factors.count == 1 else { return false }
    let value = node.operands[term.factors[0].operand]
    return graph[value].kind != .boolean && graph.constants[value] == nil
  }
}

extension FormGraph {
  /// Whether all that a term multiplies is true or false, be it constant.
  fileprivate func isOfTruths(_ term: SumForm.Term, _ node: Node) -> Bool {
    term.factors.allSatisfy {
      let id = node.operands[$0.operand]
      return constants[id].map(\.isIndicator) ?? (self[id].kind == .boolean)
    }
  }

  /// 1 where all that a term multiplies is 0 or 1, −1 where it is 0 or −1 instead; nil where it may be
  /// anything else, or is constant.
  func maskSign(_ term: SumForm.Term, _ node: Node) -> Double? {
    var sign = 1.0
    var isVariable = false
    for factor in term.factors {
      let id = node.operands[factor.operand]
      if let constant = constants[id] {
        guard constant.isIndicator else { return nil }
        continue
      }
      isVariable = true
      if self[id].kind == .boolean { continue }
      let isAbsorbing = abs(term.coefficient) >= Saturation.absorbing
      guard let own = switchSign(id, isAbsorbing: isAbsorbing) else { return nil }
      sign *= own
    }
    return isVariable ? sign : nil
  }

  /// 1 for 1 − p and for integers that are given, and for reals where they are multiplied by what single
  /// precision loses all beside; −1 for p − 1. p is given, or a product of what is.
  private func switchSign(_ id: ValueID, isAbsorbing: Bool) -> Double? {
    guard let node = nodes.last(where: { $0.output == id }) else {
      return self[id].kind == .integer || isAbsorbing ? 1 : nil
    }
    switch node.form {
    case .view where node.operands.count == 1:
      return switchSign(node.operands[0], isAbsorbing: isAbsorbing)
    case .sum(let sum) where sum.isPlainRead:
      return switchSign(node.operands[0], isAbsorbing: isAbsorbing)
    case .sum(let sum): return complementSign(sum, node)
    default: return nil
    }
  }

  private func complementSign(_ sum: SumForm, _ node: Node) -> Double? {
    guard sum.terms.count == 2, let number = sum.terms.first(where: { $0.factors.isEmpty }),
      let other = sum.terms.first(where: { !$0.factors.isEmpty }), other.summed.isEmpty,
      abs(number.coefficient) == 1, other.coefficient == -number.coefficient,
      other.factors.allSatisfy({ isGiven(node.operands[$0.operand]) })
    else { return nil }
    return number.coefficient
  }

  /// Whether a value is a truth, or moved from an input, and so may be 0 and 1 alone.
  private func isGiven(_ id: ValueID) -> Bool {
    if constants[id] != nil { return false }
    if self[id].kind == .boolean { return true }
    guard let node = nodes.last(where: { $0.output == id }) else { return true }
    return node.isMove && node.operands.allSatisfy(isGiven)
  }

  /// Whether a sum that is not committed, or one that it is made of, adds a constant greater than all
  /// that is not beyond all measure.
  func hasMask(_ id: ValueID, beyond limit: Double, _ sides: Blindness.Sides) -> Bool {
    guard !self[id].isCommitted, let node = nodes.last(where: { $0.output == id }) else {
      return false
    }
    if case .sum(let form) = node.form {
      let facts = SumFacts(form, node, self)
      let masks = Set(form.masks(node, self, sides))
      let isMasked = facts.terms.enumerated().contains { number, term in
        (term.isConstant || facts.isOfTruths(term) || masks.contains(number))
          && term.magnitude >= limit
      }
      if isMasked { return true }
    }
    return node.operands.contains { constants[$0] == nil && hasMask($0, beyond: limit, sides) }
  }
}

extension Tensor {
  /// Whether it is of zeros and ones.
  var isIndicator: Bool { doubles.allSatisfy { $0 == 0 || $0 == 1 } }
}

extension FormGraph {
  /// The graph with masks as powers of two, of which multiples of integers are exact, so that what is
  /// not masked is as it was: v − v·c + x is x where c is 1.
  func roundingMasks() throws(CompileError) -> FormGraph {
    let blindness = Blindness(self)
    var result = self
    for (number, node) in nodes.enumerated() {
      let sides = blindness[node.output]
      guard case .sum(var form) = node.form, sides != .none else { continue }
      let masks = form.masks(node, self, sides)
      for term in masks {
        form.terms[term].coefficient = Saturation.power(form.terms[term].coefficient)
      }
      if masks.contains(where: { !form.terms[$0].factors.isEmpty }) {
        result.nodes[number].operands = try result.roundedConstants(form, node, sides)
      }
      result.nodes[number].form = .sum(form)
    }
    return result
  }

  /// The operands of a sum that masks what data says, with the constants that mask beside it rounded
  /// alike, so that elements are as far beyond by the one as by the other.
  private mutating func roundedConstants(
    _ form: SumForm, _ node: Node, _ sides: Blindness.Sides
  ) throws(CompileError) -> [ValueID] {
    var operands = node.operands
    for term in form.terms where term.factors.count == 1 && abs(term.coefficient) == 1 {
      let place = term.factors[0].operand
      guard let tensor = constants[operands[place]], tensor.integers == nil else { continue }
      let values = tensor.doubles.map { value -> Float in
        let isMask =
          abs(value) >= Saturation.mask && sides.holds(value * term.coefficient)
        return Float(isMask ? Saturation.power(value) : value)
      }
      guard values != tensor.reals else { continue }
      let rounded = add("\(self[operands[place]].name)/mask", tensor.shape)
      do throws(GraphError) {
        constants[rounded] = try Tensor(shape: tensor.shape, real: values)
      } catch {
        throw CompileError(error)
      }
      operands[place] = rounded
    }
    return operands
  }
}

extension Saturation {
  /// The next power of two, of the same sign.
  static func power(_ value: Double) -> Double {
    let held = min(scalbn(1.0, Int(log2(abs(value)).rounded(.up))), infinity)
    return value < 0 ? -held : held
  }
}
