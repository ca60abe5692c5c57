import ConstraintSystem

extension EquationGraph: CustomStringConvertible {
  /// One line for each input, each constant, each node in order, and each output: what it defines, of
  /// which shape, and how.
  public var description: String { lines.joined(separator: "\n") }

  /// The lines of the description. Names are the network's own, whatever characters they have.
  public var lines: [String] {
    let declared = inputs.map { "input \(declaration($0))" }
    let given = constants.keys.sorted { $0.index < $1.index }.map {
      "constant \(declaration($0))"
    }
    let states = loops.flatMap(\.states).map {
      "state \(declaration($0.value)) = \(self[$0.given].name), then \(self[$0.left].name) of the step before"
    }
    let results = outputs.map { "output \($0.name) = \(self[$0.value].name)" }
    return declared + given + states + nodes.map(describe) + results
  }

  private func declaration(_ id: ValueID) -> String {
    "\(self[id].name)\(self[id].shape)\(kindText(id))"
  }

  private func kindText(_ id: ValueID) -> String {
    self[id].kind == .real ? "" : " \(self[id].kind.rawValue)"
  }

  private func describe(_ node: Node) -> String {
    let names = node.operands.map { self[$0].name }
    switch node.definition {
    case .view(let step):
      return "\(declaration(node.output)) = \(step.text)(\(names.joined(separator: ", ")))"
    case .equation(let equation):
      let axes = zip(equation.indexNames, equation.shape).map { "\($0) in \($1)" }
      return "\(self[node.output].name)[\(axes.joined(separator: ", "))]"
        + "\(kindText(node.output)) = \(equation.text(names))"
    }
  }
}

extension Equation {
  /// The right side.
  /// - Parameter operands: the names of the operands.
  public func text(_ operands: [String]) -> String { text(value, operands) }

  private func text(_ expression: RealExpression, _ operands: [String]) -> String {
    expression.text(indices, names: indexNames) { read in
      let positions = read.positions.map { text($0, operands) }
      return "\(operands[read.operand])[\(positions.joined(separator: ", "))]"
    }
  }

  private func text(_ position: ReadPosition, _ operands: [String]) -> String {
    switch position {
    case .affine(let position): position.text(indexNames)
    case .computed(let place): text(place, operands)
    }
  }

  /// The names of the indices, or numbered ones where two have the same.
  public var indexNames: [String] { Equation.names(of: indices) }

  /// The names of indices, or numbered ones where two have the same.
  public static func names(of indices: [Index]) -> [String] {
    let isUnique = Set(indices.map(\.name)).count == indices.count
    return indices.enumerated().map { isUnique ? $0.element.name : "i\($0.offset)" }
  }
}

extension AffineIndex {
  /// The position as a sum, as in `2 i + j + 1`.
  public func text(_ names: [String]) -> String {
    let parts = terms.map {
      $0.coefficient == 1 ? names[$0.index] : "\($0.coefficient) \(names[$0.index])"
    }
    let rest = constant == 0 && !parts.isEmpty ? [] : ["\(constant)"]
    return (parts + rest).joined(separator: " + ")
  }
}

extension ViewStep {
  /// What the step does, without what it is done to.
  public var text: String {
    switch self {
    case .slice(let slices):
      let list = slices.map { "\($0.start) + \($0.count) * \($0.step)" }
      return "slice[\(list.joined(separator: ", "))]"
    case .reshape(let shape): return "reshape\(shape)"
    case .broadcast(let shape): return "broadcast\(shape)"
    case .transpose(let permutation): return "transpose\(permutation)"
    case .concatenate(let axis): return "concatenate[\(axis)]"
    case .pad(let before, let after): return "pad\(before)\(after)"
    }
  }
}
