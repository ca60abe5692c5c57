import CircuitLanguage
import ConstraintSystem
import Equations
import RealTables
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler

/// A network of equations as a circuit, beside its float meaning.
struct FormOutcome {
  let graph: FormGraph
  let plan: ScalePlan
  let model: CompiledModel
  let outputs: [Int]
  /// What the elements of samples are.
  var kind = ElementKind.real

  init(
    _ graph: FormGraph, _ samples: [[Double]], _ options: CompileOptions = CompileOptions()
  ) throws {
    #expect(graph.obstacles.isEmpty)
    self.graph = graph
    let calibration = try FormCalibration(graph, samples: samples.map { [graph.inputs[0]: $0] })
    var solver = try FormScaleSolver(graph, options, calibration)
    plan = try solver.solve()
    var realiser = Realiser(graph: graph, plan: plan, library: try .standard(), options: options)
    let realised = try realiser.run()
    model = CompiledModel(circuit: realised.circuit, model: realised.model, options: options)
    outputs = realised.outputs
  }

  var system: ConstraintSystem { model.circuit.system }

  /// The greatest difference to the float meaning, as a part of that one's greatest magnitude. Every
  /// statement is checked.
  func error(_ sample: [Double]) throws -> Double {
    let input = graph.inputs[0]
    let shape = graph[input].shape
    let tensor =
      kind == .real
      ? try Tensor(shape: shape, real: sample.map(Float.init))
      : try Tensor(shape: shape, integer: sample.map(Int64.init))
    let assignment = try model.evaluate([graph[input].name: tensor])
    try StatementChecker.check(system, assignment)
    var evaluator = FormEvaluator(graph, keepsAll: true)
    try evaluator.run([input: sample]) { _, _ in }
    let expected = try evaluator.elements(graph.outputs[0].value)
    let declaration = system.tensors[outputs[0]]
    let found = assignment[outputs[0]].values.map {
      FixedPoint.real($0, fractionalBits: declaration.fractionalBits)
    }
    try #require(found.count == expected.count)
    let magnitude = expected.reduce(0) { max($0, abs($1)) }
    return zip(found, expected).reduce(0) { max($0, abs($1.0 - $1.1)) } / magnitude
  }

  /// With nothing but the system the same system comes out.
  func expectFoundAgain() throws {
    let trial = try FormTrial(graph, Compiler(library: try .standard()))
    let again = try trial.plan(of: system, model.options)
    var realiser = Realiser(
      graph: graph, plan: again, library: try .standard(), options: model.options)
    #expect(try realiser.run().circuit.system == system)
  }

  /// The tables of real functions.
  var tables: [LookupTable] { system.tables.filter { $0.formulas != nil } }
}
