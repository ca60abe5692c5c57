import Equations
import TensorGraph

// Functions local to a model: a node that calls one is the function's nodes.
extension GraphImporter {
  /// What tells functions apart.
  struct FunctionName: Hashable {
    var domain: String
    var name: String
    var overload: String
  }

  /// The function that a node calls. Texts that somebody else wrote come first, and ONNX's operators
  /// last.
  func function(_ node: Onnx_NodeProto) -> Onnx_FunctionProto? {
    let domain = Self.isDefault(node.domain) ? "" : node.domain
    let name = FunctionName(domain: domain, name: node.opType, overload: node.overload)
    guard let function = functions[name] else { return nil }
    let foreign = library.foreignFile(
      of: node.opType, domain: domain, version: versions[domain] ?? 0)
    return foreign == nil ? function : nil
  }

  /// The results of the function's nodes for a node's operands and attributes.
  mutating func addCall(
    of function: Onnx_FunctionProto, _ node: Onnx_NodeProto
  ) throws(GraphError) -> [Typed] {
    guard let operands = try typedOperands(node) else {
      return node.output.map { _ in Typed(value: .reported) }
    }
    guard node.input.count <= function.input.count, node.output.count <= function.output.count
    else { throw GraphError(.structure, "it does not fit the function \(function.name)") }
    guard callDepth < Self.maximumCallDepth else {
      throw GraphError(.structure, "the function \(function.name) calls itself")
    }
    try countRun(function.node.count)
    let outer = (values, formats, versions)
    callDepth += 1
    defer {
      (values, formats, versions) = outer
      callDepth -= 1
    }
    enter(function, operands)
    do throws(ImportError) {
      try addNodes(of: function, called: node)
    } catch {
      throw GraphError(.structure, "in the function \(function.name): \(error)")
    }
    var results: [Typed] = []
    for name in function.output.prefix(node.output.count) {
      guard let value = values[name] else {
        throw GraphError(
          .structure, "nothing in the function \(function.name) computes \"\(name)\"")
      }
      results.append(Typed(value: value, format: formats[name]))
    }
    return results
  }

  private static let maximumCallDepth = 64

  /// A function sees its operands and nothing else, and has versions of operators of its own.
  private mutating func enter(_ function: Onnx_FunctionProto, _ operands: [Typed?]) {
    (values, formats) = ([:], [:])
    for (name, operand) in zip(function.input, operands) {
      guard let operand else { continue }
      values[name] = operand.value
      formats[name] = operand.format
    }
    for entry in function.opsetImport {
      let domain = Self.isDefault(entry.domain) ? "" : entry.domain
      versions[domain] = Int(exactly: entry.version)
    }
  }

  private mutating func addNodes(
    of function: Onnx_FunctionProto, called node: Onnx_NodeProto
  ) throws(ImportError) {
    var given: [String: Onnx_AttributeProto] = [:]
    for attribute in function.attributeProto + node.attribute { given[attribute.name] = attribute }
    // An operand that the call leaves out is left out wherever it is read.
    let missing = Set(function.input.filter { values[$0] == nil })
    let nodes = function.node.map { $0.instance(given, without: missing) }
    live.formUnion(Self.live(nodes, for: Array(function.output.prefix(node.output.count))))
    for place in try topologicalOrder(nodes, defined: Set(values.keys)) {
      if nodes[place].output.contains(where: { live.contains($0) }) { try add(nodes[place]) }
    }
  }
}

extension Onnx_NodeProto {
  /// The node in a call of the function that it is part of.
  ///
  /// - Parameters:
  ///   - given: the call's attributes.
  ///   - missing: the operands that the call leaves out.
  fileprivate func instance(
    _ given: [String: Onnx_AttributeProto], without missing: Set<String>
  ) -> Onnx_NodeProto {
    var node = self
    node.input = input.map { missing.contains($0) ? "" : $0 }
    node.attribute = attribute.compactMap { attribute in
      guard attribute.refAttrName.isEmpty else {
        var value = given[attribute.refAttrName]
        value?.name = attribute.name
        return value
      }
      var attribute = attribute
      if attribute.hasG {
        attribute.g.node = attribute.g.node.map { $0.instance(given, without: missing) }
      }
      return attribute
    }
    return node
  }
}
