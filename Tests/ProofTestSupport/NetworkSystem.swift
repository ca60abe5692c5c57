import CircuitLanguage
import CircuitTestSupport
import ConstraintSystem
import TestSupport
import Witness

extension SmallSystem {
  /// The evaluated circuit with what the inputs and the model are.
  private init(_ circuit: Circuit, model: [Int: IntegerBuffer], inputs: [Int: IntegerBuffer]) throws
  {
    self.init(
      system: circuit.system,
      assignment: try Evaluator.evaluate(circuit, model: model, inputs: inputs))
  }

  /// Convolution, relu, max-pool, fully connected layer. The model does not depend on the seed.
  static func network(seed: Int = 1) throws -> SmallSystem {
    var builder = CircuitBuilder(library: try .withExamples())
    var (model, inputs): ([Int: IntegerBuffer], [Int: IntegerBuffer]) = ([:], [:])
    let i16 = -32768...32767
    func values(_ count: Int, _ seed: Int) -> IntegerBuffer {
      var random = SeededGenerator(seed: UInt64(seed))
      return IntegerBuffer(narrowing: (0..<count).map { _ in random.integer(in: -90...90) })
    }
    func add(_ name: String, _ shape: [Int], _ role: TensorRole, _ seed: Int) -> TensorView {
      let isBias = shape.count == 1
      let view = builder.addTensor(
        TensorDeclaration(
          name: name, shape: shape, role: role,
          range: isBias ? -(1 << 40)...1 << 40 : i16))
      let buffer = values(shape.reduce(1, *), seed)
      if role == .model {
        model[view.tensor ?? 0] = buffer
      } else {
        inputs[view.tensor ?? 0] = buffer
      }
      return view
    }
    let x = add("x", [1, 2, 6, 6], .publicInput, seed)
    let kernel = add("kernel", [3, 2, 3, 3], .model, 11)
    let bias = add("bias", [3], .model, 12)
    let weights = add("weights", [5, 12], .model, 13)
    let offsets = add("offsets", [5], .model, 14)
    let sums = try builder.instantiate(
      "conv2d", [x, kernel, bias],
      parameters: [
        "stride_h": 1, "stride_w": 1, "pad_top": 0, "pad_left": 0, "pad_bottom": 0,
        "pad_right": 0, "dilation_h": 1, "dilation_w": 1, "groups": 1,
      ], name: "conv", fractionalBits: 0)[0]
    let active = try builder.instantiate(
      "rescale_relu", [sums], parameters: ["shift": 5], name: "relu", fractionalBits: 0)[0]
    let pooled = try builder.instantiate(
      "max_pool2d", [active],
      parameters: [
        "kernel_h": 2, "kernel_w": 2, "stride_h": 2, "stride_w": 2, "pad_top": 0, "pad_left": 0,
        "pad_bottom": 0, "pad_right": 0, "dilation_h": 1, "dilation_w": 1,
      ], name: "pool", fractionalBits: 0)[0]
    let flat = try builder.reshape(pooled, to: [1, 12], name: "flatten")
    let scores = try builder.instantiate(
      "gemm", [flat, weights, offsets], name: "fc", fractionalBits: 0)[0]
    let output = try builder.instantiate(
      "rescale", [scores], parameters: ["shift": 9], name: "scores", fractionalBits: 0)[0]
    _ = try builder.markOutput(output, name: "output")
    return try SmallSystem(try builder.finish(), model: model, inputs: inputs)
  }

  /// The index of the largest score.
  static func argmax(_ scores: [Int]) throws -> SmallSystem {
    var builder = CircuitBuilder(library: try .withExamples())
    let x = builder.addTensor(
      TensorDeclaration(
        name: "x", shape: [scores.count], role: .publicInput, range: -32768...32767))
    let index = try builder.instantiate(
      "argmax", [x], parameters: ["last": 0], name: "argmax", fractionalBits: 0)[0]
    _ = try builder.markOutput(index, name: "label")
    return try SmallSystem(
      try builder.finish(), model: [:],
      inputs: [x.tensor ?? 0: IntegerBuffer(narrowing: scores)])
  }
}
