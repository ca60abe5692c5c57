import Equations
import TensorGraph

/// A graph that is run along an axis of its operands. Before opset 9 there was a batch of such runs, each
/// with a length of its own.
@Sendable
func importScan(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let scan = try Scan(node)
  return node.view.opset < 9
    ? try importer.batchOfScans(scan) : try importer.scan(scan, scan.operands)
}

/// What a node says about a scan.
private struct Scan {
  let node: ControlNode
  let body: Onnx_GraphProto
  /// The states, then what is scanned.
  let operands: [GraphImporter.Typed]
  let stateCount: Int
  /// For each operand that is scanned, and each result that is collected: its axis, and whether
  /// it runs backwards.
  let inputs: [Direction]
  let outputs: [Direction]

  struct Direction {
    var axis: Int
    var isBackwards: Bool
  }

  init(_ node: ControlNode) throws(GraphError) {
    self.node = node
    body = try node.graph("body")
    let isOld = node.view.opset < 9
    var operands: [GraphImporter.Typed] = []
    for position in node.operands.indices.dropFirst(isOld ? 1 : 0) {
      operands.append(try node.operand(position))
    }
    self.operands = operands
    guard let scanned = try node.view.int("num_scan_inputs"), scanned > 0,
      scanned <= operands.count, node.proto.output.count >= operands.count - scanned,
      body.output.count == node.proto.output.count
    else { throw GraphError(.attribute, "its body does not have its operands and results") }
    stateCount = operands.count - scanned
    let backwards = isOld ? "directions" : "scan_input_directions"
    inputs = try node.directions(backwards, "scan_input_axes", scanned)
    outputs = try node.directions(
      "scan_output_directions", "scan_output_axes", body.output.count - stateCount)
  }
}

extension ControlNode {
  fileprivate func directions(
    _ directions: String, _ axes: String, _ count: Int
  ) throws(GraphError) -> [Scan.Direction] {
    let backwards = try view.ints(directions) ?? [Int](repeating: 0, count: count)
    let axes = try view.ints(axes) ?? [Int](repeating: 0, count: count)
    guard backwards.count == count, axes.count == count,
      backwards.allSatisfy({ $0 == 0 || $0 == 1 })
    else { throw GraphError(.attribute, "\"\(directions)\" does not fit what is scanned") }
    return zip(axes, backwards).map { .init(axis: $0, isBackwards: $1 == 1) }
  }
}

extension GraphImporter {
  /// - Parameters:
  ///   - operands: the states, then what is scanned.
  ///   - length: how far it is scanned; nil for all of it.
  fileprivate mutating func scan(
    _ scan: Scan, _ operands: [Typed], length: Int? = nil
  ) throws(GraphError) -> [Typed] {
    var scanned: [Typed] = []
    for (operand, direction) in zip(operands.dropFirst(scan.stateCount), scan.inputs) {
      scanned.append(try timeFirst(operand, direction, length, scan.node))
    }
    let counts = Set(scanned.compactMap { $0.value.tensor.map { builder[$0].shape[0] } })
    guard counts.count == 1, let count = counts.first, count > 0 else {
      throw GraphError(.shape, "it scans operands of different lengths")
    }
    let repetition = Repetition(
      states: Array(operands.prefix(scan.stateCount)), scanned: scanned, count: count,
      size: scan.body.node.count, layer: scan.node.layer, name: scan.node.name)
    let outcome = try repeated(repetition) { importer, states, elements throws(GraphError) in
      let results = try importer.results(of: scan.body, states + elements, "body")
      return .init(
        states: Array(results.prefix(scan.stateCount)),
        results: Array(results.dropFirst(scan.stateCount)))
    }
    guard let outcome else { return scan.node.proto.output.map { _ in Typed(value: .reported) } }
    var results = outcome.states
    for (result, direction) in zip(outcome.results, scan.outputs) {
      results.append(try timeAt(direction, result, scan.node))
    }
    return results
  }

  /// The operand with the axis that is scanned in front, in the order of the runs.
  private mutating func timeFirst(
    _ operand: Typed, _ direction: Scan.Direction, _ length: Int?, _ node: ControlNode
  ) throws(GraphError) -> Typed {
    guard var id = operand.value.tensor else {
      throw GraphError(.elementType, "it scans what is no tensor")
    }
    let rank = builder[id].shape.count
    let axis = try Shape.normalizedAxis(direction.axis, rank: rank)
    id = try node.view.emit(
      .transpose([axis] + (0..<rank).filter { $0 != axis }), [id], to: &builder, step: "scanned")
    id = try inOrder(id, direction.isBackwards, length, node)
    return Typed(value: .tensor(id), format: operand.format)
  }

  /// What was collected, with the axis of the runs where the node has it.
  private mutating func timeAt(
    _ direction: Scan.Direction, _ result: Typed, _ node: ControlNode
  ) throws(GraphError) -> Typed {
    guard var id = result.value.tensor else { return result }
    id = try inOrder(id, direction.isBackwards, nil, node)
    let rank = builder[id].shape.count
    var order = Array(1..<rank)
    order.insert(0, at: try Shape.normalizedAxis(direction.axis, rank: rank))
    id = try node.view.emit(.transpose(order), [id], to: &builder, step: "collected")
    return Typed(value: .tensor(id), format: result.format)
  }

  /// The leading positions along the first axis, or the same from the last of them to the first.
  private mutating func inOrder(
    _ id: ValueID, _ isBackwards: Bool, _ length: Int?, _ node: ControlNode
  ) throws(GraphError) -> ValueID {
    let shape = builder[id].shape
    let count = length ?? shape[0]
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[0] = .init(
      start: isBackwards ? count - 1 : 0, count: count, step: isBackwards && count > 1 ? -1 : 1)
    return try node.view.emit(.slice(slices), [id], to: &builder, step: "ordered")
  }

  /// One scan for each element of the batch, whose results beyond its length are zero.
  fileprivate mutating func batchOfScans(_ scan: Scan) throws(GraphError) -> [Typed] {
    guard let first = scan.operands[scan.stateCount].value.tensor,
      builder[first].shape.count >= 2
    else { throw GraphError(.shape, "it scans what has no batch and no time") }
    let (batch, time) = (builder[first].shape[0], builder[first].shape[1])
    let lengths =
      try scan.node.view.constantInts(0, "lengths", builder)
      ?? [Int](repeating: time, count: batch)
    guard lengths.count == batch, lengths.allSatisfy({ (1...max(time, 1)).contains($0) }) else {
      throw GraphError(.value, "its lengths \(lengths) do not fit \(batch) runs of \(time)")
    }
    var runs: [[Typed]] = []
    for (place, length) in lengths.enumerated() {
      var operands: [Typed] = []
      for operand in scan.operands { operands.append(try element(place, of: operand, scan.node)) }
      var results = try self.scan(scan, operands, length: length)
      for position in results.indices.dropFirst(scan.stateCount) where length < time {
        results[position] = try padded(results[position], to: time, scan.node)
      }
      runs.append(results)
    }
    var results: [Typed] = []
    for position in scan.node.proto.output.indices {
      let parts = runs.map { $0[position] }
      guard parts.allSatisfy(\.value.isTensor) else { return parts }
      results.append(
        try stacked(parts, layer: scan.node.layer, name: scan.node.view.valueName(position)))
    }
    return results
  }

  private mutating func element(
    _ place: Int, of operand: Typed, _ node: ControlNode
  ) throws(GraphError) -> Typed {
    guard let id = operand.value.tensor, let batch = builder[id].shape.first, place < batch else {
      throw GraphError(.shape, "its operands are not of one batch")
    }
    let shape = builder[id].shape
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[0] = .init(start: place, count: 1, step: 1)
    let slice = try node.view.emit(.slice(slices), [id], to: &builder, step: "element")
    let part = try node.view.emit(
      .reshape(Array(shape.dropFirst())), [slice], to: &builder, step: "element")
    return Typed(value: .tensor(part), format: operand.format)
  }

  private mutating func padded(
    _ result: Typed, to length: Int, _ node: ControlNode
  ) throws(GraphError) -> Typed {
    guard let id = result.value.tensor else { return result }
    let shape = builder[id].shape
    var after = shape.map { _ in 0 }
    after[0] = length - shape[0]
    let padded = try node.view.emit(
      .pad(before: shape.map { _ in 0 }, after: after), [id], to: &builder, step: "padded")
    return Typed(value: .tensor(padded), format: result.format)
  }
}
