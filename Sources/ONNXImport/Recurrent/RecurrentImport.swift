import ConstraintSystem
import Equations
import TensorGraph

/// What goes into the gates is computed for all positions at once, and the rest from one to the next.
@Sendable
func importRecurrent(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let layer = try RecurrentLayer(node.view, importer.builder)
  var runs: [RecurrentRun] = []
  for direction in layer.directions.indices {
    runs.append(try layer.run(direction, &importer))
  }
  var results = [
    try layer.sequence(runs, &importer), try layer.last(runs.map(\.hidden), 1, &importer),
  ]
  if layer.kind == .memory {
    results.append(try layer.last(runs.compactMap(\.memory), 2, &importer))
  }
  return results.map { .init(value: .tensor($0), format: .float) }
}

/// What one direction of a recurrent layer gives.
private struct RecurrentRun {
  /// For each position, in the order of the run: [time, batch, hidden].
  var outputs: ValueID
  /// The last states: [batch, hidden].
  var hidden: ValueID
  var memory: ValueID?
}

extension RecurrentLayer {
  fileprivate func run(
    _ direction: Int, _ importer: inout GraphImporter
  ) throws(GraphError) -> RecurrentRun {
    let cell = RecurrentCell(self, direction)
    var scanned = [try cell.projection(&importer.builder)]
    if let mask = try cell.mask(&importer.builder) { scanned.append(mask) }
    var states = [try cell.initial(5, &importer.builder)]
    if kind == .memory { states.append(try cell.initial(6, &importer.builder)) }
    let repetition = Repetition(
      states: states.map { .init(value: .tensor($0), format: .float) },
      scanned: scanned.map { .init(value: .tensor($0)) }, count: time, layer: node.layer,
      name: node.valueName(step: cell.label))
    let outcome = try importer.repeated(repetition) {
      importer, states, elements throws(GraphError) in
      let step = try cell.step(
        states.compactMap(\.value.tensor), elements.compactMap(\.value.tensor), &importer.builder)
      return .init(
        states: step.states.map { .init(value: .tensor($0), format: .float) },
        results: [.init(value: .tensor(step.output), format: .float)])
    }
    guard
      let ids = try importer.tensors((outcome?.results ?? []) + (outcome?.states ?? []), "a state"),
      ids.count == states.count + 1
    else { throw GraphError(.structure, "it gives no states") }
    let last = try cell.last(Array(ids.dropFirst()), &importer.builder)
    return RecurrentRun(outputs: ids[0], hidden: last[0], memory: last.count > 1 ? last[1] : nil)
  }

  /// The outputs of all directions for every position.
  fileprivate func sequence(
    _ runs: [RecurrentRun], _ importer: inout GraphImporter
  ) throws(GraphError) -> ValueID {
    var parts: [ValueID] = []
    for (run, isBackwards) in zip(runs, directions) {
      let start = isBackwards ? time - 1 : 0
      let slices = [
        ViewStep.AxisSlice(start: start, count: time, step: isBackwards && time > 1 ? -1 : 1),
        .init(all: batch), .init(all: hidden),
      ]
      let ordered = try node.emit(
        .slice(slices), [run.outputs], to: &importer.builder, step: "ordered")
      parts.append(
        try node.emit(
          .reshape([time, 1, batch, hidden]), [ordered], to: &importer.builder, step: "ordered"))
    }
    let joined = try node.emit(.concatenate(axis: 1), parts, to: &importer.builder)
    return try node.emit(
      .transpose(isBatchFirst ? [2, 0, 1, 3] : [0, 1, 2, 3]), [joined], to: &importer.builder)
  }

  /// The last states of all directions.
  fileprivate func last(
    _ states: [ValueID], _ position: Int, _ importer: inout GraphImporter
  ) throws(GraphError) -> ValueID {
    var parts: [ValueID] = []
    let shape = isBatchFirst ? [batch, 1, hidden] : [1, batch, hidden]
    for state in states {
      parts.append(
        try node.emit(
          .reshape(shape), [state], to: &importer.builder, position: position, step: "last"))
    }
    return try node.emit(
      .concatenate(axis: isBatchFirst ? 1 : 0), parts, to: &importer.builder, position: position)
  }
}
