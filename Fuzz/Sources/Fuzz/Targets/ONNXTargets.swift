import CircuitLanguage
import Compiler
import ONNXImport

/// ONNX models: imported and, if they are small, compiled.
struct ONNXTarget: FuzzTarget {
  static let name = "onnx"

  private let library: CircuitLibrary

  init(_ corpus: Corpus) throws { library = try .standard() }

  func check(_ input: [UInt8]) {
    guard let graph = try? ONNXFile.importModel(bytes: input), GraphUse.isSmall(graph),
      let sample = try? GraphUse.sample(graph)
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

  func mutated(_ input: [UInt8], capacity: Int, _ random: inout Random) -> [UInt8] {
    guard !random.once(in: 8),
      let changed = WireMutation.mutated(input, words: Self.words, &random)
    else { return Engine.mutated(input, capacity: capacity) }
    return changed
  }

  private static let words = [
    "Add", "And", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "CastLike",
    "CenterCropPad", "Clip", "Compress", "Concat", "Constant", "ConstantOfShape", "Conv",
    "ConvTranspose", "CumSum", "DepthToSpace", "Div", "Dropout", "Einsum", "Equal", "Exp", "Expand",
    "EyeLike", "Flatten", "Gather", "GatherElements", "GatherND", "Gemm", "GlobalAveragePool",
    "Identity", "LayerNormalization", "LeakyRelu", "Less", "LogSoftmax", "MatMul", "MaxPool", "Mod",
    "Mul", "OneHot", "Pad", "Pow", "Range", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Resize",
    "ReverseSequence", "Shape", "Sigmoid", "Size", "Slice", "Softmax", "SpaceToDepth", "Split",
    "Sqrt", "Squeeze", "Sub", "Tanh", "Tile", "Transpose", "Trilu", "Unsqueeze", "Upsample",
    "Where", "alpha", "antialias", "axes", "axis", "blocksize", "broadcast", "ceil_mode", "cubic",
    "dilations", "edge", "epsilon", "equation", "group", "ij,jk->ik", "keepdims", "kernel_shape",
    "linear", "mode", "pads", "perm", "reflect", "shape", "split", "strides", "to", "transA",
    "transB", "value", "wrap", "x", "y",
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
