import CircuitCheck
import Compiler
import TensorGraph

/// Why an operator can't be tried. What a trial finds is no error.
public enum OperatorCheckError: Error, CustomStringConvertible, Sendable {
  /// There are no such operator or sizes, or they do not fit each other.
  case node(GraphError)
  /// At some sizes the node does not compile.
  case compile(String, CompileError)
  /// At some sizes the operator computes nothing of its inputs: it gives constants, or an operand.
  case nothing(String)
  /// Its circuit can't be attacked.
  case circuit(CircuitCheckError)
  /// No sizes were found that the operator takes; the last reason.
  case noSizes(String)

  public var description: String {
    switch self {
    case .node(let error): error.reason
    case .compile(let sizes, let error):
      "\(sizes.isEmpty ? "" : "with \(sizes): ")\(error.description)"
    case .nothing(let sizes):
      "\(sizes.isEmpty ? "" : "with \(sizes) ")it gives constants or an operand, so that there is "
        + "nothing to prove"
    case .circuit(let error): error.description
    case .noSizes(let reason):
      "no sizes were found that it takes, so say --sizes and --parameters: \(reason)"
    }
  }
}
