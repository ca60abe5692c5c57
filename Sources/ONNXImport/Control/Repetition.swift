import Equations
import TensorGraph

/// A body that is run for one position after the other of a time axis, and hands its state on.
struct Repetition {
  typealias Body = (
    _ importer: inout GraphImporter, _ states: [GraphImporter.Typed],
    _ elements: [GraphImporter.Typed]
  ) throws(GraphError) -> Outcome

  /// What the body is given first.
  var states: [GraphImporter.Typed]
  /// Tensors whose leading axis is time; the body is given their parts without this axis.
  var scanned: [GraphImporter.Typed]
  /// How often the body is run, at least once.
  var count: Int
  /// How many nodes the body has.
  var size = 1
  /// The layer that views belong to, and what they are named after.
  var layer: Int
  var name: String

  /// What the body gives.
  struct Outcome {
    /// The states that the next run is given.
    var states: [GraphImporter.Typed]
    /// What is collected along a new leading axis.
    var results: [GraphImporter.Typed]
  }
}

extension GraphImporter {
  /// How many nodes repeated bodies may become in all, which bounds what a small file can ask for.
  static let maximumRepeatedNodes = 1 << 16
  /// How often a loop's body may be run.
  static let maximumLoopRuns = 1 << 18
  /// How often the nodes of loops may be run in all, which bounds the time that a small file can ask
  /// for.
  static let maximumNodeRuns = 1 << 22

  /// The last states, and the results of all runs one after the other; nil where one of them has been
  /// reported.
  ///
  /// All runs are one where their nodes are the same, as a loop; otherwise each has its own.
  mutating func repeated(
    _ repetition: Repetition, _ body: Repetition.Body
  ) throws(GraphError) -> Repetition.Outcome? {
    if let outcome = looped(repetition, body) { return outcome }
    return try unrolled(repetition, body)
  }

  private mutating func unrolled(
    _ repetition: Repetition, _ body: Repetition.Body
  ) throws(GraphError) -> Repetition.Outcome? {
    var states = repetition.states
    var collected: [[Typed]] = []
    for time in 0..<repetition.count {
      var elements: [Typed] = []
      for operand in repetition.scanned {
        elements.append(try part(of: operand, at: time, repetition))
      }
      let outcome = try body(&self, states, elements)
      guard try tensors(outcome.states + outcome.results, "what its body gives") != nil else {
        return nil
      }
      states = outcome.states
      collected.append(outcome.results)
      try countRun(repetition.size)
    }
    var results: [Typed] = []
    for position in collected[0].indices {
      results.append(
        try stacked(
          collected.map { $0[position] }, layer: repetition.layer, name: repetition.name))
    }
    return .init(states: states, results: results)
  }

  /// Counts the nodes of a body that has been run. Throws `.unsupported` for too many in all.
  mutating func countRun(_ nodes: Int) throws(GraphError) {
    repeatedNodes += nodes + 1
    guard repeatedNodes > Self.maximumRepeatedNodes else { return }
    throw GraphError(
      .unsupported,
      "its body is run so often that it becomes more than \(Self.maximumRepeatedNodes) nodes; let it "
        + "end sooner, or cut the network")
  }

  mutating func part(
    of operand: Typed, at time: Int, _ repetition: Repetition
  ) throws(GraphError) -> Typed {
    guard let id = operand.value.tensor else { return operand }
    let shape = builder[id].shape
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[0] = .init(start: time, count: 1, step: 1)
    let name = "\(repetition.name)/\(time)"
    let slice =
      shape[0] == 1
      ? id : try builder.append(.slice(slices), [id], layer: repetition.layer, name: name)
    let part = try builder.append(
      .reshape(Array(shape.dropFirst())), [slice], layer: repetition.layer, name: name)
    return Typed(value: .tensor(part), format: operand.format)
  }

  /// Tensors of one shape, along a new leading axis.
  mutating func stacked(
    _ parts: [Typed], layer: Int, name: String
  ) throws(GraphError) -> Typed {
    var ids: [ValueID] = []
    for id in parts.compactMap(\.value.tensor) {
      ids.append(
        try builder.append(
          .reshape([1] + builder[id].shape), [id], layer: layer, name: name))
    }
    if ids.count > 1 {
      ids = [
        try builder.append(
          .concatenate(axis: 0), ids, layer: layer, name: name)
      ]
    }
    return Typed(value: .tensor(ids[0]), format: parts[0].format)
  }
}
