import Foundation
import TensorGraph
import Witness

/// Finds where an output's error comes from.
///
/// The float network is evaluated with the first tensors replaced by what the integer network has
/// for them. With none replaced there is no error, with all of them the integer network's: so one
/// can be found with which the error passes a threshold, in as many evaluations as their number has
/// bits.
struct LossFinder {
  let compilation: Compilation
  let target: Compilation.Target
  let sample: [String: Tensor]
  /// What may be replaced, in the order of evaluation.
  private let steps: [(id: TensorID, value: Tensor)]
  /// The float network's values.
  private let exact: [TensorID: Tensor]

  init(
    _ compilation: Compilation, _ target: Compilation.Target, _ sample: [String: Tensor]
  ) throws(CompileError) {
    self.compilation = compilation
    self.target = target
    self.sample = sample
    let assignment = try compilation.model.evaluate(sample)
    let graph = compilation.graph
    var steps: [(id: TensorID, value: Tensor)] = []
    var exact = graph.constants
    do throws(GraphError) {
      for id in graph.inputs + graph.nodes.map(\.output) where graph[id].type.element == .real {
        guard let value = try compilation.dequantised(id, assignment) else { continue }
        steps.append((id, value))
      }
      _ = try graph.evaluate(sample) { id, tensor throws(GraphError) in exact[id] = tensor }
    } catch {
      throw CompileError(error)
    }
    self.steps = steps
    self.exact = exact
  }

  /// The tensors at which the error passes the tolerance, and half of what it is in the end.
  func losses(tolerated: Double) throws(CompileError) -> [Inaccuracy.Loss] {
    let total = try error(replacing: steps.count)
    var found: [Inaccuracy.Loss] = []
    for threshold in [tolerated, total / 2] where total > threshold {
      let loss = try describe(try crossing(threshold))
      if !found.contains(loss) { found.append(loss) }
    }
    return found
  }

  /// The first number of replaced tensors, or another one, that makes the error exceed a threshold.
  private func crossing(_ threshold: Double) throws(CompileError) -> Int {
    var (low, high) = (0, steps.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try error(replacing: middle) > threshold { high = middle } else { low = middle }
    }
    return high - 1
  }

  private func error(replacing count: Int) throws(CompileError) -> Double {
    let found = try values(replacing: count)[target.tensor] ?? exact[target.tensor]
    guard let found, let reference = exact[target.tensor] else { return 0 }
    return zip(found.reals, reference.reals).reduce(0) {
      max($0, abs(Double($1.0) - Double($1.1)))
    }
  }

  /// The tensors of the network with the first ones replaced.
  private func values(replacing count: Int) throws(CompileError) -> [TensorID: Tensor] {
    let replaced = Dictionary(
      steps.prefix(count).map { ($0.id, $0.value) }, uniquingKeysWith: { first, _ in first })
    var values = compilation.graph.constants
    do throws(GraphError) {
      _ = try compilation.graph.evaluate(sample, replacing: replaced) {
        id, tensor throws(GraphError) in values[id] = tensor
      }
    } catch {
      throw CompileError(error)
    }
    return values
  }

  private func describe(_ step: Int) throws(CompileError) -> Inaccuracy.Loss {
    let id = steps[step].id
    guard let layer = compilation.layer(of: id), let node = compilation.node(of: layer) else {
      return loss(id, .input)
    }
    let operands = try values(replacing: step)
    if let constant = try coarseConstant(layer, node, operands) { return constant }
    return loss(id, .result(node: node.name))
  }

  /// A tensor's scale and what makes it so.
  private func loss(_ id: TensorID, _ role: Inaccuracy.Loss.Role) -> Inaccuracy.Loss {
    let bits = compilation.integers.values.first { $0.source == id }?.fractionalBits ?? 0
    let values = (exact[id]?.reals ?? []).map { abs(Double($0)) }
    let unit = FixedPoint.real(1, fractionalBits: bits)
    return Inaccuracy.Loss(
      tensor: compilation.graph[id].name, role: role, unit: unit, magnitude: values.max() ?? 0,
      cause: cause(id, role, bits), lost: lost(values, unit))
  }

  private func cause(
    _ id: TensorID, _ role: Inaccuracy.Loss.Role, _ bits: Int
  ) -> Inaccuracy.Loss.Cause {
    let graph = compilation.graph
    let own = magnitude(id)
    let classes = ScaleClasses(graph)
    let root = classes.root(id.index)
    let relatives = graph.tensors.indices.filter { classes.root($0) == root }.map(TensorID.init)
    let greatest = relatives.max { magnitude($0) < magnitude($1) } ?? id
    if magnitude(greatest) > 2 * own {
      return .shared(name: graph[greatest].name, magnitude: magnitude(greatest))
    }
    let usual = Double(1 << (compilation.model.options.headroomBits + 2))
    let limit = scalbn(32767, -bits)
    guard own > 0, limit > usual * own else { return .magnitude }
    if role == .input { return .limit(limit) }
    // The scale follows from that of something else in a sum or a product.
    for node in graph.nodes where node.inputs.contains(where: relatives.contains) {
      let others = node.inputs.filter { magnitude($0) > own * usual }
      guard let other = others.max(by: { magnitude($0) < magnitude($1) }) else { continue }
      return .partner(
        name: graph[other].name, magnitude: magnitude(other), node: node.name)
    }
    return .limit(limit)
  }

  private func magnitude(_ id: TensorID) -> Double {
    exact[id].map(ScaleSolver.magnitude) ?? 0
  }

  /// What counts as zero of some magnitudes.
  func lost(_ magnitudes: [Double], _ unit: Double) -> Inaccuracy.Loss.Lost? {
    let small = magnitudes.filter { $0 > 0 && $0 < unit / 2 }
    return small.max().map { .init(count: small.count, total: magnitudes.count, magnitude: $0) }
  }
}

extension Compilation {
  /// What the integer network has for a tensor, where it has the very tensor.
  fileprivate func dequantised(
    _ id: TensorID, _ assignment: Assignment
  ) throws(GraphError) -> Tensor? {
    guard let tensor = tensor(of: id) else { return nil }
    let bits = model.circuit.system.tensors[tensor].fractionalBits
    let values = assignment[tensor].values.map { Float(FixedPoint.real($0, fractionalBits: bits)) }
    guard values.count == graph[id].shape.reduce(1, *) else { return nil }
    return try Tensor(shape: graph[id].shape, real: values)
  }

  fileprivate func layer(of id: TensorID) -> IntegerGraph.Layer? {
    integers.layers.first { integers.values[$0.output].source == id }
  }

  /// The node of a layer; of one that ends in an activation that before it.
  fileprivate func node(of layer: IntegerGraph.Layer) -> FloatGraph.Node? {
    let result = integers.values[layer.output].source
    guard let last = graph.nodes.first(where: { $0.output == result }) else { return nil }
    guard case .accumulation(_, let finish) = layer.operation, finish.activation != nil else {
      return last
    }
    return graph.nodes.first { $0.output == last.inputs[0] }
  }
}
