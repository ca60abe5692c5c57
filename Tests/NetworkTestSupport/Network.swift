import CircuitLanguage
import Compiler
import Equations
import TensorGraph
import TestSupport
import Testing

extension SeededGenerator {
  /// Uniform in -scale ... scale.
  mutating func real(_ scale: Float = 1) -> Float {
    scale * (Float(next() >> 40) / Float(1 << 23) - 1)
  }

  mutating func tensor(_ shape: [Int], scale: Float = 1) throws -> Tensor {
    try Tensor(shape: shape, real: (0..<shape.reduce(1, *)).map { _ in real(scale) })
  }
}

/// A network with one input `x`, written down node by node.
struct Network {
  var builder = EquationGraphBuilder()
  var numbers: SeededGenerator
  let input: ValueID
  private var count = 0

  init(input shape: [Int], seed: UInt64 = 1) throws {
    numbers = SeededGenerator(seed: seed)
    input = try builder.addInput(named: "x", shape: shape)
  }

  mutating func constant(_ shape: [Int], scale: Float = 1) throws -> ValueID {
    count += 1
    return builder.addConstant(named: "c\(count)", try numbers.tensor(shape, scale: scale))
  }

  mutating func constant(_ shape: [Int], values: [Float]) throws -> ValueID {
    count += 1
    return builder.addConstant(named: "c\(count)", try Tensor(shape: shape, real: values))
  }

  mutating func node(_ step: Step, _ inputs: ValueID...) throws -> ValueID {
    count += 1
    return try append(step, inputs, name: "\(step.name)\(count)", output: "t\(count)")
  }

  /// - Parameters:
  ///   - name: of the layer.
  ///   - output: the name of what it gives.
  mutating func append(
    _ step: Step, _ inputs: [ValueID], name: String, output: String
  ) throws -> ValueID {
    let layer = builder.addLayer(named: name, operation: step.name)
    switch step {
    case .view(let view, _): return try builder.append(view, inputs, layer: layer, name: output)
    case .operation(let operation, let attributes, let more):
      let constants = more.enumerated().map {
        builder.addConstant(named: "\(output)/\($0.offset)", $0.element)
      }
      let node = OperatorNode(
        operation: operation, opset: 17, layer: layer, name: name, operands: inputs + constants,
        attributes: attributes, outputs: [output])
      let results = try OperatorLibrary.standard().instantiate(node, into: &builder)
      return try #require(results?.first ?? nil)
    }
  }

  mutating func dense(_ x: ValueID, _ inputs: Int, _ outputs: Int) throws -> ValueID {
    let scale = (3 / Float(inputs)).squareRoot()
    return try node(
      .gemm(transposeB: true), x, try constant([outputs, inputs], scale: scale),
      try constant([outputs], scale: 0.1))
  }

  mutating func convolution(
    _ x: ValueID, _ channels: Int, _ outputs: Int, _ window: Window, groups: Int = 1
  ) throws -> ValueID {
    let weights = [outputs, channels / groups] + window.kernel
    let scale = (3 / Float(weights.dropFirst().reduce(1, *))).squareRoot()
    return try node(
      .convolution(window, groups: groups), x, try constant(weights, scale: scale),
      try constant([outputs], scale: 0.1))
  }

  mutating func finish(_ output: ValueID) throws -> EquationGraph {
    try builder.addOutput(named: "y", output)
    return try builder.finish()
  }

  /// A batch normalisation with plausible statistics.
  mutating func normalisation(_ x: ValueID, _ channels: Int) throws -> ValueID {
    var variance: [Float] = []
    for _ in 0..<channels { variance.append(abs(numbers.real()) + 0.5) }
    return try node(
      .batchNormalization(epsilon: 1e-5), x, try constant([channels]), try constant([channels]),
      try constant([channels]), try constant([channels], values: variance))
  }
}

/// What became of a network at one input.
struct Outcome {
  var model: CompiledModel
  /// Greatest difference between the integer and the float evaluation of the outputs.
  var error: Double
  /// Greatest magnitude of a float output.
  var magnitude: Double
  var integers: [String: ModelInterface.RealTensor]
}

/// Compiles on the samples, evaluates on the first and compares.
func outcome(
  _ graph: EquationGraph, _ samples: [[String: Tensor]], headroomBits: Int = 1
) throws -> Outcome {
  let compiler = Compiler(
    library: try .standard(), options: CompileOptions(headroomBits: headroomBits))
  let model = try compiler.compile(graph, samples: samples)
  let assignment = try model.evaluate(samples[0])
  let integers = model.interface.outputs { assignment[$0].values }
  let reals = try graph.evaluate(samples[0])
  var (error, magnitude) = (0.0, 0.0)
  for (name, tensor) in reals {
    for (value, reference) in zip(integers[name]?.values ?? [], tensor.reals) {
      error = max(error, abs(value - Double(reference)))
      magnitude = max(magnitude, abs(Double(reference)))
    }
  }
  return Outcome(model: model, error: error, magnitude: magnitude, integers: integers)
}

/// The error that the body ends in.
func failure<Result>(_ body: () throws(CompileError) -> Result) -> CompileError? {
  do {
    _ = try body()
    return nil
  } catch {
    return error
  }
}
