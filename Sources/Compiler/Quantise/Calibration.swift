import TensorGraph

/// What the tensors of a network were seen to hold.
public struct Calibration: Sendable {
  /// Least and greatest value of each tensor, zero included; nil for what was not computed.
  public private(set) var ranges: [ClosedRange<Double>?]
  /// The tensors of the first sample.
  let reference: [Tensor?]
  /// The tensors that were asked for, of the first samples.
  let kept: [[TensorID: Tensor]]

  /// Evaluates the network on every sample.
  ///
  /// - Parameters:
  ///   - samples: a tensor for each input, by name; at least one sample.
  ///   - wanted: tensors to keep, of as many samples as `limit` says.
  /// - Throws: `CompileError.input` for a sample that does not fit the network,
  ///   `CompileError.node` where a value is not a finite number.
  public init(
    _ graph: FloatGraph, samples: [[String: Tensor]], keeping wanted: Set<TensorID> = [],
    limit: Int = 0
  ) throws(CompileError) {
    var kept = [[TensorID: Tensor]]()
    var collected = [ClosedRange<Double>?](repeating: nil, count: graph.tensors.count)
    var first = [Tensor?](repeating: nil, count: graph.tensors.count)
    for (number, sample) in samples.enumerated() {
      if number < limit { kept.append(graph.constants.filter { wanted.contains($0.key) }) }
      do throws(GraphError) {
        _ = try graph.evaluate(sample) { id, tensor throws(GraphError) in
          try Calibration.include(tensor, graph[id].name, &collected[id.index])
          if number == 0 { first[id.index] = tensor }
          if number < limit, wanted.contains(id) { kept[number][id] = tensor }
        }
      } catch {
        throw CompileError(error)
      }
    }
    ranges = collected
    reference = first
    self.kept = kept
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
        .value,
        "the tensor \"\(name)\" is infinite or not a number for a calibration sample: it leaves single "
          + "precision, or the sample does")
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
