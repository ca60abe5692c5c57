import TensorGraph

/// Why a network can't be compiled, or a value not be given to a compiled one.
public enum CompileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Nodes that no circuit exists for; all of the network's at once.
  case unsupported([UnsupportedNode])
  /// Calibration samples or inputs that do not fit the network.
  case input(name: String, reason: String)
  /// An output that the network does not have.
  case output(name: String, reason: String)
  /// An output that is further from the float network than is tolerated.
  case inaccurate(Inaccuracy)
  /// A value of the integer network that its scale does not hold.
  case overflow(Overflow)
  /// A value that its fixed-point type does not hold.
  case outOfRange(OutOfRange)
  /// Fractional bits that satisfy every layer do not exist.
  case scales(node: String, reason: String)
  /// The fractional bits that the options demand of an input do not suit a layer.
  case demand(node: String, reason: String)
  /// A step of the compilation failed at a node.
  case node(name: String, reason: String)
  /// The network does not compile to the constraint system that it was compared with.
  case different(String)
  /// The bytes are no compiled model, or a damaged one.
  case file(String)

  public var description: String {
    switch self {
    case .unsupported(let nodes):
      (["\(nodes.count) unsupported node\(nodes.count == 1 ? "" : "s"):"]
        + nodes.map { "  \($0)" }).joined(separator: "\n")
    case .input(let name, let reason): "input \"\(name)\": \(reason)"
    case .output(let name, let reason): "output \"\(name)\": \(reason)"
    case .inaccurate(let reason): reason.description
    case .overflow(let value): value.description
    case .outOfRange(let value): value.description
    case .scales(let node, let reason), .demand(let node, let reason):
      "node \"\(node)\": no fixed-point scale fits: \(reason)"
    case .node("", let reason): reason
    case .node(let name, let reason): "node \"\(name)\": \(reason)"
    case .different(let reason): "the network does not compile to this system: \(reason)"
    case .file(let reason): reason
    }
  }
}

extension CompileError {
  init(_ error: GraphError) {
    if error.code == .unsupported {
      self = .unsupported([
        UnsupportedNode(name: error.node, operation: "graph", reason: error.reason)
      ])
    } else {
      self = .node(name: error.node, reason: error.reason)
    }
  }
}

/// A node that can't be compiled.
public struct UnsupportedNode: Equatable, Sendable, CustomStringConvertible {
  public var name: String
  /// As ONNX spells it.
  public var operation: String
  public var reason: String

  public init(name: String, operation: String, reason: String) {
    self.name = name
    self.operation = operation
    self.reason = reason
  }

  public var description: String { "\(name) (\(operation)): \(reason)" }
}

/// A real value outside of what a tensor's fixed-point type holds.
public struct OutOfRange: Equatable, Sendable, CustomStringConvertible {
  public var tensor: String
  /// Row-major position in the tensor.
  public var position: Int
  /// Of the tensor, where it is known.
  public var shape: [Int] = []
  public var value: Double
  public var fractionalBits: Int
  public var range: ClosedRange<Int>

  public var description: String {
    let low = FixedPoint.real(range.lowerBound, fractionalBits: fractionalBits)
    let high = FixedPoint.real(range.upperBound, fractionalBits: fractionalBits)
    let place = shape.count > 1 ? "\(Readable.place(position, shape))" : "position \(position)"
    return """
      tensor "\(tensor)": the value \(value) at \(place) is outside of \
      [\(low), \(high)], which \(fractionalBits) fractional bits hold; compile with a calibration \
      file that has such values, or with more headroom bits, which makes another model digest
      """
  }
}
