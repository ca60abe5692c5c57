import CircuitCheck
import CircuitLanguage
import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Witness

/// A node of an operator by itself: its equations, and the circuit that the compiler makes of them for
/// made-up inputs.
///
/// Inputs are public, so that whoever verifies bounds them; outputs are private, so that nothing but
/// the statements bounds them.
public struct OperatorTrial: Sendable {
  public let name: String
  public let sample: OperatorSample
  /// What the inputs lie in.
  public let domain: TrialDomain
  public let compilation: Compilation
  private let compiler: Compiler
  private let graph: EquationGraph
  /// The values that its scales were chosen by.
  let samples: [[String: Tensor]]
  private let values: TrialValues
  /// Why it is not tried with zeros, equal values and the ends of the domain; nil where it is.
  public private(set) var refusal: CompileError?

  /// The most elements of all values together.
  public static let elements = 1 << 22

  /// - Parameters:
  ///   - name: that of the operator's text.
  ///   - sample: its sizes. Where the operator can't be proven so, operands after the first one become
  ///     constants.
  /// - Throws: `.node`, `.compile` and `.nothing`.
  public init(
    _ name: String, of operators: OperatorLibrary, _ circuits: CircuitLibrary,
    _ sample: OperatorSample
  ) throws(OperatorCheckError) {
    do throws(OperatorCheckError) {
      self = try Self.first(name, operators, circuits, sample)
    } catch {
      guard !sample.hasConstants else { throw error }
      var other = sample
      other.hasConstants = true
      guard let found = try? Self.first(name, operators, circuits, other) else { throw error }
      self = found
    }
  }

  private init(
    _ name: String, _ sample: OperatorSample, _ values: TrialValues, _ compilation: Compilation,
    _ samples: [[String: Tensor]], _ compiler: Compiler, _ graph: EquationGraph
  ) {
    self.compiler = compiler
    self.graph = graph
    self.name = name
    self.sample = sample
    domain = values.domain
    self.values = values
    self.compilation = compilation
    self.samples = samples
  }

  /// With the first domain of inputs on which the operator has values.
  private static func first(
    _ name: String, _ operators: OperatorLibrary, _ circuits: CircuitLibrary,
    _ sample: OperatorSample
  ) throws(OperatorCheckError) -> OperatorTrial {
    let graph = try graph(name, operators, sample)
    var compiler = Compiler(library: circuits)
    compiler.options.visibility = ModelVisibility(
      model: .public, inputs: .init(.public), outputs: .init(.private))
    compiler.checksAllSamples = true
    var refusal: CompileError?
    for isHard in [true, false] {
      for domain in TrialDomain.all {
        let values = TrialValues(
          slots: graph.inputs.map { graph[$0] }, domain: domain, isHard: isHard)
        do throws(CompileError) {
          let samples = try values.made()
          let compilation = try compiler.compilation(graph, samples: samples)
          var trial = OperatorTrial(
            name, sample, values, compilation, samples, compiler, graph)
          trial.refusal = isHard ? nil : refusal
          return trial
        } catch {
          refusal = refusal ?? error
          // Other inputs do not help.
          if case .unsupported = error { throw .compile(sample.description, error) }
        }
      }
    }
    throw .compile(sample.description, refusal ?? .node(name: name, reason: "there are no inputs"))
  }

  private static func graph(
    _ name: String, _ operators: OperatorLibrary, _ sample: OperatorSample
  ) throws(OperatorCheckError) -> EquationGraph {
    let graph: EquationGraph
    do throws(GraphError) {
      graph = try operators.graph(of: name, sample)
    } catch {
      throw .node(error)
    }
    let count = graph.values.reduce(0) { $0 + $1.count }
    guard count <= elements else {
      throw .node(
        GraphError(.tooLarge, "it has \(count) elements at these sizes; choose smaller ones"))
    }
    guard !graph.nodes.isEmpty else { throw .nothing(sample.description) }
    return graph
  }
}

extension OperatorTrial {
  /// The network that the trial is of.
  public var circuit: Circuit { compilation.model.circuit }

  /// What a stage of the compiler makes of it.
  public func dump(_ stage: CompileDump.Stage) throws(CompileError) -> CompileDump {
    do {
      return try compiler.dump(stage, of: graph) { samples }
    } catch {
      throw error as? CompileError ?? .node(name: name, reason: "\(error)")
    }
  }

  /// All tensors of the circuit, for the first of the samples.
  public func assignment() throws(CompileError) -> Assignment {
    try compilation.model.evaluate(samples[0])
  }

  /// How far the circuit is from the equations, for the samples and for values a few units of their
  /// scales apart; those are left aside for which the equations have no value.
  ///
  /// All are rounded to the scales of the inputs before: what is measured is what the circuit adds. What
  /// rounding the samples does besides is in `compilation.accuracy`.
  public func accuracy() throws(CompileError) -> Accuracy {
    let ports = compilation.model.interface.inputs
    let edges = values.isHard ? (try? values.edges(ports)) ?? [] : []
    let rounded = (samples + edges).map { TrialValues.rounded($0, to: ports) }
    let taken = rounded.filter { (try? compilation.judge([$0])) != nil }
    return try compilation.judge(taken.isEmpty ? samples : taken, checked: taken.count)
  }
  /// The circuit with what it is to be attacked at.
  public func trialCircuit() throws(CompileError) -> TrialCircuit {
    let model = compilation.model
    let computed = Set(circuit.program.steps.map(\.target))
    var candidates: [[Int: IntegerBuffer]] = []
    for sample in samples.prefix(2) {
      candidates.append(try model.interface.quantise(sample).merging(model.model) { own, _ in own })
    }
    return TrialCircuit(
      name: name, circuit: circuit,
      inputs: circuit.system.tensors.indices.filter { !computed.contains($0) },
      candidates: candidates)
  }
}

extension TrialValues {
  /// As `samples()`.
  fileprivate func made() throws(CompileError) -> [[String: Tensor]] {
    do throws(GraphError) {
      return try samples()
    } catch {
      throw .node(name: "", reason: error.reason)
    }
  }
}
