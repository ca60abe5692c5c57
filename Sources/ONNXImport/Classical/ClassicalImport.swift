import Equations
import TensorGraph

/// How an operator of the domain `ai.onnx.ml` becomes part of a graph: classical models, and what is done
/// to tables before them. What they compute is said with equations and with operators of ONNX itself.
struct ClassicalImport: Sendable {
  typealias Build =
    @Sendable (NodeView, inout GraphImporter) throws(GraphError) -> [ValueID?]

  static let domain = "ai.onnx.ml"

  /// The attributes it knows; a node with any other is refused, as it might mean something else.
  let attributes: Set<String>
  /// Gives the values of the node's outputs, nil for one that can't be used.
  let build: Build

  init(_ attributes: Set<String> = [], _ build: @escaping Build) {
    self.attributes = attributes
    self.build = build
  }

  /// Throws `.unsupported` for an attribute that is not known.
  func check(_ node: NodeView) throws(GraphError) {
    for attribute in node.attributeNames.sorted() where !attributes.contains(attribute) {
      throw GraphError(.unsupported, "the attribute \"\(attribute)\" is not known")
    }
  }

  /// Every such operator.
  static let table: [String: ClassicalImport] = models.merging(columns) { own, _ in own }

  private static let models: [String: ClassicalImport] = [
    "TreeEnsembleClassifier": .init(
      Forest.flatAttributes.union(LabelList.attributes).union([
        "class_treeids", "class_nodeids", "class_ids", "class_weights", "class_weights_as_tensor",
      ]), importTreeClassifier),
    "TreeEnsembleRegressor": .init(
      Forest.flatAttributes.union([
        "target_treeids", "target_nodeids", "target_ids", "target_weights",
        "target_weights_as_tensor", "n_targets", "aggregate_function",
      ]), importTreeRegressor),
    "TreeEnsemble": .init(Forest.linkedAttributes, importTreeEnsemble),
    "LinearClassifier": .init(
      LabelList.attributes.union(["coefficients", "intercepts", "multi_class", "post_transform"]),
      importLinearClassifier),
    "LinearRegressor": .init(
      ["coefficients", "intercepts", "targets", "post_transform"], importLinearRegressor),
    "SVMClassifier": .init(
      LabelList.attributes.union(SupportVectors.attributes).union([
        "prob_a", "prob_b", "vectors_per_class",
      ]), importSupportVectorClassifier),
    "SVMRegressor": .init(
      SupportVectors.attributes.union(["n_supports", "one_class"]), importSupportVectorRegressor),
  ]

  private static let columns: [String: ClassicalImport] = [
    "Scaler": .init(["offset", "scale"], importScaler),
    "Normalizer": .init(["norm"], importNormalizer),
    "Imputer": .init(
      [
        "imputed_value_floats", "imputed_value_int64s", "replaced_value_float",
        "replaced_value_int64",
      ], importImputer),
    "Binarizer": .init(["threshold"], importBinarizer),
    "LabelEncoder": .init(Mapping.attributes, importLabelEncoder),
    "CategoryMapper": .init(
      ["cats_int64s", "cats_strings", "default_int64", "default_string"], importCategoryMapper),
    "OneHotEncoder": .init(["cats_int64s", "cats_strings", "zeros"], importOneHotEncoder),
    "ArrayFeatureExtractor": .init([], importArrayFeatureExtractor),
    "FeatureVectorizer": .init(["inputdimensions"], importFeatureVectorizer),
    "ZipMap": .init(["classlabels_int64s", "classlabels_strings"]) {
      node, _ throws(GraphError) in [try node.input(0)]
    },
  ]
}

extension ONNXModel {
  /// The operators of `ai.onnx.ml`, in alphabetical order.
  public static var classicalOperators: [String] { ClassicalImport.table.keys.sorted() }
}

extension GraphImporter {
  /// What an operator of ONNX itself, of the newest version, makes of values that a node has come to.
  ///
  /// - Parameter step: what the result is called behind the node's output.
  mutating func apply(
    _ operation: String, _ operands: [ValueID?], _ attributes: [String: AttributeValue] = [:],
    of node: NodeView, step: String
  ) throws(GraphError) -> ValueID {
    let call = OperatorNode(
      operation: operation, opset: ONNXFile.supportedOpsets.upperBound, layer: node.layer,
      name: node.valueName(step: step), operands: operands, attributes: attributes,
      outputs: [node.valueName(step: step)])
    guard let result = try library.instantiate(call, into: &builder)?.first, let value = result
    else { throw GraphError(.unsupported, "the operator \(operation) has no text") }
    return value
  }

  /// A value as reals, in rows: one of a single axis is one row.
  mutating func realRows(_ id: ValueID, of node: NodeView) throws(GraphError) -> ValueID {
    let rows = try self.rows(id, of: node)
    guard builder[rows].kind != .real else { return rows }
    let equation = Equation.elementwise(builder[rows].shape) { read in read(0) }
    return try node.emit(equation, [rows], to: &builder, step: "real")
  }

  /// A value in rows: one of a single axis is one row.
  mutating func rows(_ id: ValueID, of node: NodeView) throws(GraphError) -> ValueID {
    let shape = builder[id].shape
    switch shape.count {
    case 2: return id
    case 1: return try node.emit(.reshape([1, shape[0]]), [id], to: &builder, step: "row")
    default: throw GraphError(.shape, "its operand has the shape \(shape), which is no table")
    }
  }

  /// A constant that the node says in its attributes.
  mutating func constant(
    _ values: [Float], _ shape: [Int], of node: NodeView, step: String
  ) throws(GraphError) -> ValueID {
    node.emit(constant: try Tensor(shape: shape, real: values), to: &builder, step: step)
  }

  /// The same of integers.
  mutating func constant(
    integers values: [Int64], _ shape: [Int], of node: NodeView, step: String
  ) throws(GraphError) -> ValueID {
    node.emit(constant: try Tensor(shape: shape, integer: values), to: &builder, step: step)
  }
}

extension NodeView {
  /// A list of integers of 64 bits.
  func wideInts(_ name: String) throws(GraphError) -> [Int64]? {
    try ints(name).map { $0.map(Int64.init) }
  }

  /// A list of numbers that is given as such, or as a tensor in double precision.
  func numbers(_ name: String, _ importer: GraphImporter) throws(GraphError) -> [Double]? {
    if let tensor = try tensor("\(name)_as_tensor") {
      return try importer.decoder.decode(tensor).exactDoubles()
    }
    return try floats(name).map { $0.map(Double.init) }
  }
}
