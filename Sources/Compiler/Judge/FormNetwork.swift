import ConstraintSystem
import Equations
import TensorGraph

/// A network as forms with their scales: what its circuit is compared with.
struct FormNetwork: Sendable {
  /// The network as it was given.
  let source: EquationGraph
  let graph: FormGraph
  let plan: ScalePlan
  /// Tensors of the system that hold exactly a value of the graph.
  let tensors: [ValueID: Int]

  /// The value that is compared for an output: its own, or the scores that it has the labels of.
  struct Target {
    var value: ValueID
    var label: JudgedOutput.Label?
  }

  /// One for each output.
  var targets: [Target] { graph.targets }

  var judgedOutputs: [JudgedOutput] {
    zip(graph.outputs, targets).map { output, target in
      let shape = graph[output.value].shape
      return JudgedOutput(
        name: output.name, count: shape.reduce(1, *),
        isClass: target.label != nil || shape.isScores, label: target.label)
    }
  }

  /// The values of all targets for a sample. Of the first one they are those of the network as it was
  /// given, so that what rewriting it changed counts as well.
  func references(
    _ sample: [String: Tensor], isFirst: Bool
  ) throws(CompileError) -> [[Double]?] {
    var found: [ValueID: [Double]] = graph.constants.mapValues(\.doubles)
    let wanted = Set(targets.map(\.value))
    var evaluation = FormEvaluator(graph)
    try evaluation.run(try graph.inputs(sample)) { id, value throws(CompileError) in
      if wanted.contains(id) { found[id] = value }
    }
    return isFirst ? try originals(sample, found) : targets.map { found[$0.value] }
  }

  /// - Parameter found: the values of the targets.
  func originals(
    _ sample: [String: Tensor], _ found: [ValueID: [Double]]
  ) throws(CompileError) -> [[Double]?] {
    do throws(GraphError) {
      let original = try source.outputs(of: sample)
      return zip(graph.outputs, targets).map { output, target in
        let own = found[target.value]
        return target.label == nil ? original[output.name]?.doubles ?? own : own
      }
    } catch {
      throw CompileError(error)
    }
  }
}

extension FormGraph {
  /// A sample's values by input.
  func inputs(_ sample: [String: Tensor]) throws(CompileError) -> [ValueID: [Double]] {
    var result: [ValueID: [Double]] = [:]
    for id in inputs {
      guard let value = sample[self[id].name] else {
        throw .input(name: self[id].name, reason: "no value is given")
      }
      guard value.shape == self[id].shape else {
        throw .input(
          name: self[id].name, reason: "has the shape \(value.shape), not \(self[id].shape)")
      }
      guard self[id].isOrdered else {
        result[id] = value.doubles
        continue
      }
      result[id] = value.reals.map { SingleOrder.place(of: $0).map(Double.init) ?? .nan }
    }
    return result
  }

  /// The node that defines each value, by value.
  var producers: [ValueID: Int] {
    Dictionary(nodes.enumerated().map { ($0.element.output, $0.offset) }) { first, _ in first }
  }

  /// What is compared for each output.
  var targets: [FormNetwork.Target] {
    let producers = self.producers
    return outputs.map { output in
      var value = output.value
      while let number = producers[value] {
        switch nodes[number].form {
        case .place(let place) where place.rank == nil:
          return .init(
            value: nodes[number].operands[place.candidate.operand], label: label(place, number))
        // The positions are the same ones.
        case .view(.reshape): value = nodes[number].operands[0]
        case .sum(let sum) where keepsOrder(sum, nodes[number]): value = nodes[number].operands[0]
        default: return .init(value: output.value)
        }
      }
      return .init(value: output.value)
    }
  }

  /// Whether a sum is all elements of its operand in the same order.
  private func keepsOrder(_ sum: SumForm, _ node: Node) -> Bool {
    guard sum.isPlainRead, self[node.operands[0]].count == self[node.output].count else {
      return false
    }
    let read = sum.terms[0].factors[0]
    let sizes = self[node.operands[0]].shape
    let used = zip(read.positions, sizes).filter { $0.1 > 1 }.map(\.0.plainIndex)
    let significant = sum.indices.indices.filter { sum.indices[$0].size > 1 }
    return used == significant.map(Optional.some)
  }

  private func label(_ place: PlaceForm, _ number: Int) -> JudgedOutput.Label {
    let sizes = place.indices.map(\.size)
    let last = sizes.count - 1
    let operand = self[nodes[number].operands[place.candidate.operand]]
    var start = 0
    var strides = [Int](repeating: 0, count: sizes.count)
    for (position, stride) in zip(place.candidate.positions, Shape.strides(operand.shape)) {
      start += position.constant * stride
      for term in position.terms { strides[term.index] += term.coefficient * stride }
    }
    let starts = (0..<last).reduce([start]) { starts, axis in
      starts.flatMap { start in (0..<sizes[axis]).map { start + $0 * strides[axis] } }
    }
    return .init(
      starts: starts, stride: strides[last], choices: sizes[last], isMaximum: place.isMaximum,
      isLast: place.isLast)
  }
}

extension FormNetwork {
  /// The layers whose results have the coarsest scales, the coarsest first.
  func coarsestLayers(_ count: Int) -> [Compilation.LayerScale] {
    let layers = graph.layerResults.compactMap { layer, value -> Compilation.LayerScale? in
      guard graph[value].isCommitted, graph[value].kind == .real else { return nil }
      return .init(
        layer: graph.layers[layer].name,
        unit: FixedPoint.real(1, fractionalBits: plan[value].bits))
    }
    return Array(layers.sorted { $0.unit > $1.unit }.prefix(count))
  }

  /// Constants that are added to, or bound, results whose scales are so coarse that they come to
  /// nothing, in sentences for people.
  func vanishingConstants() -> [String] {
    graph.nodes.flatMap { node -> [String] in
      let unit = FixedPoint.real(1, fractionalBits: plan[node.output].bits)
      let layer = graph.layers[node.layer].name
      return added(node).filter { $0.magnitude > 0 && $0.magnitude < unit / 2 }.map {
        "\($0.name) of the layer \"\(layer)\" reaches \(Readable.number($0.magnitude)), and comes "
          + "to nothing in steps of \(Readable.number(unit))"
      }
    }
  }

  /// What a node adds, or the bounds that it holds values to, with the greatest magnitude.
  private func added(_ node: FormGraph.Node) -> [(name: String, magnitude: Double)] {
    guard graph[node.output].isCommitted else { return [] }
    switch node.form {
    case .apply(let apply):
      guard let bounds = apply.bounds else { return [] }
      let finite = [bounds.lowerBound, bounds.upperBound].map(abs).filter { $0 < 0x1p128 }
      return finite.max().map { [("the bound", $0)] } ?? []
    case .sum(let sum):
      return SumFacts(sum, node, graph).terms.filter(\.isConstant).map { term in
        let name = term.constant.map { graph[node.operands[$0]].name }
        return (name.map { "the constant \"\($0)\"" } ?? "a constant", term.magnitude)
      }
    default: return []
    }
  }
}

extension FormGraph {
  /// The layers that have nodes, in the order in which they are complete, each with what its last
  /// node gives.
  var layerResults: [(layer: Int, value: ValueID)] {
    var last: [Int: Int] = [:]
    for (number, node) in nodes.enumerated() { last[node.layer] = number }
    return last.sorted { $0.value < $1.value }.map { ($0.key, nodes[$0.value].output) }
  }
}
