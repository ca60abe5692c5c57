import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation
import RealTables
import TensorGraph
import Witness

/// Turns a form graph and its plan into a circuit: sums are definitions, what is committed is an
/// instance of an integer circuit, what only moves elements is a view (`Paper/` section 18).
struct Realiser {
  let graph: FormGraph
  let plan: ScalePlan
  let options: CompileOptions
  let blindness: Blindness
  var builder: DerivationBuilder
  /// Values of the model's tensors, by tensor of the system.
  private(set) var model: [Int: IntegerBuffer] = [:]
  var views: [ValueID: TensorView] = [:]
  private var constants: [ModelTensor: TensorView] = [:]
  /// Functions of what values are below their greatest, by the nodes of these.
  let differences: [Int: GreatestDifference]
  /// Arguments of functions that are in their tables already, by the functions' nodes.
  var held: [Int: TensorView] = [:]
  /// The loops of which everything has been said.
  var closedLoops: Set<Int> = []
  /// Tensors of ones, by their shapes.
  var unitTensors: [[Int]: TensorView] = [:]
  private var names: Set<String> = []
  private var costs: [LayerCost]
  /// Which instances belong to each input, and to each layer.
  private var inputInstances: [Range<Int>] = []
  private var layerInstances: [(layer: Int, instances: Range<Int>)] = []
  /// How many instances each layer has had.
  private var parts: [Int]
  private let partCounts: [Int]

  /// What a layer of the network adds to a proof.
  struct LayerCost: Equatable {
    var weights = 0
    var witnessCells = 0
    var lookups = 0

    init() {}

    init(_ instances: ArraySlice<InstanceCost>) { add(instances) }

    mutating func add(_ instances: ArraySlice<InstanceCost>) {
      for instance in instances {
        witnessCells += instance.witnessCells
        lookups += instance.lookups
      }
    }
  }

  init(
    graph: FormGraph, plan: ScalePlan, library: CircuitLibrary, options: CompileOptions
  ) {
    self.graph = graph
    self.plan = plan
    self.options = options
    blindness = Blindness(graph)
    differences = graph.greatestDifferences
    builder = DerivationBuilder(library: library, realTables: ComputedTables())
    costs = [LayerCost](repeating: LayerCost(), count: graph.layers.count)
    parts = [Int](repeating: 0, count: graph.layers.count)
    var counts = parts
    for node in graph.nodes { counts[node.layer] += 1 }
    partCounts = counts
  }

  /// Where the values of the graph are found in the circuit.
  struct Result {
    var circuit: Circuit
    var model: [Int: IntegerBuffer]
    /// Tensors of the system that hold exactly a value of the graph.
    var tensors: [ValueID: Int]
    /// The tensors that tell the scale of a value, even where they hold its negative.
    var scales: [ValueID: Int]
    /// The tensor of each of the graph's outputs.
    var outputs: [Int]
    /// Of each input of the graph, and of each layer.
    var inputCosts: [LayerCost]
    var layerCosts: [LayerCost]
    /// How the circuit was put together.
    var derivation: Derivation
  }

  mutating func run() throws(CompileError) -> Result {
    let inputs = Set(graph.inputs.map { graph[$0].name })
    let outputs = graph.outputs.map { PortNames.ofOutput($0.name, inputs: inputs) }
    names = inputs.union(outputs)
    for input in graph.inputs { try addInput(input) }
    var layer: Int?
    for number in graph.nodes.indices {
      let node = graph.nodes[number]
      if layer != node.layer {
        let named = graph.layers[node.layer]
        builder.beginLayer(name: named.name, operation: named.operation)
        layer = node.layer
      }
      try addStates(readBy: node)
      try realise(number)
      try closeLoops(node)
    }
    builder.beginOutputs()
    let marked = try markOutputs(outputs)
    let tensors = exactTensors()
    let scales = tensors.merging(relatives) { own, _ in own }
    let derivation = builder.derivation
    let (circuit, instances) = try finish()
    for (layer, range) in layerInstances { costs[layer].add(instances[range]) }
    return Result(
      circuit: circuit, model: model, tensors: tensors.merging(copies) { own, _ in own },
      scales: scales, outputs: marked, inputCosts: inputInstances.map { LayerCost(instances[$0]) },
      layerCosts: costs, derivation: derivation)
  }

  /// Tensors that hold a value otherwise than it is: its negative, or its elements in another order.
  var relatives: [ValueID: Int] = [:]
  /// Outputs that values which are views were copied to.
  private var copies: [ValueID: Int] = [:]

  /// The tensors that hold a value at its own scale.
  private func exactTensors() -> [ValueID: Int] {
    views.compactMapValues(\.tensor).filter { graph[$0.key].isCommitted }
  }

  private mutating func realise(_ number: Int) throws(CompileError) {
    let node = graph.nodes[number]
    let before = builder.instances.count
    let site = site(of: node)
    do throws(CircuitLanguageError) {
      views[node.output] = try view(of: number, site)
    } catch {
      throw .node(name: graph.layers[node.layer].name, reason: error.description)
    }
    layerInstances.append((node.layer, before..<builder.instances.count))
  }

  /// What a node's tensors are called after.
  private mutating func site(of node: FormGraph.Node) -> Site {
    let layer = graph.layers[node.layer].name
    parts[node.layer] += 1
    let name = partCounts[node.layer] == 1 ? layer : "\(layer)/\(parts[node.layer])"
    return Site(
      name: name, layer: node.layer, shape: graph[node.output].shape, value: plan[node.output])
  }

  /// The node that is being realised.
  struct Site {
    var name: String
    var layer: Int
    var shape: [Int]
    var value: ScalePlan.Value

    /// What a part of the node's tensors are called after.
    func part(_ suffix: String) -> Site {
      Site(name: "\(name)/\(suffix)", layer: layer, shape: shape, value: value)
    }
  }

  /// The circuit, and what each instance costs.
  private mutating func finish() throws(CompileError) -> (Circuit, [InstanceCost]) {
    do throws(CircuitLanguageError) {
      try builder.settle()
      let instances = builder.instances
      return (try builder.finish(), instances)
    } catch {
      throw .node(name: "circuit", reason: error.description)
    }
  }
}

// Inputs and outputs.
extension Realiser {
  private mutating func addInput(_ input: ValueID) throws(CompileError) {
    let name = graph[input].name
    let isPublic = options.visibility.inputs[name] == .public
    let declaration = TensorDeclaration(
      name: name, shape: graph[input].shape, role: isPublic ? .publicInput : .privateInput,
      range: plan[input].range,
      fractionalBits: graph[input].isOrdered ? SingleOrder.scale : plan[input].bits)
    let before = builder.instances.count
    do throws(CircuitLanguageError) {
      let view = try builder.addTensor(declaration)
      views[input] = view
      if !isPublic {
        _ = try builder.instantiate(
          "private_input", [view], name: name, fractionalBits: plan[input].bits)
      }
    } catch {
      throw .node(name: name, reason: error.description)
    }
    inputInstances.append(before..<builder.instances.count)
  }

  /// Returns the outputs' tensors, which come one after the other, so that the network's order can be
  /// read off the system. One that would come too early is copied, as is one that is taken already.
  private mutating func markOutputs(_ names: [String]) throws(CompileError) -> [Int] {
    var outputs: [Int] = []
    for (output, name) in zip(graph.outputs, names) {
      do throws(CircuitLanguageError) {
        let isPublic = options.visibility.outputs[output.name] == .public
        let isConstant = graph.constants[output.value] != nil
        let view =
          isConstant ? try constantOutput(output.value) : try self.view(output.value)
        let source = try source(
          view, name, after: outputs.last ?? -1, isConstant: isConstant && isPublic)
        outputs.append(try builder.markOutput(source, name: name, isPublic: isPublic))
        if view.tensor == nil { copies[output.value] = outputs.last }
      } catch {
        throw .node(name: output.name, reason: error.description)
      }
    }
    return outputs
  }

  private mutating func constantOutput(
    _ id: ValueID
  ) throws(CircuitLanguageError) -> TensorView {
    try constant(
      ModelTensor(
        constant: id, order: Array(graph[id].shape.indices), factor: 1, bits: plan[id].bits,
        magnitude: plan[id].range.upperBound))
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
}

// Operands.
extension Realiser {
  /// The view of a value that is not a constant.
  func view(_ id: ValueID) throws(CircuitLanguageError) -> TensorView {
    guard let view = views[id] else {
      throw CircuitLanguageError("an operand is not computed yet", instance: graph[id].name)
    }
    return view
  }

  /// The view of a value, or the integers of a constant at some fractional bits.
  ///
  /// - Parameters:
  ///   - rounding: of elements that are no integers at these bits.
  ///   - limit: what a constant's elements are held to, if they are.
  mutating func view(
    _ id: ValueID, constantBits: Int,
    rounding: FloatingPointRoundingRule = .toNearestOrAwayFromZero, limit: Int? = nil
  ) throws(CircuitLanguageError) -> TensorView {
    guard let constant = graph.constants[id] else { return try view(id) }
    if constant.count == 1 {
      return try number(constant.doubles[0], constantBits, rounding, limit, like: id)
    }
    let own = scalbn(constant.greatestMagnitude, constantBits).rounded(.up)
    // How large thresholds are is nobody's business.
    let isHidden = constant.integers != nil && own >= 0x1p16
    let greatest =
      isHidden ? limit.map(Double.init) ?? own : min(own, limit.map(Double.init) ?? own)
    guard greatest < 0x1p47 else {
      throw CircuitLanguageError(
        "its elements reach \(constant.greatestMagnitude), which leaves 47 bits beside what it is "
          + "combined with", instance: graph[id].name)
    }
    return try self.constant(
      ModelTensor(
        constant: id, order: Array(constant.shape.indices), factor: 1, bits: constantBits,
        magnitude: max(Int(greatest), 1), limits: limit.map { -$0...$0 }, rounding: rounding))
  }

  /// A view that is one number, which nothing commits.
  private mutating func number(
    _ value: Double, _ bits: Int, _ rounding: FloatingPointRoundingRule, _ limit: Int?,
    like id: ValueID
  ) throws(CircuitLanguageError) -> TensorView {
    let limit = min(limit.map(Double.init) ?? 0x1p47, 0x1p47)
    let scaled = min(max(scalbn(value, bits).rounded(rounding), -limit), limit)
    let shape = graph[id].shape
    return try builder.sum(
      ViewSum(
        indices: Self.indices(shape), domainRank: shape.count,
        terms: [.init(coefficient: Int(scaled), factors: [])]),
      [], name: graph[id].name, fractionalBits: bits)
  }

  /// The tensor of the model that holds a constant's integers.
  mutating func constant(_ tensor: ModelTensor) throws(CircuitLanguageError) -> TensorView {
    if let known = constants[tensor] { return known }
    guard let value = graph.constants[tensor.constant] else {
      throw CircuitLanguageError("is not a constant", instance: graph[tensor.constant].name)
    }
    let range = -tensor.magnitude...tensor.magnitude
    let integers: [Int]
    do throws(CompileError) {
      integers = try tensor.integers(value, name: graph[tensor.constant].name)
    } catch {
      throw CircuitLanguageError(error.description, instance: graph[tensor.constant].name)
    }
    let view = try builder.addTensor(
      TensorDeclaration(
        name: unique(graph[tensor.constant].name), shape: tensor.order.map { value.shape[$0] },
        role: .model, range: range, fractionalBits: tensor.bits))
    if let number = view.tensor { model[number] = IntegerBuffer(integers, within: range) }
    constants[tensor] = view
    return view
  }

  /// A tensor of the model that holds integers made of constants.
  ///
  /// - Parameter most: the greatest magnitude that is declared.
  mutating func modelTensor(
    _ integers: [Int], shape: [Int], most: Int, bits: Int, _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let view = try builder.addTensor(
      TensorDeclaration(
        name: unique("\(site.name).steps"), shape: shape, role: .model, range: -most...most,
        fractionalBits: bits))
    if let number = view.tensor { model[number] = IntegerBuffer(integers, within: -most...most) }
    countWeights(integers.count, layer: site.layer)
    return view
  }

  mutating func countWeights(_ count: Int, layer: Int) { costs[layer].weights += count }

  /// The name, with a suffix where it is taken.
  mutating func unique(_ name: String) -> String {
    var candidate = name
    var suffix = 2
    while !names.insert(candidate).inserted {
      candidate = "\(name)#\(suffix)"
      suffix += 1
    }
    return candidate
  }
}
