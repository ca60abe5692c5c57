import ConstraintSystem
import TestSupport
import Testing
import Witness

@testable import CircuitLanguage

@Suite("Batches of circuits") struct BatchTests {
  /// A circuit with its model and two layers at least, made by random choices.
  private func network(_ seed: UInt64) throws -> LayerHarness {
    var harness = try LayerHarness()
    harness.generator = SeededGenerator(seed: seed)
    let channels = Int.random(in: 1...3, using: &harness.generator)
    let (x, _) = harness.tensor("x", [1, channels, 6, 5], spread: -200...200)
    var current = x
    for layer in 0..<Int.random(in: 1...3, using: &harness.generator) {
      current = try add(
        Int.random(in: 0..<6, using: &harness.generator), "l\(layer)", current, &harness)
    }
    _ = try harness.builder.markOutput(current, name: "y", isPublic: seed % 2 == 0)
    return harness
  }

  private func add(
    _ kind: Int, _ name: String, _ x: TensorView, _ harness: inout LayerHarness
  ) throws -> TensorView {
    let channels = x.shape[1]
    switch kind {
    case 0, 1: return try convolution(name, x, groups: kind == 0 ? 1 : channels, &harness)
    case 2: return try finish("relu", [x], [:], name, &harness)
    case 3:
      let sums = try finish("add", [x, x], ["shift_a": 1, "shift_b": 0], name, &harness)
      return try finish("rescale", [sums], ["shift": 2], name + "r", &harness)
    case 4:
      let turned = try harness.builder.transpose(x, [0, 1, 3, 2], name: name)
      let product = try finish("matmul", [x, turned], [:], name, &harness)
      return try finish("rescale_relu", [product], ["shift": 11], name + "r", &harness)
    default:
      let (c, _) = harness.tensor(
        name + ".c", [1, 1, x.shape[2], x.shape[3]], role: .model, spread: -20...20)
      let joined = try harness.builder.concat([x, c], axis: 1, name: name)
      return try harness.builder.transpose(joined, [0, 1, 3, 2], name: name)
    }
  }

  private func convolution(
    _ name: String, _ x: TensorView, groups: Int, _ harness: inout LayerHarness
  ) throws -> TensorView {
    let outputs = 2 * groups
    let (w, _) = harness.tensor(
      name + ".w", [outputs, x.shape[1] / groups, 3, 2], role: .model, spread: -90...90)
    let (b, _) = harness.tensor(name + ".b", [outputs], role: .model, spread: -900...900)
    let sums = try finish(
      "conv2d", [x, w, b],
      [
        "stride_h": 1, "stride_w": 1, "pad_top": 1, "pad_left": 1, "pad_bottom": 1,
        "pad_right": 0, "dilation_h": 1, "dilation_w": 1, "groups": groups,
      ], name, &harness)
    return try finish("rescale", [sums], ["shift": 8], name + "r", &harness)
  }

  private func finish(
    _ circuit: String, _ operands: [TensorView], _ parameters: [String: Int], _ name: String,
    _ harness: inout LayerHarness
  ) throws -> TensorView {
    try harness.builder.instantiate(
      circuit, operands, parameters: parameters, name: name, fractionalBits: 0)[0]
  }

  private func samples(_ count: Int, _ harness: inout LayerHarness) -> [[Int: IntegerBuffer]] {
    (0..<count).map { _ in
      harness.inputs.mapValues { buffer in
        IntegerBuffer(
          (0..<buffer.count).map { _ in
            Int16.random(in: -200...200, using: &harness.generator)
          })
      }
    }
  }

  @Test(arguments: 0..<24) func randomNetworks(seed: Int) throws {
    var harness = try network(UInt64(seed))
    let samples = samples([1, 2, 3, 5][seed % 4], &harness)
    let circuit = try harness.builder.finish()
    let batched = try circuit.system.batched(samples.count)
    let assignment = try Evaluator.evaluate(
      circuit, batched: batched, model: harness.model, samples: samples)
    try StatementChecker.check(batched, assignment)
    try StatementChecker.checkByDefinition(batched, assignment)
    for (number, inputs) in samples.enumerated() {
      let single = try Evaluator.evaluate(circuit, model: harness.model, inputs: inputs)
      for tensor in circuit.system.tensors.indices {
        let own = single[tensor].values
        let all = assignment[tensor].values
        let isCommon = all.count == own.count
        #expect((isCommon ? all : Array(all[number * own.count..<(number + 1) * own.count])) == own)
      }
    }
    // A wrong value is noticed, whichever sample it is in.
    let whole = Circuit(system: batched, program: WitnessProgram())
    #expect(try wrongHints(whole, assignment) == [])
  }

  /// Weights that are read as activations are, in a copy, are there once for all samples.
  @Test func copiesOfWeightsAreShared() throws {
    var harness = try LayerHarness()
    let (x, _) = harness.tensor("x", [1, 4, 5, 5], spread: -100...100)
    let y = try convolution("depthwise", x, groups: 4, &harness)
    _ = try harness.builder.markOutput(y, name: "y")
    let circuit = try harness.builder.finish()
    let batched = try circuit.system.batched(6)
    let copy = try #require(circuit.system.tensors.firstIndex { $0.name == "depthwise.w.copy" })
    #expect(batched.tensors[copy].shape == circuit.system.tensors[copy].shape)
    for (own, many) in zip(circuit.system.tensors, batched.tensors) {
      let isCommon = own.role == .model || own.name.hasSuffix(".copy")
      #expect(many.shape == (isCommon ? own.shape : [6] + own.shape), "\(own.name)")
    }
  }

  @Test func wrongNumbersOfSamplesAreRefused() throws {
    var harness = try network(3)
    let samples = samples(3, &harness)
    let circuit = try harness.builder.finish()
    let batched = try circuit.system.batched(2)
    #expect(throws: EvaluationError.self) {
      try Evaluator.evaluate(circuit, batched: batched, model: harness.model, samples: samples)
    }
    #expect(throws: EvaluationError.self) {
      try Evaluator.evaluate(circuit, batched: batched, model: harness.model, samples: [])
    }
  }
}
