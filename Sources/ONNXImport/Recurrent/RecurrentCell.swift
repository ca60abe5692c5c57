import ConstraintSystem
import Equations
import TensorGraph

/// One direction of a recurrent layer, at one position.
struct RecurrentCell {
  /// What a position gives.
  struct Step {
    /// What the next position is given.
    var states: [ValueID]
    var output: ValueID
  }

  let layer: RecurrentLayer
  let direction: Int
  var hidden: Int { layer.hidden }
  var functions: [GateFunction] { layer.functions[direction] }

  init(_ layer: RecurrentLayer, _ direction: Int) {
    self.layer = layer
    self.direction = direction
  }

  /// What the direction is called where there are two.
  var label: String? {
    layer.directions.count == 1 ? nil : layer.directions[direction] ? "backwards" : "forwards"
  }

  /// What the input gives to all gates at all positions, in the order of the run: [time, batch, gates].
  func projection(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID {
    let gates = layer.kind.gates * hidden
    let sum = RealExpression.reduce(
      .sum, over: [3],
      read(0, layer.isBatchFirst ? [at(1), position] : [position, at(1)], at(3))
        * read(1, [.init(constant: direction), at(2)], at(3)))
    var operands = [try layer.node.input(0), try layer.node.input(1)]
    var value = sum
    if let biases = layer.node.optionalInput(3) {
      operands.append(try bias(biases, &builder))
      value = value + read(2, [], at(2))
    }
    let equation = Equation(
      indices: [
        .init(name: "t", size: layer.time), .init(name: "n", size: layer.batch),
        .init(name: "g", size: gates), .init(name: "i", size: layer.inputs),
      ], domainRank: 3, value: value)
    return try append(equation, operands, "projection", &builder)
  }

  /// Both biases of each gate; of the one whose reset applies to what has been multiplied, the second
  /// is left to that product.
  private func bias(
    _ biases: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let gates = layer.kind.gates * hidden
    let own = read(0, [.init(constant: direction)], at(0))
    let recurrent = read(0, [.init(constant: direction)], at(0).shifted(gates))
    let both = own + recurrent
    let equation = Equation(
      indices: [.init(name: "g", size: gates)], domainRank: 1,
      value: layer.resetsAfter
        ? .select(.less(.index(at(0)), .constant(Double(2 * hidden))), both, own) : both)
    return try append(equation, [biases], "bias", &builder)
  }

  /// Whether each position is within the length of each sequence, in the order of the run: [time,
  /// batch]. Nil where all are.
  func mask(_ builder: inout EquationGraphBuilder) throws(GraphError) -> ValueID? {
    guard let lengths = layer.node.optionalInput(4) else { return nil }
    if let known = builder.constantValue(lengths)?.integers {
      guard known.allSatisfy({ 0...Int64(layer.time) ~= $0 }) else {
        throw GraphError(.value, "its lengths \(known) do not fit \(layer.time) positions")
      }
      if known.allSatisfy({ $0 == Int64(layer.time) }) { return nil }
    }
    let equation = Equation(
      indices: [.init(name: "t", size: layer.time), .init(name: "n", size: layer.batch)],
      domainRank: 2,
      value: .less(.index(position), .read(.init(operand: 0, positions: [.affine(at(1))]))))
    return try builder.append(
      equation, kind: .boolean, [lengths], layer: layer.node.layer,
      name: layer.node.valueName(step: "mask"))
  }

  /// The last states, which are zero of a sequence without any position.
  func last(
    _ states: [ValueID], _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID] {
    guard let lengths = layer.node.optionalInput(4) else { return states }
    if let known = builder.constantValue(lengths)?.integers, known.allSatisfy({ $0 > 0 }) {
      return states
    }
    let length = RealExpression.read(.init(operand: 0, positions: [.affine(at(0))]))
    var results: [ValueID] = []
    for state in states {
      let equation = Equation.elementwise([layer.batch, hidden]) { read in
        .select(.less(0, length), read(1), 0)
      }
      results.append(try append(equation, [lengths, state], "last", &builder))
    }
    return results
  }

  /// The state that the node gives at an operand, or zeros: [batch, hidden].
  func initial(
    _ operand: Int, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard let state = layer.node.optionalInput(operand) else {
      let count = layer.batch * hidden
      try builder.reserve(elements: count)
      let zeros = try Tensor(
        shape: [layer.batch, hidden], real: [Float](repeating: 0, count: count))
      return layer.node.emit(constant: zeros, to: &builder, step: "initial")
    }
    let own = AffineIndex(constant: direction)
    let equation = Equation(
      indices: [.init(name: "n", size: layer.batch), .init(name: "j", size: hidden)],
      domainRank: 2, value: read(0, layer.isBatchFirst ? [at(0), own] : [own, at(0)], at(1)))
    return try append(equation, [state], "initial", &builder)
  }

  /// Where the run is at the time of its first index.
  private var position: AffineIndex {
    layer.directions[direction]
      ? AffineIndex(constant: layer.time - 1, terms: [.init(index: 0, coefficient: -1)]) : at(0)
  }

  func at(_ index: Int) -> AffineIndex { AffineIndex(index: index) }

  func read(_ operand: Int, _ places: [AffineIndex], _ last: AffineIndex) -> RealExpression {
    .read(OperandRead(operand: operand, positions: (places + [last]).map { .affine($0) }))
  }

  func append(
    _ equation: Equation, _ operands: [ValueID], _ step: String,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let name = layer.node.valueName(step: label.map { "\($0)/\(step)" } ?? step)
    return try builder.append(equation, operands, layer: layer.node.layer, name: name)
  }
}

extension AffineIndex {
  func shifted(_ distance: Int) -> AffineIndex {
    AffineIndex(constant: constant + distance, terms: terms)
  }
}
