import Equations
import TensorGraph

/// Turns an ONNX graph into an `EquationGraph`, collecting everything unsupported on the way.
struct GraphImporter {
  /// What a name in the ONNX graph stands for.
  enum Value {
    case tensor(ValueID)
    /// Tensors whose number is known.
    case sequence([ValueID])
    /// An optional that holds nothing; one that holds something is what it holds.
    case nothing
    /// The output of something that has been reported.
    case reported
    /// An output that is only an obstacle if it is used.
    case unsupported(ImportError.UnsupportedNode)
  }

  /// The version of each domain's operators that the model imports, the default domain being "".
  var versions: [String: Int]
  /// The functions that the model brings.
  let functions: [FunctionName: Onnx_FunctionProto]
  /// How many calls of functions the nodes are within.
  var callDepth = 0
  /// How many nodes of repeated bodies have been imported.
  var repeatedNodes = 0
  /// How often nodes of loops are run so far.
  var nodeRuns = 0
  /// Whether the nodes are those of one step of a loop.
  var isInLoop = false
  let options: ImportOptions
  let library: OperatorLibrary
  let decoder: TensorDecoder
  var builder = EquationGraphBuilder()
  /// The names of all tensors that an output depends on.
  var live: Set<String> = []
  var values: [String: Value] = [:]
  /// How the elements of tensors are stored, by name, where that is known.
  var formats: [String: ElementFormat] = [:]
  var intervals = IntegerIntervals()
  /// What the network gives.
  var results: Set<String> = []
  /// Which of that are said to be words.
  var wordResults: Set<String> = []
  /// Inputs that are computed with, so that they need scales, and are compared by these.
  var arithmeticInputs: Set<String> = []
  /// The places of inputs in the order of single precision.
  var orders: [ValueID: ValueID] = [:]
  /// Why outputs of nodes can't be used, by node, where more is known than that.
  var lostOutputs: [String: String] = [:]
  /// The words that integers are the places of.
  var words: [ValueID: Vocabulary] = [:]
  var unsupported: [ImportError.UnsupportedNode] = []
  /// For each of these that is a node, its operands up to which the network is supported.
  var frontier: [[String]?] = []

  init(
    versions: [String: Int], functions: [FunctionName: Onnx_FunctionProto],
    options: ImportOptions, library: OperatorLibrary, decoder: TensorDecoder
  ) {
    self.versions = versions
    self.functions = functions
    self.options = options
    self.library = library
    self.decoder = decoder
  }

  mutating func importGraph(_ graph: Onnx_GraphProto) throws(ImportError) -> EquationGraph {
    guard graph.sparseInitializer.isEmpty else {
      throw .unsupportedModel(reason: "the model has sparse initializers")
    }
    let outputs = options.outputs.isEmpty ? graph.output.map(\.name) : options.outputs
    results = Set(graph.output.map(\.name))
    wordResults = Set(graph.output.filter(\.type.isWords).map(\.name))
    live = Self.live(graph.node, for: outputs)
    try addInitializers(graph)
    try addInputs(graph, live: live)
    let order = try topologicalOrder(graph.node, defined: Set(values.keys))
    let nodes = order.map { graph.node[$0] }.filter { node in
      node.output.contains { live.contains($0) }
    }
    for node in nodes { try add(node) }
    try addOutputs(outputs)
    guard unsupported.isEmpty else {
      let lost = nodes.filter { !isImported($0) }
      throw .unsupportedNodes(unsupported.map { advised($0, lost) })
    }
    do throws(GraphError) {
      return try builder.finish()
    } catch {
      throw .invalid(error)
    }
  }

  mutating func addInitializers(_ graph: Onnx_GraphProto) throws(ImportError) {
    for initializer in graph.initializer {
      do throws(GraphError) {
        if initializer.isWords {
          try define(initializer.name, .tensor(try addWords(initializer)))
          continue
        }
        let decoded = try decoder.decode(initializer)
        let id = builder.addConstant(
          named: initializer.name, try decoded.graphTensor(), isBoolean: decoded.isBoolean)
        try define(initializer.name, .tensor(id))
        formats[initializer.name] = try ElementFormat(initializer.dataType, of: initializer.name)
      } catch {
        guard error.code == .unsupported else { throw .invalid(error) }
        values[initializer.name] = .unsupported(
          .init(name: initializer.name, operation: "initializer", reason: error.reason))
      }
    }
  }

  /// A tensor that the model lists twice is one output.
  private mutating func addOutputs(_ names: [String]) throws(ImportError) {
    guard !names.isEmpty else {
      throw .invalid(place: "graph", reason: "the model has no outputs")
    }
    var seen: Set<String> = []
    for name in names where seen.insert(name).inserted {
      switch values[name] {
      case .tensor(let id) where builder[id].count == 0:
        report(
          .init(
            name: name, operation: "output",
            reason: "it has the shape \(builder[id].shape), which has no elements"))
      case .tensor(let id):
        do throws(GraphError) {
          try nameWords(of: id, output: name)
          try builder.addOutput(named: name, id)
        } catch {
          guard error.code == .unsupported else { throw .invalid(error) }
          report(.init(name: name, operation: "output", reason: error.reason))
        }
      case .reported: continue
      case .unsupported(let node): report(node)
      case .sequence, .nothing:
        report(
          .init(
            name: name, operation: "output",
            reason: "a sequence of tensors, or an optional: name tensors of the network as outputs")
        )
      case nil:
        throw .invalid(
          place: "output \"\(name)\"",
          reason: options.outputs.isEmpty
            ? "nothing in the model computes it" : "the model has no such tensor")
      }
    }
  }

  mutating func add(_ node: Onnx_NodeProto) throws(ImportError) {
    let parts: [Onnx_NodeProto]?
    do throws(GraphError) {
      parts = try self.parts(of: node)
    } catch {
      return try refuse(node, error)
    }
    guard let parts else { return try add(single: node) }
    for part in parts {
      live.formUnion(part.output.filter { !node.output.contains($0) })
      try add(part)
    }
  }

  private mutating func add(single node: Onnx_NodeProto) throws(ImportError) {
    let name = Self.displayName(node)
    do throws(GraphError) {
      let results: [Typed]
      if let function = function(node) {
        results = try addCall(of: function, node)
      } else if let control = control(node) {
        results = try addControl(node, control, name)
      } else {
        let built = try build(node, name)
        let values = outputValues(node, name, built)
        results = values.enumerated().map { Typed(value: $1, format: format(of: node, $0, $1)) }
      }
      for (output, result) in zip(node.output, results) where !output.isEmpty {
        try define(output, result.value)
        formats[output] = result.format
      }
    } catch {
      try refuse(node, error)
    }
  }

  /// Reports a node that is not supported, and throws where the model is wrong.
  private mutating func refuse(
    _ node: Onnx_NodeProto, _ error: GraphError
  ) throws(ImportError) {
    let name = Self.displayName(node)
    guard error.code == .unsupported else { throw .invalid(error.at(node: name)) }
    report(.init(name: name, operation: node.opType, reason: error.reason), node)
    for output in node.output where !output.isEmpty { values[output] = .reported }
  }

  private func outputValues(
    _ node: Onnx_NodeProto, _ name: String, _ results: [ValueID?]
  ) -> [Value] {
    node.output.indices.map { position in
      if results.indices.contains(position), let result = results[position] {
        return .tensor(result)
      }
      if results.isEmpty { return .reported }
      return .unsupported(
        .init(
          name: name, operation: node.opType,
          reason: lostOutputs[name] ?? "its output \(position) is used, which is not supported"))
    }
  }

  private func isImported(_ node: Onnx_NodeProto) -> Bool {
    node.output.contains { if case .tensor? = values[$0] { true } else { false } }
  }

  /// The tensors of the node's outputs; none where an operand has already been reported.
  private mutating func build(
    _ node: Onnx_NodeProto, _ name: String
  ) throws(GraphError) -> [ValueID?] {
    guard node.output.contains(where: { !$0.isEmpty }) else {
      throw GraphError(.structure, "\(node.opType) has no outputs")
    }
    let given = try operands(node)
    let domain = Self.isDefault(node.domain) ? "" : node.domain
    let foreign = library.foreignFile(
      of: node.opType, domain: domain, version: versions[domain] ?? 0)
    let own = domain.isEmpty && foreign == nil ? ViewImport.table[node.opType] : nil
    let moving = own.flatMap { $0.isMeant(node) ? $0 : nil }
    let isQuantised =
      foreign == nil && Self.quantised[domain]?.contains(node.opType) ?? false
    let classical =
      domain == ClassicalImport.domain && foreign == nil
      ? ClassicalImport.table[node.opType] : nil
    guard
      moving != nil || isQuantised || classical != nil
        || library.knows(node.opType, domain: domain)
    else {
      if given == nil, FusedNode.isKnown(node) { return [] }
      throw unknown(node, domain, given)
    }
    guard let inputs = given else { return [] }
    guard let opset = versions[domain] else {
      throw GraphError(
        .structure,
        "the model does not say which version of the operators "
          + (domain.isEmpty ? "of ONNX" : "of the domain \"\(domain)\"") + " it has")
    }
    let layer = builder.addLayer(named: name, operation: Self.label(node, domain, foreign))
    var view = try NodeView(
      node, name: name, layer: layer,
      inputs: try meeting(inputs, layer: layer, name: name), opset: opset,
      inputFormats: node.input.map { formats[$0] })
    view.isResult = node.output.contains(where: results.contains)
    if let classical {
      try classical.check(view)
      return try classical.build(view, &self)
    }
    if let moving {
      try moving.check(view)
      let results = try moving.build(view, &builder)
      keepWords(results, of: view)
      try checkWords(view, results)
      return try wrapped(results, node, layer: layer)
    }
    if isQuantised, let results = try importQuantised(view) {
      return try wrapped(results, node, layer: layer)
    }
    let results = try importOperator(view, library)
    try checkWords(view, results)
    return try wrapped(results, node, layer: layer)
  }

  /// What a layer is said to be: of a standard domain with the file, where its text is not Assay's own.
  private static func label(_ node: Onnx_NodeProto, _ domain: String, _ foreign: String?) -> String
  {
    guard let foreign, domain.isEmpty || domain == "com.microsoft" else { return node.opType }
    let file = foreign.split(separator: "/").last.map(String.init) ?? foreign
    return "\(node.opType) of \(file)"
  }

  static func isDefault(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  static let foldingAdvice =
    "it computes a constant, but not one that can be computed here: fold it with onnxsim"

  func isConstant(_ inputs: [ValueID?]) -> Bool {
    let given = inputs.compactMap { $0 }
    return !given.isEmpty && given.allSatisfy { builder.constantValue($0) != nil }
  }

  /// The node's operands; nil where one of them is the output of a reported node.
  private mutating func operands(
    _ node: Onnx_NodeProto
  ) throws(GraphError) -> [ValueID?]? {
    var inputs: [ValueID?] = []
    var isComplete = true
    for input in node.input {
      guard !input.isEmpty else {
        inputs.append(nil)
        continue
      }
      switch values[input] {
      case .tensor(let id): inputs.append(id)
      case .sequence, .nothing:
        throw GraphError(
          .elementType, "its operand \"\(input)\" is a sequence, or an optional, and no tensor")
      case .reported: isComplete = false
      case .unsupported(let source):
        report(source)
        isComplete = false
      case nil: throw GraphError(.structure, "its operand \"\(input)\" is not defined")
      }
    }
    return isComplete ? inputs : nil
  }

  /// - Parameter source: the node itself, where it is a node whose outputs are lost.
  mutating func report(
    _ node: ImportError.UnsupportedNode, _ source: Onnx_NodeProto? = nil
  ) {
    guard !unsupported.contains(node) else { return }
    unsupported.append(node)
    frontier.append(source.map(openOperands))
  }

  /// The operands of a node that have been imported and depend on an input.
  private func openOperands(_ node: Onnx_NodeProto) -> [String] {
    node.input.filter { name in
      guard case .tensor(let id)? = values[name] else { return false }
      return builder.constantValue(id) == nil
    }
  }

  mutating func define(_ name: String, _ value: Value) throws(GraphError) {
    guard !name.isEmpty, values[name] == nil else {
      throw GraphError(.structure, "the name \"\(name)\" is empty or defined twice")
    }
    values[name] = value
  }

  static func displayName(_ node: Onnx_NodeProto) -> String {
    node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? node.opType : node.name
  }
}

extension ImportError {
  static func invalid(_ error: GraphError) -> ImportError {
    .invalid(place: error.node.isEmpty ? "" : "node \"\(error.node)\"", reason: error.reason)
  }
}
