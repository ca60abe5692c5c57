import Evaluation
import TensorGraph

extension EquationGraph {
  /// The network's outputs, by name, for the inputs given by name. The graph must be valid.
  ///
  /// Reals are computed in double precision, and each value is rounded to single precision. Where a
  /// constant is infinite, or as good as that, other values may be infinite. A value
  /// is released after its last reader, unless the caller has kept what it observed.
  ///
  /// - Parameters:
  ///   - inputs: of the declared shapes; integers and truth values as tensors of integers.
  ///   - replaced: values that inputs and results of nodes have instead of their own; of the shapes of
  ///     what they replace.
  ///   - observe: sees every input and every computed value, in the order of the nodes.
  ///
  /// Throws `.value` and `.shape` for inputs that are missing or not as declared, and the errors of
  /// `Equation.result`: they name the layer, the value and the place.
  public func evaluate(
    _ inputs: [String: Tensor], replacing replaced: [ValueID: Tensor] = [:],
    observing observe: (ValueID, Tensor) throws(GraphError) -> Void = { _, _ throws(GraphError) in }
  ) throws(GraphError) -> [String: Tensor] {
    var held = constants
    let isBounded = !constants.values.contains(where: \.isAsGoodAsInfinite)
    for id in self.inputs {
      let value = if let given = replaced[id] { given } else { try input(id, inputs) }
      held[id] = value
      try observe(id, value)
    }
    var remaining = useCounts()
    func release(_ ids: [ValueID]) {
      for id in ids {
        remaining[id.index] -= 1
        if remaining[id.index] <= 0 { held[id] = nil }
      }
    }
    for run in GraphRun.all(nodes.map { ($0.operands, $0.output) }, loops) {
      switch run {
      case .node(let place):
        let node = nodes[place]
        let given = replaced[node.output]
        let value = if let given { given } else { try evaluate(node, held, areFinite: isBounded) }
        held[node.output] = value
        try observe(node.output, value)
        release(node.operands)
        if remaining[node.output.index] == 0 { held[node.output] = nil }
      case .loop(let loop, let places):
        var evaluation = LoopEvaluation(self, loop, places, held: held, replaced: replaced)
        let values = try evaluation.run { node, definition, operands throws(GraphError) in
          try evaluate(node, definition, operands, areFinite: isBounded)
        }
        held.merge(values) { _, new in new }
        for id in loop.states.map(\.value) + places.map({ nodes[$0].output }) {
          if let value = values[id] { try observe(id, value) }
        }
        release(places.flatMap { nodes[$0].operands } + loop.kept)
      }
    }
    return try collectOutputs(held)
  }

  /// How often each value is read; an output's is read by the network.
  private func useCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: values.count)
    for node in nodes {
      for operand in node.operands { counts[operand.index] += 1 }
    }
    for output in outputs { counts[output.value.index] += 1 }
    for id in loops.flatMap(\.kept) { counts[id.index] += 1 }
    return counts
  }

  private func input(_ id: ValueID, _ given: [String: Tensor]) throws(GraphError) -> Tensor {
    let declared = self[id]
    guard let value = given[declared.name] else {
      throw GraphError(.value, "no value is given for the input \"\(declared.name)\"")
    }
    guard value.shape == declared.shape else {
      throw GraphError(
        .shape,
        "the input \"\(declared.name)\" has the shape \(declared.shape), not \(value.shape)")
    }
    switch value.elements {
    case .real(let elements):
      guard declared.kind == .real else {
        throw GraphError(.elementType, "the input \"\(declared.name)\" takes integers")
      }
      try require(elements, \.isFinite, declared, "is not finite")
    case .integer(let elements):
      guard declared.kind != .real else {
        throw GraphError(.elementType, "the input \"\(declared.name)\" takes reals")
      }
      guard declared.kind == .boolean else { break }
      try require(elements, { $0 == 0 || $0 == 1 }, declared, "is neither 0 nor 1")
    }
    return value
  }

  private func require<Element>(
    _ elements: [Element], _ holds: (Element) -> Bool, _ declared: Value, _ fault: String
  ) throws(GraphError) {
    guard let place = elements.firstIndex(where: { !holds($0) }) else { return }
    let position = coordinates(of: place, shape: declared.shape)
    throw GraphError(
      .value, "the input \"\(declared.name)\"\(position) is \(elements[place]), which \(fault)")
  }

  private func evaluate(
    _ node: Node, _ held: [ValueID: Tensor], areFinite: Bool
  ) throws(GraphError) -> Tensor {
    let operands = node.operands.compactMap { held[$0] }
    guard operands.count == node.operands.count else {
      throw GraphError(.structure, "an operand is used before it is computed")
        .at(node: layers.indices.contains(node.layer) ? layers[node.layer].name : "")
    }
    return try evaluate(node, node.definition, operands, areFinite: areFinite)
  }

  /// What a node gives, or a part of it that `definition` is.
  private func evaluate(
    _ node: Node, _ definition: Definition, _ operands: [Tensor], areFinite: Bool
  ) throws(GraphError) -> Tensor {
    do throws(GraphError) {
      let output = self[node.output]
      switch definition {
      case .equation(let equation):
        let result = try equation.result(
          on: operands, kind: output.kind, name: "\"\(output.name)\"", areFinite: areFinite)
        try requireNumbers(result, output.name)
        return result
      case .view(let view): return try view.result(on: operands)
      }
    } catch {
      throw error.at(node: layers.indices.contains(node.layer) ? layers[node.layer].name : "")
    }
  }

  /// Infinite constants, as masks are, may make values infinite, but not what is no number.
  private func requireNumbers(_ value: Tensor, _ name: String) throws(GraphError) {
    guard case .real(let elements) = value.elements,
      let place = elements.firstIndex(where: \.isNaN)
    else { return }
    let position = coordinates(of: place, shape: value.shape)
    throw GraphError(
      .value,
      "\"\(name)\"\(position) is not a number: infinite constants meet there, as where a mask leaves "
        + "nothing of a row; write large finite numbers for them")
  }

  private func collectOutputs(_ held: [ValueID: Tensor]) throws(GraphError) -> [String: Tensor] {
    var results: [String: Tensor] = [:]
    for output in outputs {
      guard let value = held[output.value] else {
        throw GraphError(.structure, "nothing computes the output \"\(output.name)\"")
      }
      results[output.name] = value
    }
    return results
  }
}

extension Tensor {
  /// Whether an element is infinite, or so great that sums of a few such are.
  fileprivate var isAsGoodAsInfinite: Bool {
    guard case .real(let values) = elements else { return false }
    return values.contains { abs($0) >= 0x1p124 }
  }
}
