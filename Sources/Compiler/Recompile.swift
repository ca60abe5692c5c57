import CircuitLanguage
import ConstraintSystem
import Equations

extension Compiler {
  /// The network as the very circuit that an existing constraint system is of, without the samples
  /// that its scales were once chosen by: so anybody can see that a system, and with it the key of a
  /// public model, belongs to a network.
  ///
  /// The scales and who sees what are read off the system. The compiler must have the same circuits
  /// and the same `accumulatorBits`.
  ///
  /// - Throws: `CompileError.different` when the network does not compile to the system.
  public func compile(
    _ graph: EquationGraph, as system: ConstraintSystem
  ) throws(CompileError) -> CompiledModel {
    try compilation(graph, as: system).model
  }

  /// As `compile(_:as:)`, with the means to compare the two networks.
  public func compilation(
    _ graph: EquationGraph, as system: ConstraintSystem
  ) throws(CompileError) -> Compilation {
    try formCompilation(graph, as: system)
  }
}
