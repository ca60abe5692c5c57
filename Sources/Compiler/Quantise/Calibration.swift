import TensorGraph

/// What the tensors of a network were seen to hold.
public struct Calibration: Sendable {
  /// Least and greatest value of each tensor, zero included; nil for what was not computed.
  public private(set) var ranges: [ClosedRange<Double>?]
  /// The tensors of the first sample.
  let reference: [Tensor?]

  /// Evaluates the network on every sample.
  ///
  /// - Parameter samples: a tensor for each input, by name; at least one sample.
  /// - Throws: `CompileError.input` for a sample that does not fit the network,
  ///   `CompileError.node` where a value is not a finite number.
  public init(
    _ graph: FloatGraph, samples: [[String: Tensor]]
  ) throws(CompileError) {
    var collected = [ClosedRange<Double>?](repeating: nil, count: graph.tensors.count)
    var first = [Tensor?](repeating: nil, count: graph.tensors.count)
    for (number, sample) in samples.enumerated() {
      do throws(GraphError) {
        _ = try graph.evaluate(sample) { id, tensor throws(GraphError) in
          try Calibration.include(tensor, graph[id].name, &collected[id.index])
          if number == 0 { first[id.index] = tensor }
        }
      } catch {
        throw CompileError(error)
      }
    }
    ranges = collected
    reference = first
  }

  private static func include(
    _ tensor: Tensor, _ name: String, _ range: inout ClosedRange<Double>?
  ) throws(GraphError) {
    guard case .real(let values) = tensor.elements else { return }
    var (low, high) = (Float(0), Float(0))
    var allFinite = true
    for value in values {
      low = min(low, value)
      high = max(high, value)
      allFinite = allFinite && value.isFinite
    }
    guard allFinite else {
      throw GraphError(
        .value, "the tensor \"\(name)\" is infinite or not a number in calibration")
    }
    let known = range ?? 0...0
    range = min(known.lowerBound, Double(low))...max(known.upperBound, Double(high))
  }

  /// The greatest magnitude of a tensor.
  func magnitude(_ id: TensorID) -> Double {
    guard let range = ranges[id.index] else { return 0 }
    return max(-range.lowerBound, range.upperBound)
  }
}
