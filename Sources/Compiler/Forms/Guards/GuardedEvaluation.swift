import Equations
import TensorGraph

extension EquationGraph {
  /// The network's outputs, by name, as `evaluate` computes them; where it has values that are not finite,
  /// those of the network whose branches are guarded, which has none that no branch takes
  /// (`Paper/` 17.3).
  ///
  /// Throws as `evaluate`.
  public func outputs(of inputs: [String: Tensor]) throws(GraphError) -> [String: Tensor] {
    do throws(GraphError) {
      return try evaluate(inputs)
    } catch {
      guard error.code == .value else { throw error }
      return try guarded().evaluate(inputs)
    }
  }
}
