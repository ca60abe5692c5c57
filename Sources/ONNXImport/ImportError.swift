/// Why a model or tensor file could not be imported.
public enum ImportError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file can't be read, or is not what it should be.
  case unreadable(path: String, reason: String)
  /// The file breaks a rule of ONNX, or needs something the caller has not given. `place` names
  /// the node, tensor or input, and may be empty.
  case invalid(place: String, reason: String)
  /// The model as a whole is outside what is supported, such as its opset.
  case unsupportedModel(reason: String)
  /// Every node and input that is not supported.
  case unsupportedNodes([UnsupportedNode])

  /// A node (or a graph input, whose `operation` is then "input") that is not supported.
  public struct UnsupportedNode: Equatable, Sendable, CustomStringConvertible {
    public let name: String
    public let operation: String
    public let reason: String

    public var description: String {
      reason.isEmpty ? "\(operation) (\(name))" : "\(operation) (\(name)): \(reason)"
    }
  }

  /// True where the model is sound but can't be compiled, false where the input is bad.
  public var isUnsupported: Bool {
    switch self {
    case .unsupportedModel, .unsupportedNodes: true
    case .unreadable, .invalid: false
    }
  }

  public var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): \(reason)"
    case .invalid(let place, let reason): place.isEmpty ? reason : "\(place): \(reason)"
    case .unsupportedModel(let reason): reason
    case .unsupportedNodes(let nodes):
      "\(nodes.count) unsupported node\(nodes.count == 1 ? "" : "s"):"
        + nodes.map { "\n  \($0)" }.joined()
    }
  }
}
