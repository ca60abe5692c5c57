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

  /// The same report, with the way out where there is one: all that is not supported comes after
  /// one tensor, which can be the network's output instead, and no layer with weights is lost then.
  ///
  /// - Parameter lost: the nodes that an output depends on and that have not been imported.
  func advised(
    _ node: ImportError.UnsupportedNode, _ lost: [Onnx_NodeProto]
  ) -> ImportError.UnsupportedNode {
    guard let place = unsupported.firstIndex(of: node), let tensor = frontier[place]?.first,
      frontier.allSatisfy({ $0?.allSatisfy { $0 == tensor } == true }),
      case .tensor(let id)? = values[tensor], !builder.isInput(id),
      !lost.contains(where: { Self.weighted.contains($0.opType) })
    else { return node }
    let advice = "compile the network up to what goes into it with --output-tensor \(tensor)"
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
