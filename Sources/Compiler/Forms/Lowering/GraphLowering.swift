import ConstraintSystem
import Equations
import TensorGraph

extension FormGraph {
  /// The network of equations in forms (`Paper/` section 17), computing the same.
  ///
  /// Throws `.unsupported` with all layers that no form exists for, and with those whose forms no
  /// integers can stand for if there are such layers.
  public init(_ graph: EquationGraph) throws(CompileError) {
    var lowering = GraphLowering(graph: graph)
    self = try lowering.run()
    let refused = lowering.obstacles
    do throws(GraphError) {
      try validate()
      try simplify()
      try validate()
    } catch {
      throw refused.isEmpty ? CompileError(error) : .unsupported(refused)
    }
    if !refused.isEmpty { throw .unsupported(inOrder(refused, obstacles)) }
  }

  /// Both lists as one, by layer and then outputs, each of them once.
  private func inOrder(
    _ first: [UnsupportedNode], _ second: [UnsupportedNode]
  ) -> [UnsupportedNode] {
    var places: [String: Int] = [:]
    for (place, layer) in layers.enumerated() { places[layer.name] = place }
    let known = Set(first.map(\.name))
    let all = first + second.filter { !known.contains($0.name) }
    func place(_ node: UnsupportedNode) -> Int {
      node.operation == "output" ? layers.count : places[node.name] ?? layers.count
    }
    return all.enumerated().sorted { (place($0.1), $0.0) < (place($1.1), $1.0) }.map(\.element)
  }
}

/// Brings a graph of equations into forms, node by node.
struct GraphLowering {
  /// With guarded branches. What has a source is a value of the network's own.
  let graph: EquationGraph
  private let sourceCount: Int
  private var maker = FormMaker()
  /// The new value for each old one that has been reached.
  private var values: [ValueID: ValueID] = [:]
  /// The layers that have no form, and the outputs.
  private(set) var obstacles: [UnsupportedNode] = []
  private var refused: Set<Int> = []
  /// Inputs of which nothing but the order is asked.
  private let ordered: Set<ValueID>

  init(graph: EquationGraph) {
    self.graph = graph.guarded()
    sourceCount = graph.values.count
    ordered = graph.orderedInputs
  }

  /// The forms of all layers that have some; what the others give is an input more.
  mutating func run() throws(CompileError) -> FormGraph {
    maker.graph.layers = graph.layers
    for id in graph.inputs {
      maker.graph.inputs.append(value(id))
    }
    for state in graph.loops.flatMap(\.states) {
      maker.graph.values[value(state.value).index].isState = true
    }
    for node in graph.nodes { try lower(node) }
    maker.graph.loops = graph.loops
    for place in maker.graph.loops.indices {
      maker.graph.loops[place].states = graph.loops[place].states.map {
        .init(value: value($0.value), given: value($0.given), left: value($0.left))
      }
    }
    for output in graph.outputs {
      let value = value(output.value)
      maker.graph.outputs.append(.init(name: output.name, value: value))
      do throws(GraphError) {
        try maker.requireFinite(value)
      } catch {
        obstacles.append(
          .init(name: output.name, operation: "output", reason: "it holds infinite values"))
      }
    }
    return maker.graph
  }

  private mutating func value(_ id: ValueID) -> ValueID {
    if let known = values[id] { return known }
    let value = graph[id]
    let new: ValueID
    if let tensor = graph.constants[id] {
      new = maker.addConstant(tensor, value.kind, name: value.name)
      maker.graph.values[new.index].source = id
    } else {
      new = maker.addValue(value.name, value.shape, value.kind, source: id)
      maker.graph.values[new.index].bounds = value.bounds
      if ordered.contains(id) { maker.graph.markOrdered(new) }
    }
    values[id] = new
    return new
  }

  private mutating func lower(_ node: EquationGraph.Node) throws(CompileError) {
    let layer = graph.layers[node.layer]
    maker.layer = node.layer
    maker.name = graph[node.output].name
    let operands = node.operands.map { value($0) }
    do throws(GraphError) {
      let made = maker.graph.values.count
      let value = try define(node, operands)
      values[node.output] = value
      guard value.index >= made else { return }
      if node.output.index < sourceCount {
        maker.graph.values[value.index].source = node.output
      }
      if let bounds = graph[node.output].bounds { maker.graph.values[value.index].bounds = bounds }
      maker.rename(value, maker.name)
    } catch {
      guard error.code == .unsupported || error.code == .tooLarge else {
        throw .node(name: layer.name, reason: error.reason)
      }
      maker.graph.inputs.append(value(node.output))
      if refused.insert(node.layer).inserted {
        obstacles.append(
          .init(name: layer.name, operation: layer.operation, reason: error.reason))
      }
    }
  }

  private mutating func define(
    _ node: EquationGraph.Node, _ operands: [ValueID]
  ) throws(GraphError) -> ValueID {
    let output = graph[node.output]
    switch node.definition {
    case .view(let step): return try view(step, operands, output)
    case .equation(let equation):
      if let operand = node.operands.first, ordered.contains(operand) { return value(operand) }
      var lowering = EquationLowering(equation, operands, output.kind, maker: maker)
      let result = Result { () throws(GraphError) in try lowering.run(equation.value) }
      maker = lowering.maker
      return try result.get()
    }
  }

  private mutating func view(
    _ step: ViewStep, _ operands: [ValueID], _ output: EquationGraph.Value
  ) throws(GraphError) -> ValueID {
    let tensors = operands.compactMap { maker.graph.constants[$0] }
    if tensors.count == operands.count {
      return maker.addConstant(try step.apply(tensors), output.kind, name: maker.name)
    }
    if operands.count == 1, step.isIdentity(of: maker.graph[operands[0]].shape) {
      return operands[0]
    }
    let finite = try operands.mapTyped { id throws(GraphError) in try maker.finite(id) }
    return maker.append(.view(step), finite, output.shape, output.kind, name: maker.name)
  }
}

extension FormMaker {
  /// Gives a value the name of the one that it is in the network.
  mutating func rename(_ id: ValueID, _ name: String) {
    guard graph[id].name != name else { return }
    graph.values[id.index].name = names.take(name)
  }
}

extension ViewStep {
  /// Whether the elements of one operand stay where they are.
  func isIdentity(of shape: [Int]) -> Bool {
    switch self {
    case .reshape(let target), .broadcast(let target): target == shape
    case .transpose(let permutation): permutation == Array(permutation.indices)
    case .concatenate: true
    case .slice(let slices): slices.map(\.count) == shape && slices.allSatisfy { $0.step > 0 }
    case .pad(let before, let after): (before + after).allSatisfy { $0 == 0 }
    }
  }
}
