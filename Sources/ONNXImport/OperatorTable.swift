import TensorGraph

/// How one ONNX operator becomes part of a graph.
struct OperatorImport: Sendable {
  typealias Build =
    @Sendable (NodeView, inout GraphBuilder) throws(GraphError) -> [TensorID]

  /// The attributes it knows; a node with any other is refused, as it might mean something else.
  let attributes: Set<String>
  /// Gives the tensors of the node's leading outputs. Further outputs are unsupported where used.
  let build: Build

  init(_ attributes: Set<String> = [], _ build: @escaping Build) {
    self.attributes = attributes
    self.build = build
  }
}

extension OperatorImport {
  /// Every supported operator of the default domain.
  static let table = computed.merging(folded) { own, _ in own }

  /// Those that may depend on an input.
  private static let computed: [String: OperatorImport] = [
    "Gemm": .init(["alpha", "beta", "transA", "transB"], importGemm),
    "MatMul": .init([], importMatMul),
    "Conv": .init(windowAttributes.union(["group"]), importConvolution),

    "Add": .binary(.add),
    "Sub": .binary(.subtract),
    "Mul": .binary(.multiply),
    "Div": .init([], importDivision),
    "Relu": .init([]) { node, builder throws(GraphError) in
      [try node.emit(.relu, [node.input(0)], to: &builder)]
    },
    "LeakyRelu": .init(["alpha"], importLeakyRelu),
    "Clip": .init(["min", "max"], importClip),
    "BatchNormalization": .init(
      ["epsilon", "momentum", "spatial", "training_mode"], importBatchNormalization),
    "ArgMax": .init(["axis", "keepdims", "select_last_index"], importArgMax),

    "MaxPool": .init(windowAttributes.union(["ceil_mode", "storage_order"]), importMaxPool),
    "AveragePool": .init(
      windowAttributes.union(["ceil_mode", "count_include_pad"]), importAveragePool),
    "GlobalAveragePool": .init([]) { node, builder throws(GraphError) in
      [try node.emit(.globalAveragePool, [node.input(0)], to: &builder)]
    },

    "Identity": .init([]) { node, _ throws(GraphError) in [try node.input(0)] },
    "Dropout": .init(["ratio", "seed"], importDropout),
    "Cast": .init(["to", "saturate", "round_mode"], importCast),
    "Constant": .init(
      ["value", "value_float", "value_floats", "value_int", "value_ints"], importConstant),

    "Flatten": .init(["axis"], importFlatten),
    "Reshape": .init(["allowzero"], importReshape),
    "Squeeze": .init(["axes"], importSqueeze),
    "Unsqueeze": .init(["axes"], importUnsqueeze),
    "Transpose": .init(["perm"], importTranspose),
    "Concat": .init(["axis"], importConcat),
    "Slice": .init(["starts", "ends", "axes"], importSlice),
    "Split": .init(["axis", "split", "num_outputs"], importSplit),
    "Pad": .init(["mode", "pads", "value"], importPad),

    "Shape": .init(["start", "end"], importShape),
    "Size": .init([], importSize),
    "Gather": .init(["axis"], importGather),
    "ConstantOfShape": .init(["value"], importConstantOfShape),
    "Expand": .init([], importExpand),
  ]

  private static func binary(_ operation: Operation) -> OperatorImport {
    .init([]) { node, builder throws(GraphError) in
      [try node.emit(operation, [node.input(0), node.input(1)], to: &builder)]
    }
  }

  static let windowAttributes: Set<String> = [
    "auto_pad", "kernel_shape", "strides", "dilations", "pads",
  ]
}
