import ConstraintSystem
import Equations
import TensorGraph

/// Appends nodes to a form graph.
struct FormMaker {
  var graph = FormGraph()
  var names = NamePool()
  /// The layer that nodes are made for, and what the values made on the way are called after.
  var layer = 0
  var name = ""
  /// The constants of which every element is known to be finite.
  private var finite: Set<ValueID> = []
  /// Finite copies of constants that are infinite somewhere.
  private var copies: [ValueID: ValueID] = [:]

  /// Throws `.unsupported` where an element of a constant is infinite or not a number.
  mutating func requireFinite(_ id: ValueID) throws(GraphError) {
    guard let tensor = graph.constants[id], finite.insert(id).inserted else { return }
    guard tensor.integers != nil || tensor.reals.allSatisfy(\.isFinite) else {
      finite.remove(id)
      throw GraphError(
        .unsupported, "its operand \"\(graph[id].name)\" holds infinite values")
    }
  }

  /// A constant to compute with: itself, or, where elements are infinite or all but that, a copy with
  /// numbers that are as good as infinite.
  ///
  /// - Throws: `.unsupported` where an element is not a number.
  mutating func finite(_ id: ValueID) throws(GraphError) -> ValueID {
    guard let tensor = graph.constants[id], !finite.contains(id) else { return id }
    if let known = copies[id] { return known }
    let limit = Float(Saturation.infinity)
    guard tensor.integers == nil, !tensor.reals.allSatisfy({ abs($0) <= limit }) else {
      finite.insert(id)
      return id
    }
    guard !tensor.reals.contains(where: \.isNaN) else {
      throw GraphError(
        .unsupported, "its operand \"\(graph[id].name)\" holds what is not a number")
    }
    let values = tensor.reals.map { Float(Saturation.finite(Double($0))) }
    let copy = addConstant(
      try Tensor(shape: tensor.shape, real: values), graph[id].kind, name: graph[id].name)
    finite.insert(copy)
    copies[id] = copy
    return copy
  }

  /// A new value under a name made unique.
  mutating func addValue(
    _ name: String, _ shape: [Int], _ kind: ElementKind, source: ValueID? = nil
  ) -> ValueID {
    graph.values.append(.init(name: names.take(name), shape: shape, kind: kind, source: source))
    return ValueID(graph.values.count - 1)
  }

  mutating func addConstant(_ tensor: Tensor, _ kind: ElementKind, name: String) -> ValueID {
    let id = addValue(name, tensor.shape, kind)
    graph.constants[id] = tensor
    return id
  }

  /// A constant of no axes.
  mutating func scalar(_ value: Double) throws(GraphError) -> Place {
    guard !value.isNaN else { throw GraphError(.unsupported, "it computes with \(value)") }
    let isWide =
      value.magnitude < 0x1p53 && value.rounded() == value
      && Double(Float(value)) != value
    let tensor =
      isWide
      ? try Tensor(shape: [], integer: [Int64(value)])
      : try Tensor(shape: [], real: [Float(Saturation.finite(value))])
    return Place(
      value: addConstant(tensor, isWide ? .integer : .real, name: "\(name)/constant"), positions: []
    )
  }

  /// Appends a node; the operands of its form are numbers of `values` until then.
  mutating func append(
    _ form: Form, _ operands: [ValueID], _ shape: [Int], _ kind: ElementKind, name: String
  ) -> ValueID {
    let output = addValue(name, shape, kind)
    graph.nodes.append(.init(layer: layer, form: form, operands: operands, output: output))
    graph.values[output.index].bounds = bounds(form, operands)
    return output
  }

  /// What a form that moves or chooses elements has of small integers; nil where that is not known.
  private func bounds(_ form: Form, _ operands: [ValueID]) -> ClosedRange<Int>? {
    var hasZero = false
    switch form {
    case .extreme: break
    case .view(.pad): hasZero = true
    case .view: break
    case .sum(let sum) where sum.isPlainRead: hasZero = true
    default: return nil
    }
    var hull: ClosedRange<Int>? = hasZero ? 0...0 : nil
    for id in operands {
      guard let own = bounds(of: id) else { return nil }
      let all = hull ?? own
      hull = min(all.lowerBound, own.lowerBound)...max(all.upperBound, own.upperBound)
    }
    return hull
  }

  private func bounds(of id: ValueID) -> ClosedRange<Int>? {
    guard let integers = graph.constants[id]?.integers, let low = integers.min(),
      let high = integers.max()
    else { return graph[id].bounds }
    return Int(low)...Int(high)
  }

  func isConstant(_ id: ValueID) -> Bool { graph.constants[id] != nil }
}

/// Numbers the operands of a node that is being made.
struct OperandList {
  private(set) var operands: [ValueID] = []

  mutating func read(_ value: ValueID, _ positions: [AffineIndex]) -> FormRead {
    if let number = operands.firstIndex(of: value) {
      return FormRead(operand: number, positions: positions)
    }
    operands.append(value)
    return FormRead(operand: operands.count - 1, positions: positions)
  }
}
