import Equations
import Foundation
import TensorGraph

/// What a sum's scale depends on besides the scales of its operands.
struct SumFacts {
  struct Term {
    /// Operands, by number, that are not constants.
    var values: [Int]
    /// The operand that is a constant, by number.
    var constant: Int?
    var coefficient: Double
    /// How many products it adds up.
    var count: Int
    /// The greatest magnitude of the constant times the coefficient.
    var magnitude: Double
    /// Whether the constant, beside truths that mask, is of zeros and ones, which are exact.
    var isIndicated = false

    /// In a sum of integers: the greatest magnitude of the integer that multiplies their product, without
    /// the power of two that `exponent` tells. 1 where reals are added.
    var multiple = 1
    /// Whether it multiplies integers by integers, for an integer.
    var isWhole = false

    /// A constant, or an inexact coefficient, times values.
    var isWeighted: Bool {
      !values.isEmpty && !isWhole && (constant != nil && !isIndicated || exponent == nil)
    }

    /// The term is added as it is.
    var isConstant: Bool { values.isEmpty }

    /// e where the coefficient is ±2^e, or in a sum of integers a multiple of that, and the term has no
    /// constant but zeros and ones.
    var exponent: Int? {
      if isWhole {
        return constant == nil ? Int(coefficient.magnitude).trailingZeroBitCount : 0
      }
      guard constant == nil || isIndicated, coefficient != 0, coefficient.significandWidth == 0
      else {
        return nil
      }
      return Int(coefficient.exponent)
    }
  }

  var terms: [Term]
  let node: FormGraph.Node
  let form: SumForm
  let graph: FormGraph

  init(_ form: SumForm, _ node: FormGraph.Node, _ graph: FormGraph) {
    self.form = form
    self.node = node
    self.graph = graph
    terms = form.terms.map { term in
      let operands = term.factors.map(\.operand)
      let constant = operands.first { graph.constants[node.operands[$0]] != nil }
      let tensor = constant.flatMap { graph.constants[node.operands[$0]] }
      let values = operands.filter { graph.constants[node.operands[$0]] == nil }
      let isMask = !values.isEmpty && abs(term.coefficient) >= Saturation.mask
      var facts = Term(
        values: values, constant: constant, coefficient: term.coefficient,
        count: term.summed.reduce(1) { $0 * form.indices[$1].size },
        magnitude: abs(term.coefficient) * (tensor?.greatestMagnitude ?? 1),
        isIndicated: isMask && term.summed.isEmpty && tensor?.isIndicator ?? false
          && values.allSatisfy { graph[node.operands[$0]].kind == .boolean })
      facts.makeWhole(node, graph, tensor)
      return facts
    }
  }

  /// The most that terms of values come to, of values that are no greater than they are said to be.
  func greatest(_ value: (ValueID) -> Double) -> Double {
    terms.filter { !$0.isConstant }.reduce(0) { sum, term in
      sum
        + term.values.reduce(term.magnitude * Double(term.count)) {
          $0 * value(node.operands[$1])
        }
    }
  }

  /// Whether all that a term multiplies is 0 or 1.
  func isOfTruths(_ term: Term) -> Bool {
    term.values.allSatisfy { graph[node.operands[$0]].kind == .boolean }
  }

  var hasWeights: Bool { terms.contains(where: \.isWeighted) }
  var hasConstants: Bool { terms.contains(where: \.isConstant) }

  /// The sum divided by the magnitude of the coefficient that all its products of values have, where
  /// that is no power of two; nil where they differ, or have constants.
  var divided: (facts: SumFacts, coefficient: Double)? {
    let products = terms.filter { !$0.values.isEmpty }
    guard let coefficient = products.first.map({ abs($0.coefficient) }),
      products.allSatisfy({
        $0.constant == nil && $0.exponent == nil && abs($0.coefficient) == coefficient
      })
    else { return nil }
    var form = form
    for index in form.terms.indices { form.terms[index].coefficient /= coefficient }
    return (SumFacts(form, node, graph), coefficient)
  }

  /// By how much sums of a term's constants that are rounded to some fractional bits differ from sums
  /// of the constants, where they do most.
  func sumError(_ number: Int, fractionalBits: Int) -> Double {
    let scale = scalbn(1.0, fractionalBits)
    let term = terms[number]
    guard term.constant != nil else {
      let scaled = term.coefficient * scale
      return abs(scaled - scaled.rounded(.toNearestOrAwayFromZero)) * Double(term.count) / scale
    }
    // No error of a single constant is more than half a unit.
    guard term.count > 1 else { return 0.5 / scale }
    let factor = term.coefficient * scale
    let error = greatestSum(number) { $0 * factor - ($0 * factor).rounded() }
    return (error ?? 0.5) / scale
  }

  /// The greatest magnitude of a sum over a term's summed indices of a function of its constant; nil
  /// where the term has none, or where it can't be computed.
  func greatestSum(_ number: Int, _ function: (Double) -> Double) -> Double? {
    guard let constant = terms[number].constant,
      let tensor = graph.constants[node.operands[constant]],
      let read = form.terms[number].factors.first(where: { $0.operand == constant })
    else { return nil }
    return greatestSum(
      tensor.doubles.map(function), shape: tensor.shape, read, form.terms[number].summed)
  }

  /// The greatest magnitude of a sum over a term's summed indices, over all values of those of the
  /// domain's indices that the read depends on.
  private func greatestSum(
    _ values: [Double], shape: [Int], _ read: FormRead, _ summed: [Int]
  ) -> Double? {
    let used = Set(read.positions.flatMap { $0.terms.map(\.index) })
    let outer = (0..<form.domainRank).filter(used.contains)
    let order = outer + summed.filter(used.contains)
    let repeats = summed.filter { !used.contains($0) }.reduce(1) { $0 * form.indices[$1].size }
    var places: [Int: Int] = [:]
    for (place, index) in order.enumerated() { places[index] = place }
    let reading = FormRead(
      operand: 0,
      positions: read.positions.map { position in
        .init(
          constant: position.constant,
          terms: position.terms.map {
            .init(index: places[$0.index] ?? 0, coefficient: $0.coefficient)
          })
      })
    let sizes = order.map { form.indices[$0] }
    let sum = SumForm(
      indices: sizes, domainRank: outer.count,
      terms: [
        .init(coefficient: 1, summed: Array(outer.count..<order.count), factors: [reading])
      ])
    guard let operand = try? EquationOperand(shape: shape, doubles: values),
      let sums = try? sum.equation.doubles(on: [operand])
    else { return nil }
    return sums.reduce(0) { max($0, abs($1)) } * Double(repeats)
  }
}

extension SumFacts.Term {
  /// Notes whether the term is one of a sum of integers.
  fileprivate mutating func makeWhole(
    _ node: FormGraph.Node, _ graph: FormGraph, _ tensor: Tensor?
  ) {
    guard graph[node.output].kind != .real, !values.isEmpty,
      values.allSatisfy({ graph[node.operands[$0]].kind != .real }),
      coefficient != 0, coefficient.rounded() == coefficient
    else { return }
    let numbers = tensor?.doubles ?? [1]
    let greatest = numbers.reduce(0) { max($0, abs($1)) }
    guard abs(coefficient) * greatest < 0x1p46, numbers.allSatisfy({ $0.rounded() == $0 }) else {
      return
    }
    isWhole = true
    let whole = Int(abs(coefficient) * max(greatest, 1))
    multiple = tensor == nil ? whole >> whole.trailingZeroBitCount : whole
  }
}

extension Tensor {
  /// Of all elements; zero of none. Weights are gone through several times: magnitudes are in the order of
  /// their bits, of which a processor compares many at once.
  var greatestMagnitude: Double {
    if let integers { return Double(integers.lazy.map(\.magnitude).max() ?? 0) }
    let bits = reals.withUnsafeBytes { bytes in
      var greatest: UInt32 = 0
      for word in bytes.bindMemory(to: UInt32.self) {
        greatest = max(greatest, word & ~Float.signBit)
      }
      return greatest
    }
    return Double(Float(bitPattern: bits))
  }
}

extension Float {
  fileprivate static let signBit: UInt32 = 1 << 31
}

extension FormGraph {
  /// The greatest constant that a sum adds to values; 0 where there are none of either.
  ///
  /// - Parameter sides: on which nobody can tell how far the sum is beyond. Constants there are masks,
  ///   and no offsets, where they are not added to all elements.
  func offset(_ form: SumForm, _ node: Node, _ sides: Blindness.Sides) -> Double {
    func isConstant(_ term: SumForm.Term) -> Bool {
      term.factors.allSatisfy { constants[node.operands[$0.operand]] != nil }
    }
    guard !form.terms.allSatisfy(isConstant) else { return 0 }
    var masks = sides == .none ? [] : form.masks(node, self, sides)
    if masks.allSatisfy({ form.terms[$0].factors.isEmpty }) { masks = [] }
    return form.terms.indices.filter { isConstant(form.terms[$0]) && !masks.contains($0) }
      .reduce(0) { max($0, offset(form.terms[$1], node, sides)) }
  }

  /// The greatest element of a constant term that is no mask.
  private func offset(_ term: SumForm.Term, _ node: Node, _ sides: Blindness.Sides) -> Double {
    let factors = term.factors.compactMap { constants[node.operands[$0.operand]] }
    let whole = factors.reduce(abs(term.coefficient)) { $0 * $1.greatestMagnitude }
    guard sides != .none, factors.count == 1, whole >= Sums.largeOffset else { return whole }
    let values = factors[0].doubles.lazy.map { $0 * term.coefficient }
    let others = values.filter { abs($0) < Sums.largeOffset || !sides.holds($0) }
    return others.isEmpty ? whole : others.reduce(0) { max($0, abs($1)) }
  }
}
