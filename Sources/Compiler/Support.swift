import TensorGraph

extension FloatGraph {
  /// The nodes of a normalised graph that no circuit exists for, and its outputs that can't be.
  public func unsupportedNodes() -> [UnsupportedNode] {
    let unsupported = nodes.compactMap { node in
      obstacle(node).map {
        UnsupportedNode(name: node.name, operation: node.operation.name, reason: $0)
      }
    }
    return unsupported
      + outputs.compactMap { output in
        constantObstacle(output.tensor).map {
          UnsupportedNode(name: output.name, operation: "output", reason: $0)
        }
      }
  }

  /// Why a constant can't be an output; nil when it can, or is none.
  private func constantObstacle(_ id: TensorID) -> String? {
    guard let constant = constants[id] else { return nil }
    if constant.count == 0 { return "it is empty, of the shape \(constant.shape)" }
    if !isFinite(id) { return "it holds infinite values" }
    let range = CompileOptions.activationRange
    let isWide = constant.integers?.contains { $0 < range.lowerBound || $0 > range.upperBound }
    return isWide == true ? "it holds integers beyond 16 bits" : nil
  }

  /// Why a node has no circuit; nil when it has one.
  private func obstacle(_ node: Node) -> String? {
    if let index = node.inputs.firstIndex(where: { !isFinite($0) }) {
      return "its operand \"\(self[node.inputs[index]].name)\" holds infinite values"
    }
    switch node.operation {
    case .gemm: return weightsObstacle(node)
    case .convolution: return weightsObstacle(node)
    case .batchNormalization:
      return channelAffine(of: node) == nil ? "its parameters depend on an input" : nil
    case .matrixMultiply: return productObstacle(node)
    case .leakyRelu(let alpha):
      return abs(alpha) <= 1 ? nil : "a slope of \(alpha); slopes from -1 to 1 are supported"
    case .averagePool(let window, _): return averageObstacle(window)
    case .globalAveragePool:
      let positions = self[node.inputs[0]].shape.dropFirst(2).reduce(1, *)
      return divisorObstacle(positions)
    case .argMax(let axis, _):
      let extent = self[node.inputs[0]].shape[axis]
      return extent <= 1 << 15 ? nil : "\(extent) candidates; up to \(1 << 15) are supported"
    case .pad(_, _, let value): return value.isFinite ? nil : "it pads with \(value)"
    case .add, .subtract, .multiply, .relu, .clip, .maxPool, .reshape, .transpose, .concatenate,
      .slice:
      return nil
    }
  }

  private func isFinite(_ id: TensorID) -> Bool {
    guard let constant = constants[id] else { return true }
    return constant.reals.allSatisfy(\.isFinite)
  }

  private func weightsObstacle(_ node: Node) -> String? {
    guard node.inputs.dropFirst().allSatisfy({ constants[$0] != nil }) else {
      return "its weights or bias depend on an input"
    }
    let weights = self[node.inputs[1]].shape
    let terms = weights.dropFirst().reduce(1, *)
    return terms <= 1 << 24 ? nil : "a sum of \(terms) products; up to \(1 << 24) are supported"
  }

  private func productObstacle(_ node: Node) -> String? {
    guard node.inputs.allSatisfy({ constants[$0] == nil }) else {
      return "a constant operand that is a stack of several matrices"
    }
    let terms = self[node.inputs[0]].shape.last ?? 1
    return terms <= 1 << 16 ? nil : "sums of \(terms) products; up to \(1 << 16) are supported"
  }

  private func averageObstacle(_ window: Window) -> String? {
    divisorObstacle(window.kernel.reduce(1, *))
  }

  private func divisorObstacle(_ divisor: Int) -> String? {
    divisor <= 1 << 16 ? nil : "an average of \(divisor) values; up to \(1 << 16) are supported"
  }
}
