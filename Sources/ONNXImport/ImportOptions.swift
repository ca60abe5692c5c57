import Equations

/// What the caller decides about a model that its file leaves open.
public struct ImportOptions: Sendable {
  /// Sizes of symbolic dimensions, by the name the model gives them.
  public var dimensions: [String: Int]
  /// Complete shapes of graph inputs, by name. They must agree with the sizes the model fixes.
  public var inputShapes: [String: [Int]]
  /// Graph inputs that are fixed to a value, by name, and so become part of the model. This is the
  /// only way to give an input that does not hold reals.
  public var constants: [String: ConstantInput]
  /// Tensors of the network that are its outputs, in this order; empty for those that the model
  /// declares. What only others depend on need not be supported.
  public var outputs: [String]
  /// How many rows the result of `NonMaxSuppression` has; nil where it is to be refused.
  public var selectedRows: Int?
  /// The operators that nodes can be; nil for those that come with Assay.
  public var operators: OperatorLibrary?

  public init(
    dimensions: [String: Int] = [:], inputShapes: [String: [Int]] = [:],
    constants: [String: ConstantInput] = [:], outputs: [String] = [],
    selectedRows: Int? = nil, operators: OperatorLibrary? = nil
  ) {
    self.dimensions = dimensions
    self.inputShapes = inputShapes
    self.constants = constants
    self.outputs = outputs
    self.selectedRows = selectedRows
    self.operators = operators
  }

  /// A dense row-major value.
  public struct ConstantInput: Sendable {
    public var shape: [Int]
    public var values: [Double]

    public init(shape: [Int], values: [Double]) {
      self.shape = shape
      self.values = values
    }
  }
}
