import Equations
import Foundation
import TensorGraph

// What the integers of values are declared as.
extension FormScaleSolver {
  /// The scale of a value in the end.
  func choice(_ id: ValueID) -> ScalePlan.Value {
    let bits = bits(of: id)
    switch graph[id].kind {
    case .boolean: return .init(bits: 0, range: 0...1)
    case .integer: return .init(bits: 0, range: integerRange(id))
    case .real:
      if let known = ranges.known[id] { return .init(bits: bits, range: known) }
      let own = range(id, bits)
      ranges.known[id] = own
      return .init(bits: bits, range: own)
    }
  }

  /// Ranges that follow from the bits as they are: through chains of extremes each would be found anew
  /// for all that reads it.
  final class Ranges {
    var known: [ValueID: ClosedRange<Int>] = [:]
  }

  /// What the integers of a committed real value are declared as.
  func range(_ id: ValueID, _ bits: Int) -> ClosedRange<Int> {
    if saturated.contains(id) { return IntegerWidth.range(saturatedWidth(id, bits)) }
    if let number = producers[id.index], graph.nodes[number].keepsScale,
      let widest = graph.rangeKept(by: graph.nodes[number], bits, blindness, { choice($0) })
    {
      return widest
    }
    if fixed[classes.root(id.index)] != nil { return IntegerWidth.range(16) }
    return IntegerWidth.range(IntegerWidth.least(magnitude: room[id.index], bits: bits))
  }

  /// The width of a value with elements that are beyond all measure: narrower where only constants are.
  func saturatedWidth(_ id: ValueID, _ bits: Int) -> Int {
    guard let number = producers[id.index], let facts = sums[number],
      Saturation.bound(bits: bits) < 1 << 23,
      !graph.nodes[number].operands.contains(where: saturated.contains),
      facts.terms.allSatisfy({ $0.isConstant || $0.magnitude < Saturation.mask }),
      facts.terms.count(where: \.isConstant) == 1,
      scalbn(facts.greatest { greatest($0) }, bits) < 0x1p21
    else { return Saturation.width }
    return 24
  }

  /// What a value is declared to be at the most.
  private func greatest(_ id: ValueID) -> Double {
    guard let operand = operand(id) else { return room[id.index] }
    return FixedPoint.real(operand.magnitude, fractionalBits: operand.bits)
  }

  func integerRange(_ id: ValueID) -> ClosedRange<Int> {
    if let all = graph.knownRange(of: id, isInput: producers[id.index] == nil) { return all }
    if let number = producers[id.index], case .division(let form) = graph.nodes[number].form {
      return scales(of: form, graph.nodes[number]).range
    }
    if let number = producers[id.index], case .step(let form) = graph.nodes[number].form {
      return form.limits
    }
    let width = IntegerWidth.least(magnitude: room[id.index], bits: 0)
    return graph.bounded(IntegerWidth.range(width), id)
  }
}

extension FormScaleSolver {
  /// The scales of a division of operands as they are.
  func scales(of form: DivisionForm, _ node: FormGraph.Node) -> DivisionScales {
    graph.divisionScales(form, node) { id in
      let known = operand(id) ?? .init(bits: 0, magnitude: 1)
      return .init(bits: known.bits, range: -known.magnitude...known.magnitude)
    }
  }
}
