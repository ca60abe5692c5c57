import TensorGraph

/// Builds an equation graph node by node. Every appended node is checked at once, and a node whose
/// operands are all constants is evaluated instead, so a finished graph has no constant subgraph.
public struct EquationGraphBuilder: Sendable {
  private var graph = EquationGraph()
  private var valueNames = NamePool()
  private var layerNames = NamePool()
  private var outputNames: Set<String> = []
  private var inputs: Set<ValueID> = []
  private var producers: [ValueID: Int] = [:]
  /// The nodes that constants were computed by.
  private var computed: [ValueID: EquationGraph.Node] = [:]
  private var reservedElements = 0
  private var reservedTerms = 0

  /// How many elements the constants that are computed, rather than given, may have in all. It
  /// bounds the memory that a small file can ask for.
  public static let maximumComputedElements = 1 << 29
  /// How many terms their equations may have in all, which bounds the time.
  public static let maximumComputedTerms = 1 << 36

  public init() {}

  public subscript(_ id: ValueID) -> EquationGraph.Value { graph[id] }

  /// Says which words a value's integers are the places of.
  public mutating func name(_ words: [String], of id: ValueID) {
    graph.values[id.index].words = words
  }

  /// Says what the integers of a node's value are known to be, whatever the network is given.
  public mutating func bound(_ id: ValueID, to range: ClosedRange<Int>) {
    graph.values[id.index].bounds = range
  }

  /// The value of `id` where it is a constant.
  public func constantValue(_ id: ValueID) -> Tensor? { graph.constants[id] }

  /// The node that defines a value; nil for inputs and constants.
  public func node(of id: ValueID) -> EquationGraph.Node? { producers[id].map { graph.nodes[$0] } }

  /// Whether one of the nodes from a place on reads a value.
  public func reads(_ id: ValueID, since place: Int) -> Bool {
    graph.nodes[place...].contains { $0.operands.contains(id) }
  }

  /// What a node of the network became.
  public func layer(_ number: Int) -> EquationGraph.Layer { graph.layers[number] }

  /// Says that ONNX Runtime adds up what a layer does in single precision, in an order of its own.
  public mutating func noteSingleSums(inLayer number: Int) {
    graph.layers[number].isSummedInSingle = true
  }

  /// How many nodes there are so far.
  public var nodeCount: Int { graph.nodes.count }

  /// The node that defines a value, or that a constant was computed by; nil for inputs, and for constants
  /// that were given.
  public func origin(of id: ValueID) -> EquationGraph.Node? { node(of: id) ?? computed[id] }

  public func isInput(_ id: ValueID) -> Bool { inputs.contains(id) }

  /// Declares an input. Throws `.structure` where its name is taken, `.unsupported` where it has no
  /// elements, `.tooLarge` where it has too many.
  ///
  /// - Parameter bounds: what its integers' type holds, if that is known.
  public mutating func addInput(
    named name: String, shape: [Int], kind: ElementKind = .real, bounds: ClosedRange<Int>? = nil
  ) throws(GraphError) -> ValueID {
    guard try Shape.elementCount(shape) > 0 else {
      throw GraphError(.unsupported, "the input \"\(name)\" of shape \(shape) has no elements")
    }
    guard !valueNames.contains(name) else {
      throw GraphError(.structure, "two values are called \"\(name)\"")
    }
    let id = addValue(name, shape, kind)
    graph.values[id.index].bounds = bounds
    graph.inputs.append(id)
    inputs.insert(id)
    return id
  }

  /// - Parameter isBoolean: whether the integers 0 and 1 of `value` are truth values.
  public mutating func addConstant(
    named name: String, _ value: Tensor, isBoolean: Bool = false
  ) -> ValueID {
    let kind: ElementKind =
      value.integers == nil ? .real : isBoolean ? .boolean : .integer
    let id = addValue(name, value.shape, kind)
    graph.constants[id] = value
    return id
  }

  /// Begins the nodes of a node of the network; `name` is made unique by a suffix where it is
  /// taken. Gives the layer's position for `append`.
  public mutating func addLayer(named name: String, operation: String) -> Int {
    graph.layers.append(.init(name: layerNames.take(name), operation: operation))
    return graph.layers.count - 1
  }

  /// Appends an equation, or its value as a constant where all operands are constants; an equation
  /// without operands is one of these.
  ///
  /// `name` is made unique by a suffix where it is taken. Throws what `Equation.check` throws,
  /// `.elementType` where the values need not be of `kind`, and what the evaluation of a constant throws;
  /// the error names the layer. A result without elements is a constant.
  public mutating func append(
    _ equation: Equation, kind: ElementKind = .real, _ operands: [ValueID], layer: Int,
    name: String
  ) throws(GraphError) -> ValueID {
    try attributed(to: layer) { (builder: inout Self) throws(GraphError) in
      try equation.check(operands: operands.map { builder[$0].shape })
      let narrowest = equation.value.kind(operands.map { builder[$0].kind })
      guard kind.holds(narrowest) else {
        throw GraphError(
          .elementType, "\(narrowest.rawValue) values are declared \(kind.rawValue)")
      }
      let values = operands.compactMap { builder.constantValue($0) }
      if equation.shape.contains(0) { return try builder.addNothing(name, equation.shape, kind) }
      guard values.count < operands.count else {
        try builder.reserve(elements: Shape.elementCount(equation.shape))
        try builder.reserve(terms: equation.termCount)
        let result = try builder.addComputed(
          named: name, equation.result(on: values, kind: kind, name: name, areFinite: false), kind)
        builder.computed[result] = .init(
          layer: layer, definition: .equation(equation), operands: operands, output: result)
        return result
      }
      return try builder.addNode(.equation(equation), operands, layer, name, equation.shape, kind)
    }
  }

  /// Appends a view, or its value as a constant where all operands are constants.
  ///
  /// `name` is made unique by a suffix where it is taken. Throws what `ViewStep.outputShape`
  /// throws, and `.elementType` for operands of different kinds; the error names the layer.
  public mutating func append(
    _ view: ViewStep, _ operands: [ValueID], layer: Int, name: String
  ) throws(GraphError) -> ValueID {
    try attributed(to: layer) { (builder: inout Self) throws(GraphError) in
      let shape = try view.outputShape(operands.map { builder[$0].shape })
      let kind = try EquationGraph.Definition.view(view).kind(operands.map { builder[$0].kind })
      if shape.contains(0) { return try builder.addNothing(name, shape, kind) }
      if case .concatenate = view {
        // What has no elements adds nothing.
        let parts = operands.filter { builder[$0].count > 0 }
        if parts.count < operands.count {
          return parts.count == 1
            ? parts[0] : try builder.append(view, parts, layer: layer, name: name)
        }
      }
      let values = operands.compactMap { builder.constantValue($0) }
      guard values.count < operands.count else {
        try builder.reserve(elements: Shape.elementCount(shape))
        let result = try builder.addComputed(named: name, view.result(on: values), kind)
        builder.computed[result] = .init(
          layer: layer, definition: .view(view), operands: operands, output: result)
        return result
      }
      return try builder.addNode(.view(view), operands, layer, name, shape, kind)
    }
  }

  /// Declares a result of the graph; `name` is its name in the network. Throws `.structure` where
  /// another output has it.
  public mutating func addOutput(named name: String, _ value: ValueID) throws(GraphError) {
    guard outputNames.insert(name).inserted else {
      throw GraphError(.structure, "two outputs are called \"\(name)\"")
    }
    graph.outputs.append(.init(name: name, value: value))
  }

  /// Accounts for a constant that is about to be computed. Throws `.tooLarge`.
  public mutating func reserve(elements: Int) throws(GraphError) {
    guard elements <= Self.maximumComputedElements - reservedElements else {
      throw GraphError(
        .tooLarge, "the constants it computes exceed \(Self.maximumComputedElements) elements")
    }
    reservedElements += elements
  }

  /// The graph without nodes and constants that no output depends on, validated.
  public func finish() throws(GraphError) -> EquationGraph {
    let result = graph.removingDeadNodes()
    try result.validate()
    return result
  }
}

// What loops are made with.
extension EquationGraphBuilder {
  /// A value that nothing defines yet.
  mutating func addOpenValue(_ name: String, _ shape: [Int], _ kind: ElementKind) -> ValueID {
    addValue(name, shape, kind)
  }

  /// Throws `.tooLarge` where the value has too many elements then.
  mutating func addLeadingAxis(_ count: Int, to id: ValueID) throws(GraphError) {
    let shape = [count] + graph[id].shape
    _ = try Shape.elementCount(shape)
    graph.values[id.index].shape = shape
  }

  /// Takes away the nodes from a place on, which are put back one by one.
  mutating func takeNodes(from start: Int) -> [EquationGraph.Node] {
    let nodes = Array(graph.nodes[start...])
    graph.nodes.removeSubrange(start...)
    return nodes
  }

  mutating func putBack(_ node: EquationGraph.Node) {
    producers[node.output] = graph.nodes.count
    graph.nodes.append(node)
  }

  mutating func addLoop(_ loop: EquationGraph.Loop) { graph.loops.append(loop) }
}

extension EquationGraphBuilder {
  private mutating func attributed(
    to layer: Int, _ append: (inout Self) throws(GraphError) -> ValueID
  ) throws(GraphError) -> ValueID {
    do throws(GraphError) {
      return try append(&self)
    } catch {
      throw error.at(node: graph.layers[layer].name)
    }
  }

  private mutating func reserve(terms: Int) throws(GraphError) {
    guard terms <= Self.maximumComputedTerms - reservedTerms else {
      throw GraphError(
        .tooLarge, "the constants it computes take more than \(Self.maximumComputedTerms) terms")
    }
    reservedTerms += terms
  }

  private mutating func addComputed(
    named name: String, _ value: Tensor, _ kind: ElementKind
  ) throws(GraphError) -> ValueID {
    try value.requireNumbers()
    return addConstant(named: name, value, isBoolean: kind == .boolean)
  }

  /// A tensor without elements, which is known whatever it is made of.
  private mutating func addNothing(
    _ name: String, _ shape: [Int], _ kind: ElementKind
  ) throws(GraphError) -> ValueID {
    let value = try Tensor(shape: shape, kind == .real ? .real([]) : .integer([]))
    return addConstant(named: name, value, isBoolean: kind == .boolean)
  }

  private mutating func addNode(
    _ definition: EquationGraph.Definition, _ operands: [ValueID], _ layer: Int, _ name: String,
    _ shape: [Int], _ kind: ElementKind
  ) throws(GraphError) -> ValueID {
    let id = addValue(name, shape, kind)
    producers[id] = graph.nodes.count
    graph.nodes.append(
      .init(layer: layer, definition: definition, operands: operands, output: id))
    return id
  }

  private mutating func addValue(
    _ name: String, _ shape: [Int], _ kind: ElementKind
  ) -> ValueID {
    graph.values.append(.init(name: valueNames.take(name), shape: shape, kind: kind))
    return ValueID(graph.values.count - 1)
  }
}

extension EquationGraph {
  /// The graph without the nodes and constants that no output depends on. Inputs and layers stay.
  public func removingDeadNodes() -> EquationGraph {
    var live = [Bool](repeating: false, count: values.count)
    for output in outputs { live[output.value.index] = true }
    // No loop depends on one after it.
    var open = loops[...]
    while true {
      for node in nodes.reversed() where live[node.output.index] {
        for operand in node.operands { live[operand.index] = true }
      }
      guard let loop = open.popLast() else { break }
      if loop.states.contains(where: { live[$0.value.index] }) {
        for id in loop.kept { live[id.index] = true }
      }
    }
    var result = self
    result.loops = loops.filter { $0.states.contains { live[$0.value.index] } }
    result.nodes = nodes.filter { live[$0.output.index] }
    result.constants = constants.filter { live[$0.key.index] }
    return result
  }
}
