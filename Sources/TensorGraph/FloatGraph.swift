/// Names a tensor of one graph.
public struct TensorID: Hashable, Sendable {
  public let index: Int

  public init(_ index: Int) { self.index = index }
}

/// A neural network over real tensors of known shapes: the meeting point of importers, the
/// float evaluation and the compiler.
///
/// A tensor is a graph input, a constant, or the output of exactly one node; nodes are in an order
/// in which every operand comes before its use. `validate()` checks all of it.
public struct FloatGraph: Sendable {
  public struct TensorInfo: Hashable, Sendable {
    /// Unique in the graph.
    public var name: String
    public var type: TensorType

    public init(name: String, type: TensorType) {
      self.name = name
      self.type = type
    }

    public var shape: [Int] { type.shape }
  }

  public struct Node: Hashable, Sendable {
    /// For messages and reports; unique in graphs made by `GraphBuilder`.
    public var name: String
    public var operation: Operation
    public var inputs: [TensorID]
    public var output: TensorID

    public init(name: String, operation: Operation, inputs: [TensorID], output: TensorID) {
      self.name = name
      self.operation = operation
      self.inputs = inputs
      self.output = output
    }
  }

  /// A result of the graph. Its name is the network's; its tensor may be any, even an input.
  public struct Output: Hashable, Sendable {
    public var name: String
    public var tensor: TensorID

    public init(name: String, tensor: TensorID) {
      self.name = name
      self.tensor = tensor
    }
  }

  /// Indexed by `TensorID`; may hold tensors that no node uses any more.
  public var tensors: [TensorInfo]
  public var constants: [TensorID: Tensor]
  public var nodes: [Node]
  /// Real tensors, in the network's order, under the network's names.
  public var inputs: [TensorID]
  public var outputs: [Output]

  public init(
    tensors: [TensorInfo] = [], constants: [TensorID: Tensor] = [:], nodes: [Node] = [],
    inputs: [TensorID] = [], outputs: [Output] = []
  ) {
    self.tensors = tensors
    self.constants = constants
    self.nodes = nodes
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The description of a tensor of this graph.
  public subscript(_ id: TensorID) -> TensorInfo { tensors[id.index] }

  /// The graph input called `name`.
  public func input(named name: String) -> TensorID? {
    inputs.first { self[$0].name == name }
  }

  /// For every tensor, how many node operands and graph outputs read it.
  public func useCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: tensors.count)
    for node in nodes {
      for input in node.inputs { counts[input.index] += 1 }
    }
    for output in outputs { counts[output.tensor.index] += 1 }
    return counts
  }
}
