import CircuitLanguage
import ConstraintSystem
import TensorGraph
import Witness

/// Turns an integer graph into a circuit: one instance of a circuit file for each layer, views for
/// what only moves elements.
struct Lowering {
  let graph: IntegerGraph
  let options: CompileOptions
  var builder: DerivationBuilder
  /// Values of the model's tensors, by tensor of the system.
  private(set) var model: [Int: IntegerBuffer] = [:]
  private var views: [Int: TensorView] = [:]
  private var names: Set<String> = []
  /// Outputs that values which are views were copied to.
  private var copies: [Int: Int] = [:]

  init(graph: IntegerGraph, library: CircuitLibrary, options: CompileOptions) {
    self.graph = graph
    self.options = options
    builder = DerivationBuilder(library: library)
  }

  /// Where a value of the integer graph is found in the circuit.
  struct Result {
    var circuit: Circuit
    var model: [Int: IntegerBuffer]
    /// Tensors of the system that hold exactly a value of the graph.
    var tensors: [Int: Int]
    /// The tensor of each of the graph's outputs.
    var outputs: [Int]
    var costs: [InstanceCost]
    /// How the circuit was put together.
    var derivation: Derivation
  }

  mutating func run() throws(CompileError) -> Result {
    let inputs = Set(graph.inputs.map { graph.values[$0].name })
    let outputs = graph.outputs.map { PortNames.ofOutput($0.name, inputs: inputs) }
    names = inputs.union(outputs)
    for input in graph.inputs { try addInput(input) }
    for layer in graph.layers {
      builder.beginLayer(name: layer.name, operation: layer.operation.name)
      do throws(CircuitLanguageError) {
        views[layer.output] = try lower(layer)
      } catch {
        throw .node(name: layer.name, reason: error.description)
      }
    }
    builder.beginOutputs()
    let marked = try markOutputs(outputs)
    let tensors = views.compactMapValues(\.tensor).merging(copies) { own, _ in own }
    let derivation = builder.derivation
    let (circuit, costs) = try finish()
    return Result(
      circuit: circuit, model: model, tensors: tensors, outputs: marked, costs: costs,
      derivation: derivation)
  }

  private mutating func addInput(_ input: Int) throws(CompileError) {
    let value = graph.values[input]
    let isPublic = options.visibility.inputs[value.name] == .public
    let declaration = TensorDeclaration(
      name: value.name, shape: value.shape,
      role: isPublic ? .publicInput : .privateInput, range: CompileOptions.activationRange,
      fractionalBits: value.fractionalBits)
    do throws(CircuitLanguageError) {
      let view = try builder.addTensor(declaration)
      views[input] = view
      if isPublic { return }
      _ = try builder.instantiate(
        "private_input", [view], name: value.name, fractionalBits: value.fractionalBits)
    } catch {
      throw .node(name: value.name, reason: error.description)
    }
  }

  /// Returns the outputs' tensors, which come one after the other, so that the network's order can be
  /// read off the system. One that would come too early is copied, as is one that is taken already.
  private mutating func markOutputs(_ names: [String]) throws(CompileError) -> [Int] {
    var outputs: [Int] = []
    for (output, name) in zip(graph.outputs, names) {
      guard let view = views[output.value] else {
        throw .node(name: output.name, reason: "the output is not computed")
      }
      do throws(CircuitLanguageError) {
        let isPublic = options.visibility.outputs[output.name] == .public
        let isConstant = isPublic && graph.isConstant(output.value)
        let source = try source(view, name, after: outputs.last ?? -1, isConstant: isConstant)
        outputs.append(try builder.markOutput(source, name: name, isPublic: isPublic))
        if view.tensor == nil { copies[output.value] = outputs.last }
      } catch {
        throw .node(name: output.name, reason: error.description)
      }
    }
    return outputs
  }

  /// The view that becomes an output, whose tensor comes after the given one.
  private mutating func source(
    _ view: TensorView, _ name: String, after last: Int, isConstant: Bool
  ) throws(CircuitLanguageError) -> TensorView {
    // What opens the model hides behind committed values, of which there must be some.
    if isConstant {
      return try builder.copy(try builder.copy(view, name: "\(name).value"), name: name)
    }
    guard let tensor = view.tensor, tensor <= last else { return view }
    return try builder.copy(view, name: name)
  }

  private mutating func finish() throws(CompileError) -> (Circuit, [InstanceCost]) {
    do throws(CircuitLanguageError) {
      try builder.settle()
      let costs = builder.instances
      return (try builder.finish(), costs)
    } catch {
      throw .node(name: "circuit", reason: error.description)
    }
  }

  /// The name, with a suffix where it is taken.
  private mutating func unique(_ name: String) -> String {
    var candidate = name
    var suffix = 2
    while !names.insert(candidate).inserted {
      candidate = "\(name)#\(suffix)"
      suffix += 1
    }
    return candidate
  }

  mutating func view(_ operand: IntegerGraph.Operand) throws(CircuitLanguageError) -> TensorView {
    switch operand {
    case .value(let value):
      guard let view = views[value] else {
        throw CircuitLanguageError(
          "an operand is not computed yet", instance: graph.values[value].name)
      }
      return view
    case .constant(let index):
      let constant = graph.constants[index]
      let view = try builder.addTensor(
        TensorDeclaration(
          name: unique(constant.name), shape: constant.shape, role: .model, range: constant.range,
          fractionalBits: constant.fractionalBits))
      if let tensor = view.tensor { model[tensor] = constant.values }
      return view
    }
  }
}

extension IntegerGraph {
  /// Whether a value is a constant that is an output.
  fileprivate func isConstant(_ value: Int) -> Bool {
    layers.contains { layer in
      layer.output == value
        && layer.inputs.allSatisfy { if case .constant = $0 { true } else { false } }
    }
  }
}
