import Equations
import TensorGraph

// What an output depends on, and where a network can be cut.
extension GraphImporter {
  /// The names of all tensors that the outputs depend on, the outputs included.
  static func live(_ nodes: [Onnx_NodeProto], for outputs: [String]) -> Set<String> {
    var producers: [String: Int] = [:]
    for (index, node) in nodes.enumerated() {
      for output in node.output where !output.isEmpty { producers[output] = index }
    }
    var live = Set(outputs)
    var pending = outputs
    while let name = pending.popLast() {
      guard let producer = producers[name] else { continue }
      for operand in nodes[producer].reads where live.insert(operand).inserted {
        pending.append(operand)
      }
    }
    return live
  }

  /// The same report, with the way out where there is one: what goes into the node can be the network's
  /// outputs instead, as everything up to there is supported.
  ///
  /// - Parameter lost: the nodes that an output depends on and that have not been imported.
  func advised(
    _ node: ImportError.UnsupportedNode, _ lost: [Onnx_NodeProto]
  ) -> ImportError.UnsupportedNode {
    guard let place = unsupported.firstIndex(of: node) else { return node }
    var tensors: [String] = []
    for name in frontier[place] ?? [] where !tensors.contains(name) {
      if case .tensor(let id)? = values[name], !builder.isInput(id) { tensors.append(name) }
    }
    guard !tensors.isEmpty else { return node }
    let options = tensors.map { "--until \($0)" }.joined(separator: " ")
    var advice = "compile the network up to what goes into it with \(options)"
    let count = lost.count { Self.weighted.contains($0.opType) }
    if count > 0 {
      advice += ", which leaves off \(count) layer\(count == 1 ? "" : "s") with weights"
    }
    let reason = node.reason.isEmpty ? advice : "\(node.reason); \(advice)"
    return .init(name: node.name, operation: node.operation, reason: reason)
  }

  /// Operators without which a network is another one.
  private static let weighted: Set<String> = [
    "Gemm", "MatMul", "Conv", "ConvTranspose", "LSTM", "GRU", "RNN", "Einsum", "Attention",
    "MatMulInteger", "ConvInteger", "QLinearMatMul", "QLinearConv", "BatchNormalization",
    "LayerNormalization",
  ]
}
