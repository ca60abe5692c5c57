import TensorGraph

/// Names a value of one equation graph.
public struct ValueID: Hashable, Sendable {
  public let index: Int

  public init(_ index: Int) { self.index = index }
}

/// What the elements of a value are.
public enum ElementKind: String, Hashable, Sendable {
  case real
  /// Integers, of which every one is exact.
  case integer
  /// 0 or 1.
  case boolean
}

/// A network as equations: the meeting point of importers, the evaluation and the compiler.
///
/// A value is an input, a constant, a loop's state, or what exactly one node defines; nodes are in an order in
/// which every operand comes before its use. The states of loops are defined by no node. `validate()` checks all of it.
public struct EquationGraph: Sendable {
  public struct Value: Hashable, Sendable {
    /// For people; unique in the graph.
    public var name: String
    public var shape: [Int]
    public var kind: ElementKind
    /// What an input's type holds, where it is one of integers of up to 32 bits, or what a node's integers
    /// are known to be.
    public var bounds: ClosedRange<Int>?
    /// The words that its integers are the places of, where they are words; one more place stands for any
    /// other word.
    public var words: [String]?

    public init(
      name: String, shape: [Int], kind: ElementKind, bounds: ClosedRange<Int>? = nil
    ) {
      self.name = name
      self.shape = shape
      self.kind = kind
      self.bounds = bounds
    }

    /// The number of elements.
    public var count: Int { shape.reduce(1, *) }
  }

  /// What a node of the network became: all nodes that name it.
  public struct Layer: Hashable, Sendable {
    /// As the network calls it; unique in the graph.
    public var name: String
    /// The operator, for people.
    public var operation: String
    /// Whether ONNX Runtime adds up in single precision, in an order of its own, what is added up exactly
    /// here, and an integer that is made of the sum may be another one therefore.
    public var isSummedInSingle = false

    public init(name: String, operation: String) {
      self.name = name
      self.operation = operation
    }
  }

  public struct Node: Hashable, Sendable {
    /// Position in `layers`.
    public var layer: Int
    public var definition: Definition
    /// What the definition reads, by the numbers that it uses.
    public var operands: [ValueID]
    public var output: ValueID

    public init(layer: Int, definition: Definition, operands: [ValueID], output: ValueID) {
      self.layer = layer
      self.definition = definition
      self.operands = operands
      self.output = output
    }
  }

  public enum Definition: Hashable, Sendable {
    case equation(Equation)
    /// Moves elements, and computes nothing.
    case view(ViewStep)
  }

  /// A result of the network. Its name is the network's; its value may be any, even an input.
  public struct Output: Hashable, Sendable {
    public var name: String
    public var value: ValueID

    public init(name: String, value: ValueID) {
      self.name = name
      self.value = value
    }
  }

  /// Indexed by `ValueID`; may hold values that no node uses any more.
  public var values: [Value] = []
  public var constants: [ValueID: Tensor] = [:]
  public var layers: [Layer] = []
  public var nodes: [Node] = []
  /// In the network's order, under the network's names.
  public var inputs: [ValueID] = []
  public var outputs: [Output] = []
  /// None depends on a later one.
  public var loops: [Loop] = []

  public init() {}

  /// The words of inputs and outputs that hold some, by their names.
  public var inputWords: [String: [String]] {
    let named = inputs.compactMap { id in self[id].words.map { (self[id].name, $0) } }
    return Dictionary(named) { first, _ in first }
  }

  public var outputWords: [String: [String]] {
    let named = outputs.compactMap { output in self[output.value].words.map { (output.name, $0) } }
    return Dictionary(named) { first, _ in first }
  }

  /// The description of a value of this graph.
  public subscript(_ id: ValueID) -> Value { values[id.index] }
}
