import Compiler
import Equations
import ONNXImport
import TensorGraph

/// Whether a network treats what lies along the leading axis of its inputs one by one, so that the
/// network for an extent of 1 does for several inferences.
struct LeadingAxis {
  /// Extents of the leading axes that the files have.
  let sizes: [FileShapes.Place: Int]
  /// The network with these leading axes; the others have the extent 1.
  let network: ([FileShapes.Place: Int]) throws -> EquationGraph

  /// Most inferences that are compared.
  private static let comparedSamples = 64

  /// - Parameter given: the samples that the files hold for a network, of each list of files.
  /// - Returns: the network for one inference, or the one for all that the files hold where it does
  ///   not treat them one by one, or does not exist for one.
  /// - Throws: what `network` throws for one inference, if there is neither.
  func choose(
    _ given: (EquationGraph) -> [[[String: Tensor]]]
  ) throws -> (graph: EquationGraph, isWhole: Bool) {
    guard !sizes.isEmpty else { return (try network([:]), false) }
    let single: EquationGraph
    do {
      single = try network([:])
    } catch {
      // A size may be written into the network, such as that of a reshape.
      guard let whole = try? network(sizes) else { throw error }
      return (whole, true)
    }
    if let double = many(2), Set(sizes.values).count == 1,
      isBatch(single, double, given)
    {
      return (single, false)
    }
    guard let whole = try? network(sizes) else { return (single, false) }
    return (whole, true)
  }

  private func many(_ count: Int) -> EquationGraph? { try? network(sizes.mapValues { _ in count }) }

  /// Where the structure does not tell, networks for several inferences are compared with the one for
  /// one of them: on made-up inputs, and on the given ones, since values of other magnitudes may mix
  /// where these do not.
  private func isBatch(
    _ single: EquationGraph, _ double: EquationGraph,
    _ given: (EquationGraph) -> [[[String: Tensor]]]
  ) -> Bool {
    if RowStructure.isKept(single, double) { return true }
    guard let made = try? MadeUpSamples.make(single.slots),
      Self.keepsApart(single, double, Array(made.prefix(2)))
    else { return false }
    return given(single).filter { $0.count > 1 }.allSatisfy { list in
      let samples = Array(list.prefix(Self.comparedSamples))
      guard let network = many(samples.count) else { return false }
      return Self.keepsApart(single, network, samples)
    }
  }

  /// Whether the network for all samples gives what the one for each of them does.
  private static func keepsApart(
    _ single: EquationGraph, _ many: EquationGraph, _ samples: [[String: Tensor]]
  ) -> Bool {
    let samples = shared(samples, single, many)
    guard let parts = try? samples.map({ try single.outputs(of: $0) }),
      let stacked = stack(samples, single, many), let whole = try? many.outputs(of: stacked)
    else { return false }
    return single.outputs.allSatisfy { output in
      let rows = parts.compactMap { $0[output.name] }
      guard let first = rows.first, rows.count == samples.count, let all = whole[output.name]
      else { return false }
      return all.shape.first == samples.count && first.shape == [1] + all.shape.dropFirst()
        && isClose(all.reals, rows.flatMap(\.reals))
    }
  }

  /// The samples, all with the first one's values of inputs that do not grow.
  private static func shared(
    _ samples: [[String: Tensor]], _ single: EquationGraph, _ many: EquationGraph
  ) -> [[String: Tensor]] {
    let names = zip(single.inputs, many.inputs).filter { single[$0] == many[$1] }
      .map { single[$0.0].name }
    return samples.map { sample in
      var result = sample
      for name in names { result[name] = samples[0][name] }
      return result
    }
  }

  private static func stack(
    _ samples: [[String: Tensor]], _ single: EquationGraph, _ many: EquationGraph
  ) -> [String: Tensor]? {
    var result = samples[0]
    for (one, all) in zip(single.inputs, many.inputs) where single[one] != many[all] {
      let name = single[one].name
      let rows = samples.flatMap { $0[name]?.doubles ?? [] }
      let slot = InputSlot(name: name, shape: many[all].shape, kind: many[all].kind)
      guard let tensor = try? slot.tensor(rows, source: name) else { return nil }
      result[name] = tensor
    }
    return result
  }

  private static func isClose(_ left: [Float], _ right: [Float]) -> Bool {
    let scale = right.reduce(0) { max($0, abs($1)) }
    return zip(left, right).allSatisfy { abs($0 - $1) <= 1e-4 * scale }
  }
}
