/// A node of a network that an operator is to be instantiated for.
public struct OperatorNode: Sendable {
  /// What the network calls the operator.
  public var operation: String
  /// Empty for ONNX's own operators.
  public var domain: String
  /// The version of the domain's operators.
  public var opset: Int
  /// The layer of the graph that the nodes belong to.
  public var layer: Int
  /// What values that are made on the way are named after.
  public var name: String
  /// Nil for an optional one that is left out.
  public var operands: [ValueID?]
  public var attributes: [String: AttributeValue]
  /// The names of its results; nil for one that nobody uses.
  public var outputs: [String?]

  public init(
    operation: String, domain: String = "", opset: Int, layer: Int, name: String,
    operands: [ValueID?], attributes: [String: AttributeValue] = [:], outputs: [String?]
  ) {
    self.operation = operation
    self.domain = domain == "ai.onnx" ? "" : domain
    self.opset = opset
    self.layer = layer
    self.name = name
    self.operands = operands
    self.attributes = attributes
    self.outputs = outputs
  }
}

/// What a node says about how an operator is to be applied.
public enum AttributeValue: Hashable, Sendable {
  case int(Int)
  case ints([Int])
  case real(Double)
  case reals([Double])
  case text(String)
}
