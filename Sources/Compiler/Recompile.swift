import CircuitLanguage
import ConstraintSystem
import TensorGraph

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
    _ graph: FloatGraph, as system: ConstraintSystem
  ) throws(CompileError) -> CompiledModel {
    try compilation(graph, as: system).model
  }

  /// As `compile(_:as:)`, with the means to compare the two networks.
  public func compilation(
    _ graph: FloatGraph, as system: ConstraintSystem
  ) throws(CompileError) -> Compilation {
    if usesForms { return try formCompilation(graph, as: system) }
    let normal = try normalised(graph)
    let trial = try Trial(normal, self)
    var matching = self
    matching.options.inputBits = [:]
    matching.options.visibility.inputs = trial.visibility(
      trial.inputs, .init(.private), of: system)
    matching.options.visibility.outputs = trial.visibility(
      trial.outputs, .init(.public), of: system)
    let integers = try normal.quantised(bits: trial.bits(of: system), matching.options)
    var lowering = Lowering(graph: integers, library: library, options: matching.options)
    let lowered = try lowering.run()
    guard lowered.circuit.system == system else {
      throw .different(lowered.circuit.system.difference(from: system))
    }
    try checkAccumulators(lowered.circuit)
    let model = CompiledModel(
      circuit: lowered.circuit, model: lowered.model, options: matching.options,
      derivation: lowered.derivation.bytes)
    return Compilation(
      model: model, source: graph, graph: normal, integers: integers, tensors: lowered.tensors,
      outputs: lowered.outputs)
  }
}

/// The network with scales that somebody might have chosen. They decide which remainders there are,
/// but not which results, nor what these are called.
private struct Trial {
  let graph: FloatGraph
  let integers: IntegerGraph
  let lowered: Lowering.Result
  /// The fractional bits of every tensor of the graph.
  let scales: [Int]

  init(_ graph: FloatGraph, _ compiler: Compiler) throws(CompileError) {
    self.graph = graph
    let options = CompileOptions(accumulatorBits: compiler.options.accumulatorBits)
    var solver = try ScaleSolver(graph: graph, options: options) { _ in 1 }
    scales = try solver.solve()
    integers = try graph.quantised(bits: scales, options)
    var lowering = Lowering(graph: integers, library: compiler.library, options: options)
    lowered = try lowering.run()
  }

  private var tensors: [TensorDeclaration] { lowered.circuit.system.tensors }

  /// The network's inputs by name, and their tensors.
  var inputs: [(name: String, tensor: Int)] {
    integers.inputs.compactMap { value in
      lowered.tensors[value].map { (integers.values[value].name, $0) }
    }
  }

  /// The network's outputs by name, and their tensors.
  var outputs: [(name: String, tensor: Int)] {
    zip(integers.outputs, lowered.outputs).map { ($0.name, $1) }
  }

  /// Who sees the ports in the system.
  func visibility(
    _ ports: [(name: String, tensor: Int)], _ usual: PortVisibility, of system: ConstraintSystem
  ) -> PortVisibility {
    var result = usual
    for (name, tensor) in ports {
      guard
        let role = system.tensors.first(where: {
          $0.name == tensors[tensor].name && ($0.role.isInput || $0.role.isOutput)
        })?.role
      else { continue }
      let visibility: Visibility = role.isPublic ? .public : .private
      if result[name] != visibility { result.named[name] = visibility }
    }
    return result
  }

  /// The fractional bits of every tensor of the graph in the system: those of the results that are
  /// called the same hold for their classes.
  func bits(of system: ConstraintSystem) -> [Int] {
    let found = Self.numbered(system.tensors)
    let known = Self.numbered(tensors)
    let names = Dictionary(uniqueKeysWithValues: known.map { ($0.value, $0.key) })
    let classes = ScaleClasses(graph)
    var bits = scales
    for (value, tensor) in lowered.tensors {
      guard let name = names[tensor], let number = found[name] else { continue }
      bits[classes.root(integers.values[value].source.index)] =
        system.tensors[number].fractionalBits
    }
    return bits.indices.map { bits[classes.root($0)] }
  }

  /// A tensor's name, and how many have it before.
  private struct NumberedName: Hashable {
    var name: String
    var number: Int
  }

  private static func numbered(_ tensors: [TensorDeclaration]) -> [NumberedName: Int] {
    var seen: [String: Int] = [:]
    var result: [NumberedName: Int] = [:]
    for (place, tensor) in tensors.enumerated() {
      result[NumberedName(name: tensor.name, number: seen[tensor.name, default: 0])] = place
      seen[tensor.name, default: 0] += 1
    }
    return result
  }
}
