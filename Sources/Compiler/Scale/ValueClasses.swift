import ConstraintSystem
import Equations
import Foundation

/// Values that have the same fractional bits, because nothing between them rounds. The parts of
/// a concatenation may have fewer than it: they are multiplied.
struct ValueClasses {
  private var parents: [Int]

  init(_ graph: FormGraph) {
    parents = Array(graph.values.indices)
    for node in graph.nodes
    where node.keepsScale && !node.isConcatenation && graph[node.output].isCommitted {
      for operand in graph.committedOperands(of: node) {
        parents[root(operand.index)] = root(node.output.index)
      }
    }
    for state in graph.loops.flatMap(\.states) {
      for id in [state.given, state.left] where graph.constants[id] == nil {
        parents[root(id.index)] = root(state.value.index)
      }
    }
    let definitions = graph.definitions
    for node in graph.nodes where !graph[node.output].isCommitted {
      guard let source = graph.difference(node.output, definitions) else { continue }
      parents[root(node.output.index)] = root(source.index)
    }
  }

  /// The value that stands for the class.
  func root(_ index: Int) -> Int {
    var index = index
    while parents[index] != index { index = parents[index] }
    return index
  }
}

extension FormGraph.Node {
  /// Whether it only moves elements, so that there is no tensor of its own.
  var isMove: Bool {
    switch form {
    case .view: true
    case .sum(let sum): sum.isPlainRead
    default: false
    }
  }

  /// Whether it puts values beside each other, of which some may be finer.
  var isConcatenation: Bool {
    if case .view(.concatenate) = form { operands.count > 1 } else { false }
  }

  /// The operands whose elements the result is made of; of a pick not those that say where.
  var movedOperands: [ValueID] {
    if case .pick(let pick) = form { [operands[pick.source.operand]] } else { operands }
  }

  /// Whether the result has the scale of the operands, or, of a concatenation, that of the finest.
  var keepsScale: Bool {
    switch form {
    case .view, .extreme, .pick: true
    case .apply(let apply): apply.slopes != nil || apply.bounds != nil
    case .sum(let sum): sum.isPlainRead
    default: false
    }
  }
}

extension FormGraph.Node {
  /// A value that is held to bounds, or goes by two lines, is a sum of what is above and below, which may
  /// be so many times as great as far as anybody sees.
  var looseness: Int {
    guard case .apply(let apply) = form else { return 1 }
    if let slopes = apply.slopes {
      let whole = abs(slopes.below) + abs(slopes.above - slopes.below)
      return apply.isRelu ? 1 : Int(whole.rounded(.up))
    }
    guard let bounds = apply.bounds else { return 1 }
    return bounds.lowerBound > -0x1p200 && bounds.upperBound < 0x1p200 ? 3 : 1
  }
}

extension FormGraph {
  /// Whether a value is an input's, or moved from one.
  func isMovedInput(_ id: ValueID, _ producer: (ValueID) -> Int?) -> Bool {
    guard let number = producer(id) else { return !self[id].isState }
    let node = nodes[number]
    return node.isMove
      && node.operands.allSatisfy { constants[$0] != nil || isMovedInput($0, producer) }
  }

  /// The operands of a node that are committed values, but for those that say where others are.
  func committedOperands(of node: Node) -> [ValueID] {
    node.movedOperands.filter { constants[$0] == nil && self[$0].isCommitted }
  }
}

extension SumForm {
  /// Whether it is one element, and computes nothing. A constant's element becomes a value by it.
  var isPlainRead: Bool {
    !isRounding && terms.count == 1 && terms[0].coefficient == 1 && terms[0].factors.count == 1
      && terms[0].summed.isEmpty
  }
}

extension ApplyForm {
  /// What the function multiplies numbers above zero by, and those below, where it is that of a
  /// straight line on either side and neither is steeper than 1; nil where it is another.
  var slopes: (above: Double, below: Double)? {
    guard !changesKind, function.value(at: 0) == 0, let lines = PiecewiseLinear(function) else {
      return nil
    }
    let (above, below) = (function.value(at: 1), -function.value(at: -1))
    guard abs(above) <= 1, abs(below) <= 1 else { return nil }
    for x in lines.places {
      let line = (x < 0 ? below : above) * x
      guard abs(function.value(at: x) - line) <= 1e-12 * abs(x) else { return nil }
    }
    return (above, below)
  }

  /// The bounds to which the function holds its argument, where that is all it does; nil where it
  /// does anything else.
  var bounds: ClosedRange<Double>? {
    let (low, high) = (function.value(at: -0x1p200), function.value(at: 0x1p200))
    // Bounds that cross leave one value.
    guard !changesKind, low <= high, low > -0x1p200 || high < 0x1p200,
      let lines = PiecewiseLinear(function)
    else { return nil }
    let inner = [low, high].filter { abs($0) < 0x1p200 }
    for x in inner + lines.places where function.value(at: x) != min(max(x, low), high) {
      return nil
    }
    return low...high
  }

  /// Whether it is max(x, 0).
  var isRelu: Bool { slopes.map { $0 == (1, 0) } ?? false }
}
