import Equations
import TensorGraph

// Operators of two operands before opset 7 say by attributes how the second is broadcast.
extension NodeView {
  /// Whether operands are broadcast by attributes.
  var broadcastsByAttributes: Bool {
    domain.isEmpty && opset < 7 && Self.legacyBroadcasting.contains(operation)
  }

  private static let legacyBroadcasting: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Pow", "And", "Or", "Xor", "Equal", "Greater", "Less",
  ]

  /// The attributes that say so.
  static let legacyAttributes: Set<String> = ["axis", "broadcast"]

  /// The operands with axes of extent 1 behind those of the second, so that its axes begin at the one
  /// that `axis` names.
  func legacyOperands(
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> [ValueID?] {
    let (left, right) = (try input(0), try input(1))
    let (shape, other) = (builder[left].shape, builder[right].shape)
    guard try flag("broadcast") else {
      guard shape == other else {
        throw GraphError(.shape, "the shapes \(shape) and \(other) differ")
      }
      return inputs
    }
    guard let axis = try int("axis") else { return inputs }
    let start = try Shape.normalizedAxis(axis, rank: max(shape.count, 1))
    guard start + other.count <= shape.count else {
      throw GraphError(.shape, "\(other) does not fit \(shape) from axis \(start) on")
    }
    let target = other + [Int](repeating: 1, count: shape.count - start - other.count)
    return [left, try emit(.reshape(target), [right], to: &builder, step: "aligned")]
  }
}
