import Equations
import TensorGraph

/// How an ONNX operator that moves elements, or that says something about shapes, becomes part of a
/// graph. What computes is an operator's text instead.
struct ViewImport: Sendable {
  typealias Build =
    @Sendable (NodeView, inout EquationGraphBuilder) throws(GraphError) -> [ValueID]

  /// The attributes it knows; a node with any other is refused, as it might mean something else.
  let attributes: Set<String>
  /// Which nodes of the operator it is for; the others are operators with a text.
  let isMeant: @Sendable (Onnx_NodeProto) -> Bool
  /// Gives the values of the node's leading outputs. Further outputs are unsupported where used.
  let build: Build

  init(
    _ attributes: Set<String> = [],
    where isMeant: @escaping @Sendable (Onnx_NodeProto) -> Bool = { _ in true },
    _ build: @escaping Build
  ) {
    self.attributes = attributes
    self.isMeant = isMeant
    self.build = build
  }

  /// Throws `.unsupported` for an attribute that is not known.
  func check(_ node: NodeView) throws(GraphError) {
    for attribute in node.attributeNames.sorted()
    where !attributes.contains(attribute) && attribute != "consumed_inputs" {
      throw GraphError(.unsupported, "the attribute \"\(attribute)\" is not known")
    }
  }
}

extension ONNXModel {
  /// The operators of ONNX that only move elements, that say something about shapes, or that are other
  /// operators of integers that stand for reals: they have no text. In alphabetical order.
  public static var movingOperators: [String] {
    (Array(ViewImport.table.keys) + (GraphImporter.quantised[""] ?? [])).sorted()
  }
}

extension ViewImport {
  /// Every such operator of the default domain.
  static let table: [String: ViewImport] = moving.merging(choosing) { own, _ in own }.merging(
    constants
  ) { own, _ in own }

  private static let moving: [String: ViewImport] = [
    "Identity": .init([]) { node, _ throws(GraphError) in [try node.input(0)] },
    "Dropout": .init(["ratio", "seed", "is_test"], importDropout),
    "Flatten": .init(["axis"], importFlatten),
    "Reshape": .init(["allowzero", "shape"], importReshape),
    "Squeeze": .init(["axes"], importSqueeze),
    "Unsqueeze": .init(["axes"], importUnsqueeze),
    "Transpose": .init(["perm"], importTranspose),
    "Concat": .init(["axis"], importConcat),
    "Slice": .init(["starts", "ends", "axes"], importSlice),
    "Split": .init(["axis", "split", "num_outputs"], importSplit),
    "Pad": .init(["mode", "pads", "paddings", "value"], importPad),
    "CenterCropPad": .init(["axes"], importCenterCropPad),
    "Expand": .init([], importExpand),
    "Tile": .init([], importTile),
    "DepthToSpace": .init(["blocksize", "mode"], importDepthToSpace),
    "SpaceToDepth": .init(["blocksize"], importSpaceToDepth),
    "ReverseSequence": .init(["batch_axis", "time_axis"], importReverseSequence),
    "Einsum": .init(["equation"], importEinsum),
    "DFT": .init(["axis", "inverse", "onesided"], importDFT),
    "STFT": .init(["onesided"], importSTFT),
    "BitwiseAnd": .init([], importBitwiseAnd),
    "BitwiseOr": .init([], importBitwiseSum(less: 1)),
    "BitwiseXor": .init([], importBitwiseSum(less: 2)),
    "BitwiseNot": .init([], importBitwiseNot),
    "AffineGrid": .init(["align_corners"], importAffineGrid),
    "QuantizeLinear": .init(
      ["axis", "block_size", "output_dtype", "saturate", "precision"], importQuantizeLinear),
    "DequantizeLinear": .init(["axis", "block_size", "output_dtype"], importDequantizeLinear),
    "Col2Im": .init(["dilations", "pads", "strides"], importCol2Im),
  ]

  private static let choosing: [String: ViewImport] = [
    "Gather": .init(["axis"], importGather),
    "GatherElements": .init(["axis"], importGatherElements),
    "GatherND": .init(["batch_dims"], importGatherND),
    "Compress": .init(["axis"], importCompress),
    "Scatter": .init(["axis"], importScatterElements),
    "ScatterElements": .init(["axis", "reduction"], importScatterElements),
    "ScatterND": .init(["reduction"], importScatterND),
    "OneHot": .init(["axis"], importOneHot),
    "Resize": .init(
      [
        "antialias", "axes", "coordinate_transformation_mode", "cubic_coeff_a", "exclude_outside",
        "extrapolation_value", "keep_aspect_ratio_policy", "mode", "nearest_mode",
      ], importResize),
    "Upsample": .init(["mode", "scales", "height_scale", "width_scale"], importUpsample),
    "NonZero": .init([], importNonZero),
    "Unique": .init(["axis", "sorted"], importUnique),
    "MaxPool": .init(
      [
        "kernel_shape", "strides", "dilations", "pads", "auto_pad", "ceil_mode", "storage_order",
      ], where: { $0.output.count > 1 && !$0.output[1].isEmpty }, importMaxPoolPlaces),
    "MaxUnpool": .init(["kernel_shape", "strides", "pads"], importMaxUnpool),
    "Det": .init([], importDet),
    "TfIdfVectorizer": .init(
      [
        "max_gram_length", "max_skip_count", "min_gram_length", "mode", "ngram_counts",
        "ngram_indexes", "pool_int64s", "pool_strings", "weights",
      ], importTfIdfVectorizer),
  ]

  private static let constants: [String: ViewImport] = [
    "Cast": .init(["to", "saturate", "round_mode"], importCast),
    "CastLike": .init(["saturate", "round_mode"], importCastLike),
    "Constant": .init(
      ["value", "value_float", "value_floats", "value_int", "value_ints"], importConstant),
    "ConstantOfShape": .init(["value"], importConstantOfShape),
    "EyeLike": .init(["dtype", "k"], importEyeLike),
    "Range": .init(["stash_type"], importRange),
    "MelWeightMatrix": .init(["output_datatype"], importMelWeightMatrix),
    "Shape": .init(["start", "end"], importShape),
    "Size": .init([], importSize),
  ]
}
