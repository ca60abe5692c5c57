import CircuitLanguage
import Compiler
import ONNXImport
import TensorGraph

/// ONNX models: imported and, if they are small, compiled.
struct ONNXTarget: FuzzTarget {
  static let name = "onnx"

  private let library: CircuitLibrary

  init(_ corpus: Corpus) throws { library = try .standard() }

  func check(_ input: [UInt8]) {
    guard let graph = try? ONNXFile.importModel(bytes: input), Self.isSmall(graph),
      let sample = try? Self.sample(graph)
    else { return }
    _ = try? graph.evaluate(sample)
    let compiler = Compiler(library: library)
    guard let model = try? compiler.compile(graph, samples: [sample]) else { return }
    let file = model.fileBytes
    require(
      (try? CompiledModel(fileBytes: file))?.fileBytes == file,
      "a compiled model can't be read again")
    _ = describe(model.circuit)
    _ = try? model.evaluate(sample)
  }

  /// Larger graphs may take long.
  private static func isSmall(_ graph: FloatGraph) -> Bool {
    graph.nodes.count <= 64
      && graph.tensors.allSatisfy { CircuitUse.product($0.shape, limit: 1 << 10) != nil }
  }

  private static func sample(_ graph: FloatGraph) throws -> [String: Tensor] {
    var sample: [String: Tensor] = [:]
    for input in graph.inputs {
      let shape = graph[input].shape
      let count = CircuitUse.product(shape, limit: 1 << 10) ?? 0
      sample[graph[input].name] = try Tensor(
        shape: shape, real: (0..<count).map { Float($0 * 7 % 13 - 6) / 4 })
    }
    return sample
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard !random.once(in: 8),
      let changed = WireMutation.mutated(input, words: Self.words, &random)
    else { return Engine.mutated(input, capacity: capacity) }
    return changed
  }

  private static let words = [
    "Add", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Constant",
    "ConstantOfShape", "Conv", "Div", "Dropout", "Expand", "Flatten", "Gather", "Gemm",
    "GlobalAveragePool", "Identity", "LeakyRelu", "MatMul", "MaxPool", "Mul", "Pad", "Relu",
    "Reshape", "Shape", "Size", "Slice", "Split", "Squeeze", "Sub", "Transpose", "Unsqueeze",
    "alpha", "axes", "axis", "ceil_mode", "dilations", "group", "kernel_shape", "keepdims", "pads",
    "perm", "shape", "split", "strides", "transA", "transB", "value", "x", "y",
  ]
}

/// Tensors as ONNX stores them.
struct TensorProtoTarget: FuzzTarget {
  static let name = "tensor-proto"

  init(_ corpus: Corpus) throws {}

  func check(_ input: [UInt8]) {
    guard let tensor = try? ONNXFile.readTensor(bytes: input) else { return }
    require(
      CircuitUse.product(tensor.shape, limit: .max) == tensor.values.count,
      "a tensor has another number of values than its shape says")
  }

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard !random.once(in: 4), let changed = WireMutation.mutated(input, words: [], &random)
    else { return Engine.mutated(input, capacity: capacity) }
    return changed
  }

  /// Two elements of each type: in fields of their own where the type has some, and raw.
  static func seeds() throws -> [String: [UInt8]] {
    var seeds: [String: [UInt8]] = [:]
    let sizes = [1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2]
    for (type, size) in sizes {
      seeds["raw-\(type)"] =
        [0x08, 2, 0x10, UInt8(type), 0x4A, UInt8(2 * size)]
        + Array(repeating: 1, count: 2 * size)
    }
    seeds["floats"] = [0x08, 1, 0x10, 1, 0x22, 4, 0, 0, 0x80, 0x3F]
    seeds["integers"] = [0x08, 2, 0x10, 7, 0x3A, 2, 1, 2]
    seeds["halves"] = [0x08, 1, 0x10, 10, 0x2A, 2, 0x80, 0x78]
    return seeds
  }
}
