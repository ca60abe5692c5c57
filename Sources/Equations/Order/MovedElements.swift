import ConstraintSystem
import TensorGraph

/// Which values are nothing but elements of inputs and of constants, wherever they were moved to: by views,
/// by reads at any place, and by sums in which at most one element has the factor 1 and all others have the
/// factor 0. What is in no element's place is 0, which is its own place in order.
struct MovedElements {
  /// The inputs that the elements of a value are from, none for one of constants; nil for a value that is
  /// computed.
  private(set) var origins: [Set<ValueID>?]
  /// How values that are sums select their elements.
  private(set) var selections: [ValueID: Selection] = [:]
  private let graph: EquationGraph

  /// A sum of elements, each with a factor.
  struct Selection {
    /// Without what changes nothing.
    var sum: RealExpression
    /// The operand that the elements are of, and the one that holds the factors.
    var chosen: Int
    var factors: Int
  }

  init(_ graph: EquationGraph) {
    self.graph = graph
    origins = Array(repeating: nil, count: graph.values.count)
    for input in graph.inputs where graph[input].kind == .real { origins[input.index] = [input] }
    for constant in graph.constants.keys where graph[constant].kind == .real {
      origins[constant.index] = []
    }
    for node in graph.nodes where graph[node.output].kind == .real {
      switch node.definition {
      case .view: note(node)
      case .equation(let equation): note(node, equation)
      }
    }
  }

  subscript(_ id: ValueID) -> Set<ValueID>? { origins[id.index] }

  private mutating func note(_ node: EquationGraph.Node) {
    let parts = node.operands.compactMap { origins[$0.index] }
    guard parts.count == node.operands.count else { return }
    origins[node.output.index] = parts.reduce(into: Set()) { $0.formUnion($1) }
  }

  private mutating func note(_ node: EquationGraph.Node, _ equation: Equation) {
    if case .read(let read) = equation.value {
      // What says the place of an element is no element itself.
      let asked = read.computedPlaces.reduce(into: Set()) { $0.formUnion($1.readOperands) }
      guard asked.allSatisfy({ origins[node.operands[$0].index]?.isEmpty ?? true }) else { return }
      origins[node.output.index] = origins[node.operands[read.operand].index]
    } else if let selection = selection(equation, node.operands) {
      origins[node.output.index] = origins[node.operands[selection.chosen].index]
      selections[node.output] = selection
    }
  }

  /// How an equation selects elements, if it does.
  private func selection(_ equation: Equation, _ operands: [ValueID]) -> Selection? {
    let sum = equation.value.withoutNeutralParts { graph.constants[operands[$0]] }
    guard case .reduce(.sum, let over, .binary(.multiply, .read(let a), .read(let b))) = sum,
      over.count == 1
    else { return nil }
    for (factors, read) in [(a, b), (b, a)] {
      guard let tensor = graph.constants[operands[factors.operand]],
        origins[operands[read.operand].index]?.isEmpty == false,
        let axis = factors.positions.firstIndex(of: .affine(AffineIndex(index: over[0]))),
        tensor.shape[axis] == equation.indices[over[0]].size, tensor.isSelection(along: axis)
      else { continue }
      return Selection(sum: sum, chosen: read.operand, factors: factors.operand)
    }
    return nil
  }
}

extension RealExpression {
  /// The expression without factors that are 1, and terms that are 0.
  ///
  /// - Parameter constant: the constant that an operand is, if it is one.
  fileprivate func withoutNeutralParts(_ constant: (Int) -> Tensor?) -> RealExpression {
    guard case .binary(let operation, let left, let right) = self,
      operation == .multiply || operation == .add
    else { return self }
    let (a, b) = (left.withoutNeutralParts(constant), right.withoutNeutralParts(constant))
    let (x, y) = (a.number(constant), b.number(constant))
    if operation == .multiply, x == 0 && b.isFinite(constant) || y == 0 && a.isFinite(constant) {
      return .constant(0)
    }
    let neutral: Double = operation == .multiply ? 1 : 0
    if x == neutral { return b }
    return y == neutral ? a : .binary(operation, a, b)
  }

  /// Its value, where that is the same everywhere.
  private func number(_ constant: (Int) -> Tensor?) -> Double? {
    switch self {
    case .constant(let value): return value
    case .read(let read):
      // Outside of a tensor there are zeros.
      guard let tensor = constant(read.operand), tensor.doubles.allSatisfy({ $0 == 0 }) else {
        return nil
      }
      return 0
    default: return nil
    }
  }

  /// Whether it is known to be finite whatever the inputs are.
  private func isFinite(_ constant: (Int) -> Tensor?) -> Bool {
    switch self {
    case .constant(let value): value.isFinite
    case .read(let read): constant(read.operand)?.doubles.allSatisfy(\.isFinite) ?? false
    default: false
    }
  }
}

extension Tensor {
  /// Whether at most one element of each line along an axis is 1, and all others are 0.
  fileprivate func isSelection(along axis: Int) -> Bool {
    let values = doubles
    guard values.allSatisfy({ $0 == 0 || $0 == 1 }) else { return false }
    let inner = shape[(axis + 1)...].reduce(1, *)
    var sums = [Int](repeating: 0, count: values.count / max(shape[axis], 1))
    for (place, value) in values.enumerated() where value == 1 {
      sums[place / (inner * shape[axis]) * inner + place % inner] += 1
    }
    return sums.allSatisfy { $0 <= 1 }
  }
}
