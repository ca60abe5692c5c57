import ConstraintSystem
import Equations
import TensorGraph

// What a node finds in the graph, and what it adds to it.
extension NodeView {
  /// The integers an operand holds, which must be known when the model is imported.
  func constantInts(
    _ position: Int, _ what: String, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> [Int]? {
    guard let id = optionalInput(position) else { return nil }
    guard let value = builder.constantValue(id) else {
      throw GraphError(.unsupported, "its \(what) depend on an input of the network")
    }
    guard let integers = value.integers, value.shape.count <= 1 else {
      throw GraphError(.elementType, "its \(what) are not a list of integers")
    }
    return integers.map(Int.init)
  }

  /// The reals an operand holds, which must be known when the model is imported.
  func constantReals(
    _ position: Int, _ what: String, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> [Float]? {
    guard let id = optionalInput(position) else { return nil }
    guard let value = builder.constantValue(id) else {
      throw GraphError(.unsupported, "its \(what) depend on an input of the network")
    }
    return value.reals
  }

  /// The one number an operand holds, which must be known when the model is imported.
  func constantReal(
    _ position: Int, _ what: String, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Float? {
    guard let values = try constantReals(position, what, builder) else { return nil }
    guard values.count == 1 else {
      throw GraphError(.unsupported, "its \(what) is not a single number")
    }
    return values[0]
  }

  /// What this node's output at `position` is called, or a step towards it that `step` names.
  func valueName(_ position: Int = 0, step: String? = nil) -> String {
    let output =
      outputs.indices.contains(position) && !outputs[position].isEmpty ? outputs[position] : name
    return step.map { "\(output)/\($0)" } ?? output
  }

  /// Appends a view that yields this node's output at `position`, or a step towards it.
  func emit(
    _ view: ViewStep, _ operands: [ValueID], to builder: inout EquationGraphBuilder,
    position: Int = 0, step: String? = nil
  ) throws(GraphError) -> ValueID {
    if isNeedless(view, operands, builder) { return operands[0] }
    return try builder.append(view, operands, layer: layer, name: valueName(position, step: step))
  }

  /// Appends an equation that yields this node's output at `position`, or a step towards it.
  func emit(
    _ equation: Equation, kind: ElementKind = .real, _ operands: [ValueID],
    to builder: inout EquationGraphBuilder, position: Int = 0, step: String? = nil
  ) throws(GraphError) -> ValueID {
    try builder.append(
      equation, kind: kind, operands, layer: layer, name: valueName(position, step: step))
  }

  /// Adds a constant that is this node's output, or a step towards it.
  func emit(
    constant value: Tensor, isBoolean: Bool = false, to builder: inout EquationGraphBuilder,
    step: String? = nil
  ) -> ValueID {
    builder.addConstant(named: valueName(step: step), value, isBoolean: isBoolean)
  }

  private func isNeedless(
    _ view: ViewStep, _ operands: [ValueID], _ builder: EquationGraphBuilder
  ) -> Bool {
    guard operands.count == 1 else { return false }
    let shape = builder[operands[0]].shape
    switch view {
    case .reshape(let target), .broadcast(let target): return target == shape
    case .transpose(let permutation): return permutation == Array(shape.indices)
    case .concatenate: return true
    case .slice(let slices):
      return slices.map(\.count) == shape && slices.allSatisfy { $0.step > 0 }
    case .pad(let before, let after): return (before + after).allSatisfy { $0 == 0 }
    }
  }
}

extension Equation {
  /// An element-by-element equation over all positions of a shape; `value` is given what reads an
  /// operand of the shape at the same position.
  static func elementwise(
    _ shape: [Int], _ value: ((Int) -> RealExpression) -> RealExpression
  ) -> Equation {
    let positions = shape.indices.map { ReadPosition.affine(AffineIndex(index: $0)) }
    return Equation(
      indices: shape.enumerated().map { Index(name: "i\($0.offset)", size: $0.element) },
      domainRank: shape.count,
      value: value { .read(OperandRead(operand: $0, positions: positions)) })
  }
}
