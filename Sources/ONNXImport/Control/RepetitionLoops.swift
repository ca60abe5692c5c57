import Equations
import TensorGraph

// Repetitions that are loops: what is the same at all steps is stated once.
extension GraphImporter {
  /// The outcome of a repetition as a loop; nil, and nothing is changed, where it has to be unrolled:
  /// where the states are no reals, or the body is no graph that is the same at all steps, or has loops
  /// itself, or the runs are too many.
  mutating func looped(
    _ repetition: Repetition, _ body: Repetition.Body
  ) -> Repetition.Outcome? {
    guard (2...Self.maximumLoopRuns).contains(repetition.count), !isInLoop,
      let initial = tensors(of: repetition.states),
      let scanned = tensors(of: repetition.scanned),
      initial.allSatisfy({ builder[$0].kind == .real })
    else { return nil }
    let before = self
    do throws(GraphError) {
      if let outcome = try loop(repetition, initial, scanned, body) { return outcome }
    } catch {}
    let counted = repeatedNodes
    self = before
    // What was tried in vain was work all the same.
    repeatedNodes = counted
    return nil
  }

  private func tensors(of values: [Typed]) -> [ValueID]? {
    let ids = values.compactMap(\.value.tensor)
    return ids.count == values.count ? ids : nil
  }

  private mutating func loop(
    _ repetition: Repetition, _ initial: [ValueID], _ scanned: [ValueID], _ body: Repetition.Body
  ) throws(GraphError) -> Repetition.Outcome? {
    let reports = unsupported.count
    let start = builder.nodeCount
    let draft = builder.beginLoop(
      count: repetition.count, initial: initial, scanned: scanned, name: repetition.name)
    isInLoop = true
    let outcome = try body(
      &self, typed(draft.states.map(\.value), like: repetition.states),
      typed(draft.elements.map(\.value), like: repetition.scanned))
    isInLoop = false
    nodeRuns += repetition.count * (builder.nodeCount - start)
    guard nodeRuns <= Self.maximumNodeRuns, unsupported.count == reports,
      let left = tensors(of: outcome.states),
      let results = tensors(of: outcome.results)
    else { return nil }
    let lifted = try builder.endLoop(
      draft, left: left, results: results, layer: repetition.layer, name: repetition.name)
    var last: [Typed] = []
    for (id, state) in zip(lifted.left, outcome.states) {
      last.append(
        try part(
          of: Typed(value: .tensor(id), format: state.format), at: repetition.count - 1, repetition)
      )
    }
    return .init(states: last, results: typed(lifted.results, like: outcome.results))
  }

  private func typed(_ ids: [ValueID], like values: [Typed]) -> [Typed] {
    zip(ids, values).map { Typed(value: .tensor($0), format: $1.format) }
  }
}
