import Equations
import Foundation
import TensorGraph

/// Of which values no reader can tell how far they are below, or above, some number: exp(x) is 0 for all
/// x that are far below 0, a greatest value is another one, and what is less than a number stays less.
///
/// It follows from the graph's structure and constants alone. How far is far enough depends on scales.
struct Blindness {
  struct Sides: Equatable {
    var below: Bool
    var above: Bool

    static let none = Sides(below: false, above: false)
    static let both = Sides(below: true, above: true)

    /// Those of what is multiplied by a negative number.
    var turned: Sides { Sides(below: above, above: below) }

    /// Whether the side on which a number is is one.
    func holds(_ value: Double) -> Bool { value < 0 ? below : above }

    fileprivate func and(_ other: Sides) -> Sides {
      Sides(below: below && other.below, above: above && other.above)
    }
  }

  /// By value.
  private var sides: [Sides]
  /// The greatest number that a value is compared with.
  private(set) var compared: [ValueID: Double] = [:]
  private let graph: FormGraph
  private let producers: [ValueID: Int]
  private var tails: [RealExpression: Sides] = [:]

  init(_ graph: FormGraph) {
    self.graph = graph
    producers = graph.producers
    sides = [Sides](repeating: .both, count: graph.values.count)
    for id in graph.kept + graph.loops.flatMap({ $0.states.map(\.value) }) {
      sides[id.index] = .none
    }
    var isRead = [Bool](repeating: false, count: graph.values.count)
    for node in graph.nodes { for operand in node.operands { isRead[operand.index] = true } }
    for index in sides.indices where !isRead[index] || graph.values[index].kind != .real {
      sides[index] = .none
    }
    for node in graph.nodes.reversed() { pass(node) }
  }

  /// Nothing is known of values that came later.
  subscript(_ id: ValueID) -> Sides { id.index < sides.count ? sides[id.index] : .none }

  /// All values that nobody can tell from others beyond some number.
  var values: Set<ValueID> {
    Set(sides.indices.filter { sides[$0] != .none }.map(ValueID.init))
  }

  private mutating func restrict(_ id: ValueID, _ other: Sides) {
    sides[id.index] = sides[id.index].and(other)
  }

  /// What a node can't tell of its operands.
  private mutating func pass(_ node: FormGraph.Node) {
    let own = sides[node.output.index]
    switch node.form {
    case .view: for operand in node.operands { restrict(operand, own) }
    case .sum(let form): pass(form, node, own)
    case .apply(let apply):
      restrict(graph.argument(of: node), sides(apply, own))
    case .extreme(let form):
      let inner = form.indices.dropFirst(form.domainRank).reduce(1) { $0 * $1.size }
      let isChoice = inner * form.candidates.count > 1
      for candidate in form.candidates {
        restrict(
          node.operands[candidate.operand],
          Sides(
            below: own.below || isChoice && form.isMaximum,
            above: own.above || isChoice && !form.isMaximum))
      }
    case .place(let form):
      restrict(
        node.operands[form.candidate.operand],
        Sides(below: form.isMaximum, above: !form.isMaximum))
    case .pick(let form):
      restrict(node.operands[form.source.operand], own)
      restrict(node.operands[form.place.operand], .none)
    case .less(let a, let b), .equal(let a, let b):
      pass(node.operands[a.operand], comparedWith: node.operands[b.operand])
      pass(node.operands[b.operand], comparedWith: node.operands[a.operand])
    case .quotient, .division, .step, .root:
      for operand in node.operands { restrict(operand, .none) }
    }
  }

  /// What is beyond all measure stays less, or more, than all else of the same value.
  private mutating func pass(_ id: ValueID, comparedWith other: ValueID) {
    if id == other { return }
    guard let constant = graph.constants[other]?.greatestMagnitude, constant < Saturation.mask
    else { return restrict(id, .none) }
    compared[id] = max(compared[id] ?? 0, constant)
  }

  private mutating func pass(_ form: SumForm, _ node: FormGraph.Node, _ own: Sides) {
    for term in form.terms {
      let values = term.factors.map { node.operands[$0.operand] }
      for (place, id) in values.enumerated() where graph.constants[id] == nil {
        guard graph[id].kind == .real else { continue }
        var result = own
        if isTop(id, term, form, node) {
          result = own == .none ? .none : .both
        } else if term.coefficient < 0 {
          result = own.turned
        }
        for (other, factor) in values.enumerated() where other != place {
          result = multiplied(result, by: factor)
        }
        restrict(id, result)
      }
    }
  }

  /// Whether a term takes the greatest or the least of what the sum adds off it: then one that is
  /// beyond all measure says that all are.
  private func isTop(
    _ id: ValueID, _ term: SumForm.Term, _ form: SumForm, _ node: FormGraph.Node
  ) -> Bool {
    guard term.factors.count == 1, let number = producers[id],
      case .extreme(let extreme) = graph.nodes[number].form, extreme.candidates.count == 1
    else { return false }
    let source = graph.nodes[number].operands[extreme.candidates[0].operand]
    return form.terms.contains { other in
      other.factors.count == 1 && other.coefficient == -term.coefficient
        && node.operands[other.factors[0].operand] == source
    }
  }

  private func multiplied(_ sides: Sides, by id: ValueID) -> Sides {
    if graph[id].kind == .boolean { return sides }
    guard let constant = graph.constants[id]?.reals else { return .none }
    if constant.allSatisfy({ $0 >= 0 }) { return sides }
    return constant.allSatisfy { $0 <= 0 } ? sides.turned : .none
  }

  /// Where a function is the same for all arguments, or hands on what nobody can tell of its result.
  private mutating func sides(_ apply: ApplyForm, _ own: Sides) -> Sides {
    if let slopes = apply.slopes {
      func side(_ slope: Double, _ rising: Bool, _ falling: Bool) -> Bool {
        slope == 0 || (slope > 0 ? rising : falling)
      }
      return Sides(
        below: side(slopes.below, own.below, own.above),
        above: side(slopes.above, own.above, own.below))
    }
    if let bounds = apply.bounds {
      return Sides(
        below: own.below || bounds.lowerBound > -0x1p200,
        above: own.above || bounds.upperBound < 0x1p200)
    }
    if let known = tails[apply.function] { return known }
    let tails = FunctionTails(apply.function, tolerance: 0x1p-24)
    let found = Sides(
      below: tails.isFlat(.below, from: -0x1p20), above: tails.isFlat(.above, from: 0x1p20))
    self.tails[apply.function] = found
    return found
  }
}

extension FormGraph {
  /// Why a node may not compute with infinite constants; nil where it can't be told, or has none.
  func infinityObstacle(_ node: Node, _ blindness: Blindness) -> String? {
    let sides = blindness[node.output]
    func isTold(_ value: Double) -> Bool {
      abs(value) >= Saturation.least && !sides.holds(value)
    }
    func reason(_ name: String) -> String {
      "\(name) is infinite, or beyond what any scale holds, and what reads the result can tell it "
        + "from a great number; clip it to a few times what counts"
    }
    switch node.form {
    case .sum(let form):
      let masks = Set(form.masks(node, self, sides))
      for (number, term) in form.terms.enumerated() where !masks.contains(number) {
        let tensors = term.factors.compactMap { constants[node.operands[$0.operand]] }
        let name =
          term.factors.first { constants[node.operands[$0.operand]] != nil }
          .map { "the constant \"\(self[node.operands[$0.operand]].name)\"" } ?? "a number"
        if tensors.isEmpty, term.factors.isEmpty ? isTold(term.coefficient) : isGreat(term) {
          return reason(name)
        }
        for tensor in tensors {
          let values = tensor.doubles.lazy.map { $0 * term.coefficient }
          let isAdded = term.factors.count == 1
          if values.contains(where: { isAdded ? isTold($0) : abs($0) >= Saturation.least }) {
            return reason(name)
          }
        }
      }
      return nil
    case .view, .extreme, .less, .equal:
      for operand in node.operands {
        let isOwn = if case .view = node.form { true } else { false }
        guard let tensor = constants[operand] else { continue }
        if tensor.doubles.contains(where: {
          isOwn ? isTold($0) : abs($0) >= Saturation.least
        }) {
          return reason("the constant \"\(self[operand].name)\"")
        }
      }
      return nil
    default: return nil
    }
  }

  private func isGreat(_ term: SumForm.Term) -> Bool {
    abs(term.coefficient) >= Saturation.least
  }
}
