import ConstraintSystem
import Equations
import TensorGraph

/// The network with scales that somebody might have chosen. They decide which remainders there are,
/// but not which values have tensors, nor in which order these come.
struct FormTrial {
  let graph: FormGraph
  private let realised: Realiser.Result
  private let plan: ScalePlan
  private let classes: ValueClasses

  init(_ graph: FormGraph, _ compiler: Compiler) throws(CompileError) {
    self.graph = graph
    classes = ValueClasses(graph)
    var found: (plan: ScalePlan, realised: Realiser.Result)?
    var failure: CompileError?
    for attempt in 0..<Self.attempts where found == nil {
      do throws(CompileError) {
        found = try Self.made(graph, compiler, try Self.calibration(graph, attempt))
      } catch {
        failure = failure ?? error
      }
    }
    guard let found else { throw failure ?? .different("it has no scales") }
    (plan, realised) = found
  }

  private static func made(
    _ graph: FormGraph, _ compiler: Compiler, _ calibration: FormCalibration
  ) throws(CompileError) -> (plan: ScalePlan, realised: Realiser.Result) {
    let options = CompileOptions(accumulatorBits: compiler.options.accumulatorBits)
    var solver = try FormScaleSolver(graph, options, calibration)
    let plan = try solver.solve()
    var realiser = Realiser(
      graph: graph, plan: plan, library: compiler.library, options: options)
    return (plan, try realiser.run())
  }

  private static let attempts = 4

  /// What values might hold: all of them 1, or what inputs of some magnitudes lead to, for networks that
  /// have no scales for values that do not follow from each other.
  private static func calibration(
    _ graph: FormGraph, _ attempt: Int
  ) throws(CompileError) -> FormCalibration {
    guard attempt > 0 else {
      var one = FormCalibration.Statistics()
      (one.low, one.high, one.total, one.count, one.least) = (-1, 1, 1, 1, 1)
      return FormCalibration(.init(repeating: one, count: graph.values.count))
    }
    let magnitude = [1, 1e-3, 1e3][attempt - 1]
    var state: UInt64 = 1
    var sample: [ValueID: [Double]] = [:]
    for id in graph.inputs {
      sample[id] = (0..<graph[id].count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        guard graph[id].kind == .real else { return Double(state >> 63) }
        return magnitude * (Double(state >> 32) / 0x1p31 - 1)
      }
    }
    return try FormCalibration(graph, samples: [sample])
  }

  /// The plan that a system was made by, if it is one of the network.
  ///
  /// - Throws: `CompileError.different` where it lacks a table.
  func plan(
    of system: ConstraintSystem, _ options: CompileOptions
  ) throws(CompileError) -> ScalePlan {
    var plan = ScalePlan(graph, choices(of: system), options)
    try plan.addTables(graph, of: system)
    return plan
  }

  /// The scales that values have in a system. The tensors of values come in the same order in every
  /// circuit of the network, and are called the same; what lies between them is passed over.
  private func choices(of system: ConstraintSystem) -> [ScalePlan.Value] {
    var found: [ValueID: TensorDeclaration] = [:]
    var place = system.tensors.startIndex
    let own = realised.scales.sorted { ($0.value, $0.key.index) < ($1.value, $1.key.index) }
    var last: Int?
    for (id, tensor) in own {
      if tensor == last {
        if place > 0 { found[id] = system.tensors[place - 1] }
        continue
      }
      let name = realised.circuit.system.tensors[tensor].name
      guard let next = system.tensors[place...].firstIndex(where: { $0.name == name }) else {
        continue
      }
      found[id] = system.tensors[next]
      place = next + 1
      last = tensor
    }
    return choices(found)
  }

  private func choices(_ found: [ValueID: TensorDeclaration]) -> [ScalePlan.Value] {
    var bits: [Int: Int] = [:]
    for (id, tensor) in found where graph[id].isCommitted && !tensor.isOrdered {
      bits[classes.root(id.index)] = tensor.fractionalBits
    }
    let inputs = Set(graph.inputs)
    return graph.values.indices.map { index in
      var choice = plan.chosen[index]
      if let own = bits[classes.root(index)] { choice.bits = own }
      if let tensor = found[ValueID(index)], graph[ValueID(index)].kind != .boolean {
        choice.range = graph.bounded(IntegerWidth.covering(tensor.range), ValueID(index))
        let isInput = inputs.contains(ValueID(index))
        choice.range = graph.knownRange(of: ValueID(index), isInput: isInput) ?? choice.range
      }
      return choice
    }
  }

  /// Who sees the inputs and outputs in the system.
  func visibility(of system: ConstraintSystem, _ own: ModelVisibility) -> ModelVisibility {
    var result = own
    let inputs = graph.inputs.map { graph[$0].name }
    result.inputs = visibility(inputs, inputs, .init(.private), of: system)
    let names = graph.outputs.map { PortNames.ofOutput($0.name, inputs: Set(inputs)) }
    result.outputs = visibility(graph.outputs.map(\.name), names, .init(.public), of: system)
    return result
  }

  private func visibility(
    _ ports: [String], _ names: [String], _ usual: PortVisibility, of system: ConstraintSystem
  ) -> PortVisibility {
    var result = usual
    for (port, name) in zip(ports, names) {
      let role = system.tensors.first {
        $0.name == name && ($0.role.isInput || $0.role.isOutput)
      }?.role
      guard let role else { continue }
      let visibility: Visibility = role.isPublic ? .public : .private
      if result[port] != visibility { result.named[port] = visibility }
    }
    return result
  }
}
