import ONNXImport
import TensorGraph

/// Whether a network treats what lies along the leading axis of its inputs one by one.
enum LeadingAxis {
  /// Where the structure of the network does not tell, the network for an axis of 1, `single`, is
  /// compared with the same network for an axis of 2 on made-up inputs.
  ///
  /// - Returns: true also where the network does not exist for 2, since nothing else is possible then.
  static func isBatch(_ single: FloatGraph, _ double: FloatGraph) -> Bool {
    if RowStructure.isKept(single, double) { return true }
    guard let made = try? MadeUpSamples.make(single.slots), made.count >= 2,
      let parts = try? made[..<2].map({ try single.evaluate(shared($0, made[0], single, double)) }),
      let stacked = stack(made[0], made[1], single, double),
      let whole = try? double.evaluate(stacked)
    else { return true }
    return single.outputs.allSatisfy { output in
      guard let first = parts[0][output.name], let second = parts[1][output.name],
        let both = whole[output.name]
      else { return false }
      return both.shape.first == 2 && first.shape == [1] + both.shape.dropFirst()
        && isClose(both.reals, first.reals + second.reals)
    }
  }

  /// The sample, with the first one's values of inputs that do not grow.
  private static func shared(
    _ sample: [String: Tensor], _ first: [String: Tensor], _ single: FloatGraph,
    _ double: FloatGraph
  ) -> [String: Tensor] {
    var result = sample
    for (one, two) in zip(single.inputs, double.inputs) where single[one] == double[two] {
      result[single[one].name] = first[single[one].name]
    }
    return result
  }

  private static func stack(
    _ first: [String: Tensor], _ second: [String: Tensor], _ single: FloatGraph,
    _ double: FloatGraph
  ) -> [String: Tensor]? {
    var result = first
    for (one, two) in zip(single.inputs, double.inputs) where single[one] != double[two] {
      let name = single[one].name
      guard let a = first[name], let b = second[name],
        let both = try? Tensor(shape: double[two].shape, real: a.reals + b.reals)
      else { return nil }
      result[name] = both
    }
    return result
  }

  private static func isClose(_ left: [Float], _ right: [Float]) -> Bool {
    let scale = right.reduce(0) { max($0, abs($1)) }
    return zip(left, right).allSatisfy { abs($0 - $1) <= 1e-4 * scale }
  }
}
