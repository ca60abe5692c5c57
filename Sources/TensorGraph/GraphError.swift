/// A graph, or a value given to it, that breaks a rule of its operators.
public struct GraphError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kind of fault; tests and callers compare this, texts may change.
  public enum Code: Equatable, Sendable {
    /// Shapes of operands that do not fit each other or the attributes.
    case shape
    /// An attribute outside its domain.
    case attribute
    /// A tensor of the wrong element type.
    case elementType
    /// A tensor with more elements than `Shape.maximumElements`.
    case tooLarge
    /// A value that can't be represented or computed.
    case value
    /// Nodes, tensors or names that do not form a graph.
    case structure
    /// A graph that is sound but uses an operator in a way that isn't implemented.
    case unsupported
  }

  public let code: Code
  /// The node at fault; empty until the caller that knows the node has named it.
  public let node: String
  public let reason: String

  public init(_ code: Code, node: String = "", _ reason: String) {
    self.code = code
    self.node = node
    self.reason = reason
  }

  public var description: String { node.isEmpty ? reason : "node \"\(node)\": \(reason)" }

  /// The same error, attributed to `node` unless a node is already named.
  public func at(node: String) -> GraphError {
    self.node.isEmpty ? GraphError(code, node: node, reason) : self
  }
}
