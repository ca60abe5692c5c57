import ConstraintSystem
import Equations
import TensorGraph

/// Makes one function of what several nodes compute, element by element, of one value: x·sigmoid(x)
/// written as two nodes, a Gelu as eight.
///
/// A node stays as it is where all that it reads is needed in any case.
struct OneValue {
  /// A value as a function of an element of another.
  private struct Function {
    var place: Place
    var function: RealExpression
  }

  /// Larger functions are not made.
  private static let maximumParts = 128

  private let graph: FormGraph
  private let blindness: Blindness
  /// The places at which something is picked: integers that may be wider than a table's arguments.
  private let places: Set<ValueID>
  private var maker: FormMaker
  private var functions: [ValueID: Function] = [:]
  /// The values that are compared, and what these are made of by lines: no table has all their digits.
  private let told: Set<ValueID>
  private var replaced: [ValueID: ValueID] = [:]

  init(graph: FormGraph) {
    self.graph = graph
    blindness = Blindness(graph)
    told = graph.told
    places = Set(
      graph.nodes.compactMap { node in
        if case .pick(let pick) = node.form { node.operands[pick.place.operand] } else { nil }
      })
    maker = FormMaker(editing: graph)
  }

  mutating func run() throws(GraphError) -> FormGraph {
    for node in graph.nodes where !told.contains(node.output) {
      functions[node.output] = function(node)
    }
    let needed = needed()
    maker.graph.nodes = []
    for node in graph.nodes where needed.contains(node.output) {
      let isKept = isOfTruths(node) || variables(node).allSatisfy { needed.contains($0) }
      if let function = functions[node.output], !isKept {
        try rewrite(node, function)
      } else {
        var kept = node
        kept.operands = node.operands.map { replaced[$0] ?? $0 }
        maker.graph.nodes.append(kept)
      }
    }
    for place in graph.outputs.indices {
      let value = graph.outputs[place].value
      maker.graph.outputs[place].value = replaced[value] ?? value
    }
    maker.graph.mapLoops { replaced[$0] ?? $0 }
    maker.graph.removeDead()
    return maker.graph
  }

  /// The values that are needed where every function is taken from its first value.
  private func needed() -> Set<ValueID> {
    var needed = Set(graph.kept + graph.inputs + graph.loops.flatMap { $0.states.map(\.value) })
    for node in graph.nodes.reversed() where needed.contains(node.output) {
      if let function = functions[node.output], !isOfTruths(node) {
        needed.insert(function.place.value)
      } else {
        needed.formUnion(node.operands)
      }
    }
    return needed
  }

  /// Whether a node is a sum of truth values and their products, or an integer of integers, which is
  /// exact and no table.
  private func isOfTruths(_ node: FormGraph.Node) -> Bool {
    guard case .sum = node.form else { return false }
    let kinds = variables(node).map { graph[$0].kind }
    return kinds.allSatisfy { $0 == .boolean }
      || graph[node.output].kind != .real && !kinds.contains(.real)
  }

  private func variables(_ node: FormGraph.Node) -> [ValueID] {
    node.operands.filter { graph.constants[$0] == nil }
  }

  private mutating func rewrite(
    _ node: FormGraph.Node, _ function: Function
  ) throws(GraphError) {
    let output = graph[node.output]
    maker.layer = node.layer
    maker.name = output.name
    let place = Place(
      value: replaced[function.place.value] ?? function.place.value,
      positions: function.place.positions)
    let equation = Equation(
      indices: output.shape.map { .init(name: "i", size: $0) }, domainRank: output.shape.count,
      value: .constant(0))
    var lowering = EquationLowering(equation, [], output.kind, maker: maker)
    let made = maker.graph.values.count
    let value = try lowering.result(of: lowering.apply(function.function, to: place))
    maker = lowering.maker
    replaced[node.output] = value
    guard value.index >= made else { return }
    // It takes the place of the other, which nothing reads any more.
    maker.graph.values[value.index].source = output.source
    maker.graph.values[node.output.index].name = maker.graph[value].name
    maker.graph.values[value.index].name = output.name
  }
}

extension OneValue {
  /// Whether a node is what a large constant leaves of a value: its own scale is finer than a table's
  /// argument. What hides elements is no function either: no table holds what it hides them with
  /// beside what it leaves.
  private func isLargeDifference(_ node: FormGraph.Node) -> Bool {
    guard case .sum(let form) = node.form, graph[node.output].kind == .real else { return false }
    let sides = blindness[node.output]
    let masks = form.masks(node, graph, sides)
    return masks.contains { !form.terms[$0].factors.isEmpty }
      || graph.offset(form, node, sides) >= Sums.largeOffset
  }

  /// The node's result as a function of one element; nil where it is none.
  private func function(_ node: FormGraph.Node) -> Function? {
    var slots: [Place] = []
    guard !isLargeDifference(node), !places.contains(node.output),
      let expression = expression(node, &slots), !slots.isEmpty
    else {
      return nil
    }
    let sizes = graph[node.output].shape
    let expanded = slots.map { slot -> Function in
      guard let inner = functions[slot.value],
        slot.positions.stayInside(graph[slot.value].shape, { sizes[$0] })
      else { return Function(place: slot, function: .argument) }
      let positions = inner.place.positions.substituting { slot.positions[$0] }
      return Function(
        place: Place(value: inner.place.value, positions: positions), function: inner.function)
    }
    let direct = slots.map { Function(place: $0, function: .argument) }
    return composed(expression, expanded) ?? composed(expression, direct)
  }

  /// Whether a value is known to hold integers of which no table has all.
  private func isWide(_ id: ValueID) -> Bool {
    guard graph[id].kind == .integer, let bounds = graph[id].bounds else { return false }
    return bounds.count > 1 << 16
  }

  private func composed(_ expression: RealExpression, _ slots: [Function]) -> Function? {
    guard slots.allSatisfy({ $0.place == slots[0].place }), !isWide(slots[0].place.value),
      expression.partCount * (slots.map(\.function.partCount).max() ?? 1) <= Self.maximumParts * 16
    else { return nil }
    let function = expression.substituting(slots.map(\.function))
    guard function.partCount <= Self.maximumParts else { return nil }
    let isSuited = function.isSuited(to: graph[slots[0].place.value].kind)
    return isSuited ? Function(place: slots[0].place, function: function) : nil
  }

  /// What the node computes of elements, each of which is a slot; nil where it sums or compares along
  /// an index.
  private func expression(_ node: FormGraph.Node, _ slots: inout [Place]) -> RealExpression? {
    let sizes = node.sizes(graph[node.output].shape)
    func value(_ read: FormRead) -> RealExpression? {
      let id = node.operands[read.operand]
      if let tensor = graph.constants[id] {
        guard tensor.count == 1, read.positions.stayInside(tensor.shape, { sizes[$0] }) else {
          return nil
        }
        return .constant(Elements(tensor)[0])
      }
      let place = Place(value: id, positions: read.positions.withoutSingle { sizes[$0] })
      let slot = slots.firstIndex(of: place) ?? slots.count
      if slot == slots.count { slots.append(place) }
      return .read(.init(operand: slot, positions: []))
    }
    func both(
      _ operation: RealExpression.Binary, _ a: FormRead, _ b: FormRead
    ) -> RealExpression? {
      guard let a = value(a), let b = value(b) else { return nil }
      return .binary(operation, a, b)
    }
    switch node.form {
    case .sum(let sum): return self.sum(sum, value)
    case .apply(let apply):
      return value(apply.argument).map { apply.function.composed(with: $0) }
    case .quotient(let a, let b): return both(.divide, a, b)
    case .less(let a, let b): return both(.less, a, b)
    case .equal(let a, let b): return both(.equal, a, b)
    case .root(let a, let isInverse):
      return value(a).map { .binary(.power, $0, .constant(isInverse ? -0.5 : 0.5)) }
    case .extreme(let extreme):
      guard extreme.indices.count == extreme.domainRank else { return nil }
      return extreme.candidates.dropFirst().reduce(value(extreme.candidates[0])) { best, read in
        guard let best, let next = value(read) else { return nil }
        return .binary(extreme.isMaximum ? .maximum : .minimum, best, next)
      }
    case .view, .place, .pick, .division, .step: return nil
    }
  }

  private func sum(
    _ sum: SumForm, _ value: (FormRead) -> RealExpression?
  ) -> RealExpression? {
    var total: RealExpression?
    for term in sum.terms {
      guard term.summed.isEmpty else { return nil }
      var product: RealExpression?
      for read in term.factors {
        guard let factor = value(read) else { return nil }
        product = product.map { .binary(.multiply, $0, factor) } ?? factor
      }
      let coefficient = RealExpression.constant(term.coefficient)
      let scaled: RealExpression
      if let product {
        scaled = term.coefficient == 1 ? product : .binary(.multiply, coefficient, product)
      } else {
        scaled = coefficient
      }
      total = total.map { .binary(.add, $0, scaled) } ?? scaled
    }
    return total
  }
}

extension FormGraph {
  /// The values that a comparison or a division reads, or what is made of these by lines, which are made of
  /// others by lines themselves, element by element.
  fileprivate var told: Set<ValueID> {
    var read: Set<ValueID> = []
    var found: Set<ValueID> = []
    for node in nodes.reversed() {
      switch node.form {
      case .less, .equal, .division, .step: read.formUnion(node.operands)
      default:
        guard read.contains(node.output), self[node.output].kind == .real, goesByLines(node) else {
          continue
        }
        found.insert(node.output)
        read.formUnion(node.operands)
      }
    }
    return found
  }

  private func goesByLines(_ node: Node) -> Bool {
    switch node.form {
    case .view: true
    case .sum(let sum):
      sum.terms.allSatisfy { term in
        term.summed.isEmpty
          && term.factors.count { constants[node.operands[$0.operand]] == nil } <= 1
      }
    case .apply: node.keepsScale
    default: false
    }
  }
}

extension RealExpression {
  /// The expression with its reads, which are numbered, replaced.
  func substituting(_ slots: [RealExpression]) -> RealExpression {
    if case .read(let read) = self { return slots[read.operand] }
    return mapChildren { $0.substituting(slots) }
  }
}
