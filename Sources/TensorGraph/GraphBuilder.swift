/// Builds a graph node by node. Every appended node is shape-checked at once, and a node whose
/// operands are all constants is evaluated instead, so a finished graph has no constant subgraph.
public struct GraphBuilder {
  private var graph = FloatGraph()
  private var tensorNames: [String: Int] = [:]
  private var nodeNames: [String: Int] = [:]
  private var reservedElements = 0

  /// How many elements the constants that are computed, rather than given, may have in all. It
  /// bounds the memory that a small file can ask for.
  public static let maximumComputedElements = 1 << 29

  public init() {}

  public subscript(_ id: TensorID) -> FloatGraph.TensorInfo { graph[id] }

  /// The value of `id` where it is a constant.
  public func constantValue(_ id: TensorID) -> Tensor? { graph.constants[id] }

  public func isInput(_ id: TensorID) -> Bool { graph.inputs.contains(id) }

  public mutating func addInput(
    named name: String, shape: [Int]
  ) throws(GraphError) -> TensorID {
    guard try Shape.elementCount(shape) > 0 else {
      throw GraphError(
        .unsupported, "the input \"\(name)\" of shape \(shape) has no elements")
    }
    guard tensorNames[name] == nil else {
      throw GraphError(.structure, "two tensors are called \"\(name)\"")
    }
    let id = addTensor(name, TensorType(shape: shape))
    graph.inputs.append(id)
    return id
  }

  public mutating func addConstant(named name: String, _ value: Tensor) -> TensorID {
    let id = addTensor(name, value.type)
    graph.constants[id] = value
    return id
  }

  /// Appends a node, or its value as a constant where all operands are constants. `output` and
  /// `name` are made unique by a suffix where they are taken.
  public mutating func append(
    _ operation: Operation, _ inputs: [TensorID], name: String, output: String
  ) throws(GraphError) -> TensorID {
    do throws(GraphError) {
      let type = try operation.outputType(inputs.map { graph[$0].type })
      let values = inputs.compactMap { graph.constants[$0] }
      if values.count == inputs.count {
        try reserve(elements: Shape.elementCount(type.shape))
        let value = try operation.evaluate(values)
        try value.requireNumbers()
        return addConstant(named: output, value)
      }
      try checkVariable(operation, inputs, type)
      let id = addTensor(output, type)
      let unique = Self.unique(name, &nodeNames)
      graph.nodes.append(.init(name: unique, operation: operation, inputs: inputs, output: id))
      return id
    } catch {
      throw error.at(node: name)
    }
  }

  /// Accounts for a constant that is about to be computed.
  public mutating func reserve(elements: Int) throws(GraphError) {
    guard elements <= Self.maximumComputedElements - reservedElements else {
      throw GraphError(
        .tooLarge, "the constants it computes exceed \(Self.maximumComputedElements) elements")
    }
    reservedElements += elements
  }

  /// Declares a result of the graph; `name` is its name in the network.
  public mutating func addOutput(named name: String, _ tensor: TensorID) throws(GraphError) {
    guard !graph.outputs.contains(where: { $0.name == name }) else {
      throw GraphError(.structure, "two outputs are called \"\(name)\"")
    }
    graph.outputs.append(.init(name: name, tensor: tensor))
  }

  /// The graph without nodes and constants that no output depends on, validated.
  public func finish() throws(GraphError) -> FloatGraph {
    let result = graph.removingDeadNodes()
    try result.validate()
    return result
  }

  /// Integer tensors that depend on an input may be moved about but not computed with.
  private func checkVariable(
    _ operation: Operation, _ inputs: [TensorID], _ type: TensorType
  ) throws(GraphError) {
    if type.element == .integer, !operation.isRearrangement {
      guard case .argMax = operation else {
        throw GraphError(
          .unsupported, "\(operation.name) on integers is only supported between constants")
      }
    }
    guard try Shape.elementCount(type.shape) > 0 else {
      throw GraphError(
        .unsupported, "\(operation.name) gives an empty tensor of shape \(type.shape)")
    }
  }

  private mutating func addTensor(_ name: String, _ type: TensorType) -> TensorID {
    graph.tensors.append(.init(name: Self.unique(name, &tensorNames), type: type))
    return TensorID(graph.tensors.count - 1)
  }

  /// `name`, or `name#2`, `name#3` and so on; `taken` maps a name to the last suffix tried.
  private static func unique(_ name: String, _ taken: inout [String: Int]) -> String {
    guard var suffix = taken[name] else {
      taken[name] = 1
      return name
    }
    var candidate = name
    while taken[candidate] != nil {
      suffix += 1
      candidate = "\(name)#\(suffix)"
    }
    taken[name] = suffix
    taken[candidate] = 1
    return candidate
  }
}

extension FloatGraph {
  /// The graph without the nodes and constants that no output depends on. Inputs stay.
  public func removingDeadNodes() -> FloatGraph {
    var live = [Bool](repeating: false, count: tensors.count)
    for output in outputs { live[output.tensor.index] = true }
    for node in nodes.reversed() where live[node.output.index] {
      for input in node.inputs { live[input.index] = true }
    }
    var result = self
    result.nodes = nodes.filter { live[$0.output.index] }
    result.constants = constants.filter { live[$0.key.index] }
    return result
  }
}
