import ConstraintSystem
import Equations
import TensorGraph

// Sequences of tensors whose lengths are known when the model is imported: they are the tensors.

@Sendable
func importSequenceConstruct(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let elements = try node.view.allInputs()
  return [.init(value: .sequence(elements), format: node.operands[0]?.format)]
}

@Sendable
func importSequenceEmpty(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let type = try node.view.int("dtype").map { Int32(truncatingIfNeeded: $0) }
  return [
    .init(
      value: .sequence([]),
      format: try type.map { type throws(GraphError) in
        try ElementFormat(type, of: node.name)
      } ?? .float)
  ]
}

/// Before the element at a position, or at the end.
@Sendable
func importSequenceInsert(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  var elements = try node.sequence(0)
  let place = try importer.position(2, of: node, 0...elements.count, among: elements.count)
  elements.insert(try node.view.input(1), at: place ?? elements.count)
  return [.init(value: .sequence(elements), format: try node.operand(1).format)]
}

/// Without the element at a position, or the last.
@Sendable
func importSequenceErase(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  var elements = try node.sequence(0)
  let places = 0...max(elements.count - 1, 0)
  let place = try importer.position(1, of: node, places, among: elements.count)
  guard !elements.isEmpty else {
    throw GraphError(.value, "an empty sequence has nothing to erase")
  }
  elements.remove(at: place ?? elements.count - 1)
  return [.init(value: .sequence(elements), format: try node.operand(0).format)]
}

@Sendable
func importSequenceAt(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let elements = try node.sequence(0)
  let places = 0...max(elements.count - 1, 0)
  guard let place = try importer.position(1, of: node, places, among: elements.count) else {
    throw GraphError(.structure, "its position is missing")
  }
  guard !elements.isEmpty else { throw GraphError(.value, "it reads an empty sequence") }
  return [.init(value: .tensor(elements[place]), format: try node.operand(0).format)]
}

@Sendable
func importSequenceLength(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let length = try Tensor(shape: [], integer: [Int64(try node.sequence(0).count)])
  let id = node.view.emit(constant: length, to: &importer.builder)
  return [.init(value: .tensor(id), format: .signed(bits: 64))]
}

/// Parts of one length, the last shorter if need be, or of given lengths; without any, single
/// positions, whose axis may go.
@Sendable
func importSplitToSequence(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let operand = try node.view.input(0)
  let shape = importer.builder[operand].shape
  let axis = try Shape.normalizedAxis(node.view.int("axis", default: 0), rank: shape.count)
  let extent = shape[axis]
  let lengths = try importer.lengths(node, extent)
  let keeps = try node.view.flag("keepdims", default: true) || node.view.optionalInput(1) != nil
  var elements: [ValueID] = []
  var start = 0
  for length in lengths {
    var slices = shape.map { ViewStep.AxisSlice(all: $0) }
    slices[axis] = .init(start: start, count: length, step: 1)
    start += length
    var part = try node.view.emit(.slice(slices), [operand], to: &importer.builder, step: "part")
    if !keeps {
      var target = shape
      target.remove(at: axis)
      part = try node.view.emit(.reshape(target), [part], to: &importer.builder, step: "part")
    }
    elements.append(part)
  }
  return [.init(value: .sequence(elements), format: node.operands[0]?.format)]
}

/// Joined along an axis, which may be a new one.
@Sendable
func importConcatFromSequence(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  var elements = try importer.meeting(
    try node.sequence(0), layer: node.layer, name: node.view.valueName(0)
  ).compactMap { $0 }
  guard let first = elements.first, let axis = try node.view.int("axis") else {
    throw GraphError(.structure, "its axis is missing, or its sequence is empty")
  }
  let isNew = try node.view.flag("new_axis")
  let rank = importer.builder[first].shape.count + (isNew ? 1 : 0)
  let position = try Shape.normalizedAxis(axis, rank: rank)
  if isNew {
    for (place, element) in elements.enumerated() {
      var shape = importer.builder[element].shape
      guard shape.count == rank - 1 else {
        throw GraphError(.shape, "tensors of different numbers of axes are joined")
      }
      shape.insert(1, at: position)
      elements[place] = try node.view.emit(
        .reshape(shape), [element], to: &importer.builder, step: "part")
    }
  }
  let joined = try node.view.emit(
    .concatenate(axis: position), elements, to: &importer.builder)
  return [.init(value: .tensor(joined), format: try node.operand(0).format)]
}

/// What a graph makes of each element, and of tensors that are the same for all, or of the elements
/// of further sequences.
@Sendable
func importSequenceMap(
  _ importer: inout GraphImporter, _ node: ControlNode
) throws(GraphError) -> [GraphImporter.Typed] {
  let body = try node.graph("body")
  let count = try node.sequence(0).count
  var results = node.proto.output.map { _ in GraphImporter.Typed(value: .sequence([])) }
  for place in 0..<count {
    var operands: [GraphImporter.Typed] = []
    for position in node.operands.indices {
      var operand = try node.operand(position)
      if case .sequence(let elements) = operand.value {
        guard elements.count == count else {
          throw GraphError(.value, "its sequences have different lengths")
        }
        operand.value = .tensor(elements[place])
      }
      operands.append(operand)
    }
    let given = try importer.results(of: body, operands, "body")
    guard let ids = try importer.tensors(given, "a result of its body") else {
      return node.proto.output.map { _ in .init(value: .reported) }
    }
    for (position, id) in ids.enumerated() where results.indices.contains(position) {
      results[position].append(id, given[position].format)
    }
  }
  return results
}

extension GraphImporter.Typed {
  fileprivate mutating func append(_ id: ValueID, _ format: ElementFormat?) {
    guard case .sequence(let elements) = value else { return }
    value = .sequence(elements + [id])
    self.format = format
  }
}

extension GraphImporter {
  /// The place that the operand at `operand` says, negative ones counted from the end of so many; nil
  /// where it is left out.
  fileprivate func position(
    _ operand: Int, of node: ControlNode, _ allowed: ClosedRange<Int>, among count: Int
  ) throws(GraphError) -> Int? {
    guard let id = node.view.optionalInput(operand) else { return nil }
    guard let value = builder.constantValue(id) else {
      throw GraphError(.unsupported, "its position depends on an input of the network")
    }
    guard let given = value.integers, given.count == 1 else {
      throw GraphError(.elementType, "its position is not a single integer")
    }
    let place = given[0] < 0 ? given[0] + Int64(count) : given[0]
    guard let place = Int(exactly: place), allowed.contains(place) else {
      throw GraphError(.value, "its position is \(given[0]), in a sequence of \(count)")
    }
    return place
  }

  fileprivate func lengths(_ node: ControlNode, _ extent: Int) throws(GraphError) -> [Int] {
    guard let id = node.view.optionalInput(1) else { return [Int](repeating: 1, count: extent) }
    guard let given = builder.constantValue(id) else {
      throw GraphError(.unsupported, "its lengths depend on an input of the network")
    }
    guard let integers = given.integers?.map({ Int($0) }), given.shape.count <= 1,
      integers.allSatisfy({ $0 > 0 && $0 <= Shape.maximumElements })
    else { throw GraphError(.value, "its lengths are no positive integers") }
    if given.shape.isEmpty {
      let length = integers[0]
      return stride(from: 0, to: extent, by: length).map { min(length, extent - $0) }
    }
    guard integers.reduce(0, +) == extent else {
      throw GraphError(.shape, "parts of \(integers) do not make up an axis of \(extent)")
    }
    return integers
  }
}
