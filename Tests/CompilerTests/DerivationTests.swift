import CircuitLanguage
import Compiler
import ConstraintSystem
import Equations
import TensorGraph
import Testing

@testable import NetworkTestSupport

/// Changes a derivation and audits it against the system that it was of.
private func audit(
  _ model: CompiledModel, changed: (inout Derivation) throws -> Void
) throws -> DerivationAudit {
  var derivation = try Derivation(bytes: model.derivation)
  try changed(&derivation)
  return try DerivationAudit(derivation.bytes, of: model.circuit.system)
}

@Suite("A system is derived again from what it was made from") struct DerivationTests {
  static let evil = """
    circuit relu(x: i16[...]) -> (y: i16[...]) {
      hint y[...] = max(x[...], 0)
      lookup x[...] in i16
      lookup y[...] in i16 }
    """

  /// A convolution whose rounding pooling bounds, two branches that are added, and a dense layer
  /// with a ReLU of its own.
  private func network() throws -> (EquationGraph, [String: Tensor]) {
    var net = try Network(input: [1, 2, 8, 8])
    let conv = try net.convolution(net.input, 2, 4, Window(kernel: [3, 3]))
    let pooled = try net.node(
      .maxPool(Window(kernel: [2, 2], strides: [2, 2])), net.node(.relu, conv))
    let scaled = try net.node(.multiply, pooled, net.constant([1, 4, 1, 1], scale: 30))
    let sum = try net.node(.add, pooled, scaled)
    let flat = try net.node(.reshape([1, 36]), sum)
    let joined = try net.node(
      .concatenate(axis: 1), net.dense(flat, 36, 3), net.dense(flat, 36, 2))
    let graph = try net.finish(try net.node(.relu, joined))
    return (graph, ["x": try net.numbers.tensor([1, 2, 8, 8])])
  }

  private func compiled(with circuits: String? = nil) throws -> CompiledModel {
    let (graph, sample) = try network()
    var library = try CircuitLibrary.standard()
    if let circuits { try library.add(source: circuits, file: "some/folder/own.circuit") }
    return try Compiler(library: library).compile(graph, samples: [sample])
  }

  @Test func allLayersAreOwn() throws {
    let model = try compiled()
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [])
    let reports = model.layers.filter { $0.operation != LayerReport.input }
    #expect(audit.layers.map(\.name) == reports.map(\.name))
    let circuits = audit.layers.flatMap { audit.circuits(of: $0) }
    #expect(Set(["round", "extreme", "relu"]).isSubset(of: circuits))
    for (layer, report) in zip(audit.layers, reports) {
      #expect(audit.result(of: layer)?.shape == report.shape)
      #expect(audit.result(of: layer)?.fractionalBits == report.fractionalBits)
    }
    // Every statement belongs to a layer, or to a private input or an output.
    let statements = audit.layers.reduce(0) { $0 + audit.statements(of: $1).count }
    #expect(statements > 0 && audit.derivation.sources.isEmpty)
  }

  /// A circuit of two results, of which a function takes one.
  @Test func aSoftmaxIsOwn() throws {
    var net = try Network(input: [2, 6])
    let graph = try net.finish(
      try net.node(.operation("Softmax"), net.dense(net.input, 6, 6)))
    let sample = try net.numbers.tensor([2, 6], scale: 8)
    let model = try Compiler(library: .standard()).compile(graph, samples: [["x": sample]])
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [])
    #expect(audit.layers.flatMap { audit.circuits(of: $0) }.contains("extreme_below"))
    // Differences that are held to something else are another system's.
    #expect(throws: DerivationError.self) {
      _ = try CompilerTests.audit(model) { derivation in
        for layer in derivation.layers.indices {
          for step in derivation.layers[layer].steps.indices {
            guard case .instance(var instance) = derivation.layers[layer].steps[step].action,
              let depth = instance.parameters["depth"]
            else { continue }
            instance.parameters["depth"] = depth - 1
            derivation.layers[layer].steps[step].action = .instance(instance)
          }
        }
      }
    }
  }

  @Test func foreignCircuitsAreNamedAndShown() throws {
    let model = try compiled(with: Self.evil)
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(!audit.foreignLayers.isEmpty)
    for layer in audit.foreignLayers { #expect(layer.foreignParts == ["relu"]) }
    #expect(audit.layers.contains { $0.isOwn })
    // The file's text stands in the key, but not in which folder it was.
    #expect(audit.derivation.sources == [.init(name: "own.circuit", text: Self.evil)])
    // Without the text, or as if it were Assay's own circuit, nothing comes of it.
    #expect(throws: DerivationError.self) {
      _ = try CompilerTests.audit(model) { $0.sources = [] }
    }
  }

  @Test func aCircuitThatSaysTheSameIsOwn() throws {
    let text = try #require(try CircuitLibrary.standard().source(of: "relu"))
    let model = try compiled(with: "# Written again.\n\n\n" + text)
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [] && audit.derivation.sources.isEmpty)
    #expect(model.circuit.system == (try compiled()).circuit.system)
  }

  @Test func replacementsAreAnnounced() throws {
    var library = try CircuitLibrary.standard()
    try library.add(source: Self.evil, file: "own.circuit")
    #expect(library.replacements.map(\.item) == ["circuit relu"])
    #expect(library.replacements.map(\.file) == ["own.circuit"])
    #expect(library.foreignParts(of: "extreme") == [])
    try library.add(
      source: "circuit greatest(x: any[..., size]) -> (y: like(x)[...]) { y[...] := x[..., 0] }",
      file: "first.circuit")
    #expect(library.replacements.map(\.item) == ["circuit relu", "circuit greatest"])
    #expect(library.foreignParts(of: "extreme") == ["greatest"])
    #expect(library.foreignParts(of: "round") == [])
    try library.add(
      source: "circuit twice(x: i16[...]) -> (y: small[...]) { y[...] := 2 * x[...] }",
      file: "twice.circuit")
    #expect(library.replacements.count == 2 && library.foreignParts(of: "twice") == ["twice"])
  }

  @Test func missingUnreadableAndOtherDerivations() throws {
    let model = try compiled()
    let system = model.circuit.system
    #expect(throws: DerivationError.missing) { _ = try DerivationAudit([], of: system) }
    #expect(throws: DerivationError.malformed) {
      _ = try DerivationAudit(Array(model.derivation.dropLast()), of: system)
    }
    #expect(throws: DerivationError.malformed) {
      _ = try DerivationAudit(model.derivation + [0], of: system)
    }
    #expect(throws: DerivationError.unsupportedVersion) {
      _ = try DerivationAudit([3] + model.derivation.dropFirst(), of: system)
    }
    #expect(throws: DerivationError.otherCircuits) {
      _ = try CompilerTests.audit(model) { $0.ownCircuits = .init(hashing: [1]) }
    }
  }

  /// Everything that a layer says of its making decides what comes of it.
  @Test func everyStepMatters() throws {
    let model = try compiled()
    let derivation = try Derivation(bytes: model.derivation)
    for (layer, count) in derivation.layers.map(\.steps.count).enumerated() {
      for step in 0..<count {
        #expect(throws: DerivationError.self, "\(layer).\(step)") {
          _ = try CompilerTests.audit(model) { $0.layers[layer].steps.remove(at: step) }
        }
        let operands = derivation.layers[layer].steps[step].operands
        for (place, operand) in operands.enumerated() where operand != 0 {
          #expect(throws: DerivationError.self, "\(layer).\(step)") {
            _ = try CompilerTests.audit(model) {
              $0.layers[layer].steps[step].operands[place] = 0
            }
          }
        }
      }
    }
  }
}

@Suite("What is no layer of Assay's is told apart") struct ForeignLayerTests {
  /// A system that is made by hand, with the derivation that says so.
  private func made(
    private isPrivate: Bool = false,
    _ steps: (inout DerivationBuilder, TensorView) throws -> TensorView
  ) throws -> (Derivation, ConstraintSystem) {
    var builder = DerivationBuilder(library: try .standard())
    let x = try builder.addTensor(
      .init(
        name: "x", shape: [1, 1, 4, 4], role: isPrivate ? .privateInput : .publicInput,
        range: -32768...32767, fractionalBits: 8))
    builder.beginLayer(name: "a", operation: "Relu")
    let y = try steps(&builder, x)
    builder.beginOutputs()
    _ = try builder.markOutput(y, name: "y")
    return (builder.derivation, try builder.finish().system)
  }

  @Test func partsOfCircuitsAreNoLayers() throws {
    let (derivation, system) = try made { builder, x in
      let greatest = try builder.instantiate("greatest", [x], name: "a", fractionalBits: 8)[0]
      return try builder.instantiate("relu", [greatest], name: "a", fractionalBits: 8)[0]
    }
    let audit = try DerivationAudit(derivation.bytes, of: system)
    #expect(audit.foreignLayers.map(\.foreignParts) == [["greatest"]])
  }

  @Test func unitsFollowFromOperands() throws {
    for bits in [4, 3] {
      let (derivation, system) = try made { builder, x in
        try builder.instantiate(
          "round", [x], parameters: ["shift": 4, "width": 16], name: "a", fractionalBits: bits)[0]
      }
      let audit = try DerivationAudit(derivation.bytes, of: system)
      #expect(audit.layers.map(\.isOwn) == [bits == 4])
    }
  }

  @Test func privateInputsHaveARange() throws {
    let (derivation, system) = try made(private: true) { builder, x in
      try builder.instantiate("relu", [x], name: "a", fractionalBits: 8)[0]
    }
    #expect(throws: DerivationError.self) {
      _ = try DerivationAudit(derivation.bytes, of: system)
    }
  }

  /// The step behind a private input must speak of this input.
  @Test func anotherInputsBoundIsNone() throws {
    for isShared in [true, false] {
      var builder = DerivationBuilder(library: try .standard())
      let declared = ["x", "z"].map {
        TensorDeclaration(
          name: $0, shape: [4], role: .privateInput, range: -32768...32767, fractionalBits: 8)
      }
      let x = try builder.addTensor(declared[0])
      _ = try builder.instantiate("private_input", [x], name: "x", fractionalBits: 8)
      let z = try builder.addTensor(declared[1])
      _ = try builder.instantiate(
        "private_input", [isShared ? x : z], name: "z", fractionalBits: 8)
      builder.beginLayer(name: "a", operation: "Relu")
      let y = try builder.instantiate("relu", [z], name: "a", fractionalBits: 8)[0]
      builder.beginOutputs()
      _ = try builder.markOutput(y, name: "y")
      let derivation = builder.derivation
      let system = try builder.finish().system
      guard isShared else {
        #expect(try DerivationAudit(derivation.bytes, of: system).foreignLayers == [])
        continue
      }
      #expect(
        throws: DerivationError.different("nothing shows that the input \"z\" lies in its range")
      ) { _ = try DerivationAudit(derivation.bytes, of: system) }
    }
  }

  /// What is computed before all layers or after them is not left out of the list.
  @Test func nothingIsComputedOutsideOfLayers() throws {
    for isBefore in [true, false] {
      var builder = DerivationBuilder(library: try .standard())
      let x = try builder.addTensor(
        .init(
          name: "x", shape: [4], role: .publicInput, range: -32768...32767, fractionalBits: 8))
      var y = x
      func turn() throws {
        y = try builder.slice(y, axis: 0, start: 3, count: 4, step: -1, name: "turn")
        y = try builder.instantiate("relu", [y], name: "turn", fractionalBits: 8)[0]
      }
      if isBefore { try turn() }
      builder.beginLayer(name: "a", operation: "Relu")
      y = try builder.instantiate("relu", [y], name: "a", fractionalBits: 8)[0]
      builder.beginOutputs()
      if !isBefore { try turn() }
      _ = try builder.markOutput(y, name: "y")
      let derivation = builder.derivation
      let audit = try DerivationAudit(derivation.bytes, of: try builder.finish().system)
      #expect(audit.layers.map(\.name) == (isBefore ? ["the inputs", "a"] : ["a", "the outputs"]))
      #expect(audit.foreignLayers == [])
    }
  }

  @Test func givenTensorsAreNoLayers() throws {
    let (derivation, system) = try made { builder, x in
      _ = try builder.addTensor(
        .init(name: "z", shape: [4], role: .publicInput, range: -8...7, fractionalBits: 8))
      return try builder.instantiate("relu", [x], name: "a", fractionalBits: 8)[0]
    }
    #expect(throws: DerivationError.different("\"z\" is no part of the model")) {
      _ = try DerivationAudit(derivation.bytes, of: system)
    }
  }
}
