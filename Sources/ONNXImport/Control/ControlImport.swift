import Equations
import TensorGraph

/// How a node becomes part of a graph that has graphs of its own, repeats equations, or works on
/// sequences and optionals, which are no tensors.
struct ControlImport: Sendable {
  typealias Build =
    @Sendable (inout GraphImporter, ControlNode) throws(GraphError) -> [GraphImporter.Typed]

  /// The attributes it knows; a node with any other is refused, as it might mean something else.
  let attributes: Set<String>
  /// Gives the values of the node's leading outputs.
  let build: Build

  init(_ attributes: Set<String> = [], _ build: @escaping Build) {
    self.attributes = attributes
    self.build = build
  }

  /// Every such operator of the default domain.
  static let table: [String: ControlImport] = graphs.merging(recurrent) { own, _ in own }
    .merging(sequences) { own, _ in own }

  private static let graphs: [String: ControlImport] = [
    "If": .init(["then_branch", "else_branch"], importIf),
    "Loop": .init(["body"], importLoop),
    "Scan": .init(
      [
        "body", "num_scan_inputs", "directions", "scan_input_directions", "scan_output_directions",
        "scan_input_axes", "scan_output_axes",
      ], importScan),
    "SequenceMap": .init(["body"], importSequenceMap),
    "NonMaxSuppression": .init(["center_point_box"], importBoxSelection),
  ]

  private static let recurrent: [String: ControlImport] = [
    "RNN": .init(RecurrentLayer.attributes, importRecurrent),
    "GRU": .init(RecurrentLayer.attributes.union(["linear_before_reset"]), importRecurrent),
    "LSTM": .init(RecurrentLayer.attributes.union(["input_forget"]), importRecurrent),
  ]

  private static let sequences: [String: ControlImport] = [
    "SequenceConstruct": .init([], importSequenceConstruct),
    "SequenceEmpty": .init(["dtype"], importSequenceEmpty),
    "SequenceInsert": .init([], importSequenceInsert),
    "SequenceErase": .init([], importSequenceErase),
    "SequenceAt": .init([], importSequenceAt),
    "SequenceLength": .init([], importSequenceLength),
    "SplitToSequence": .init(["axis", "keepdims"], importSplitToSequence),
    "ConcatFromSequence": .init(["axis", "new_axis"], importConcatFromSequence),
    "Optional": .init(["type"], importOptional),
    "OptionalHasElement": .init([], importOptionalHasElement),
    "OptionalGetElement": .init([], importOptionalGetElement),
  ]
}

extension ONNXModel {
  /// The operators of ONNX that choose or repeat graphs, or work on sequences and optionals, and the
  /// recurrent layers: they have no text, and become nodes of others. In alphabetical order.
  public static var controlOperators: [String] { ControlImport.table.keys.sorted() }
}

/// A node whose operands may be more than tensors.
struct ControlNode {
  /// The node with those of its operands that are tensors.
  let view: NodeView
  let proto: Onnx_NodeProto
  /// The operand at each position; nil where an optional one is left out.
  let operands: [GraphImporter.Typed?]

  var name: String { view.name }
  var layer: Int { view.layer }

  /// The operand at `position`, which the operator requires.
  func operand(_ position: Int) throws(GraphError) -> GraphImporter.Typed {
    guard operands.indices.contains(position), let operand = operands[position] else {
      throw GraphError(.structure, "the operand at position \(position) is missing")
    }
    return operand
  }

  /// The tensors of the operand at `position`, which is a sequence.
  func sequence(_ position: Int) throws(GraphError) -> [ValueID] {
    guard case .sequence(let elements) = try operand(position).value else {
      throw GraphError(.elementType, "the operand at position \(position) is no sequence")
    }
    return elements
  }

  /// The graph that an attribute is.
  func graph(_ name: String) throws(GraphError) -> Onnx_GraphProto {
    guard let attribute = proto.attribute.first(where: { $0.name == name }), attribute.hasG else {
      throw GraphError(.attribute, "the attribute \"\(name)\" is no graph")
    }
    return attribute.g
  }
}

extension GraphImporter {
  /// A value, and how its elements are stored, where that is known.
  struct Typed {
    var value: Value
    var format: ElementFormat?
  }

  /// How the node is imported, where it is not one of an operator on tensors.
  func control(_ node: Onnx_NodeProto) -> ControlImport? {
    guard Self.isDefault(node.domain) else { return nil }
    let foreign = library.foreignFile(
      of: node.opType, domain: "", version: versions[""] ?? 0)
    if foreign != nil { return nil }
    if node.opType == "Identity" { return identity(node) }
    return ControlImport.table[node.opType]
  }

  /// What is no tensor is its own identity.
  private func identity(_ node: Onnx_NodeProto) -> ControlImport? {
    guard let name = node.input.first, let value = values[name], !value.isTensor else { return nil }
    return ControlImport { _, node throws(GraphError) in [try node.operand(0)] }
  }

  /// The results of a node that is not one of an operator on tensors.
  mutating func addControl(
    _ node: Onnx_NodeProto, _ control: ControlImport, _ name: String
  ) throws(GraphError) -> [Typed] {
    guard let operands = try typedOperands(node) else {
      return node.output.map { _ in Typed(value: .reported) }
    }
    guard let opset = versions[""] else {
      throw GraphError(
        .structure, "the model does not say which version of the operators of ONNX it has")
    }
    let layer = builder.addLayer(named: name, operation: node.opType)
    let view = try NodeView(
      node, name: name, layer: layer, inputs: operands.map { $0?.value.tensor }, opset: opset,
      inputFormats: operands.map { $0?.format })
    for attribute in view.attributeNames.sorted() where !control.attributes.contains(attribute) {
      throw GraphError(.unsupported, "the attribute \"\(attribute)\" is not known")
    }
    return try control.build(&self, ControlNode(view: view, proto: node, operands: operands))
  }

  /// The node's operands; nil where one of them is the output of a reported node.
  mutating func typedOperands(
    _ node: Onnx_NodeProto
  ) throws(GraphError) -> [Typed?]? {
    var operands: [Typed?] = []
    var isComplete = true
    for input in node.input {
      guard !input.isEmpty else {
        operands.append(nil)
        continue
      }
      switch values[input] {
      case .tensor, .sequence, .nothing:
        operands.append(values[input].map { Typed(value: $0, format: formats[input]) })
      case .reported: isComplete = false
      case .unsupported(let source):
        report(source)
        isComplete = false
      case nil: throw GraphError(.structure, "its operand \"\(input)\" is not defined")
      }
    }
    return isComplete ? operands : nil
  }
}

extension GraphImporter.Value {
  var tensor: ValueID? { if case .tensor(let id) = self { id } else { nil } }
  var isTensor: Bool { tensor != nil }
}
