import Equations
import TensorGraph

// Results whose shape depends on values: of constants only.

/// Where a constant is not zero: an index of each axis.
@Sendable
func importNonZero(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let value = try node.known(0, builder)
  let hits: [Bool] =
    switch value.elements {
    case .real(let values): values.map { $0 != 0 }
    case .integer(let values): values.map { $0 != 0 }
    }
  let strides = Shape.strides(value.shape)
  let places = hits.indices.filter { hits[$0] }
  let indices = value.shape.indices.flatMap { axis in
    places.map { Int64($0 / strides[axis] % value.shape[axis]) }
  }
  let tensor = try Tensor(shape: [value.shape.count, places.count], integer: indices)
  return [node.emit(constant: tensor, to: &builder)]
}

/// The different elements of a constant, or the different parts of it along an axis; where each is
/// first, which one is at each place, and how many there are of each.
@Sendable
func importUnique(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let value = try node.known(0, builder)
  var axis = try node.int("axis")
  if let given = axis { axis = try Shape.normalizedAxis(given, rank: value.shape.count) }
  let parts = DistinctParts(
    value, axis: axis, areSorted: try node.flag("sorted", default: true))
  var results = [try parts.tensor(of: value)]
  for list in [parts.firsts, parts.numbers, parts.counts] {
    results.append(try Tensor(shape: [list.count], integer: list.map { Int64($0) }))
  }
  let isBoolean = builder[try node.input(0)].kind == .boolean
  return results.prefix(node.outputs.count).enumerated().map { place, tensor in
    builder.addConstant(
      named: node.valueName(place), tensor, isBoolean: isBoolean && place == 0)
  }
}

/// Parts of a tensor along an axis, or its elements, of which each is listed once.
private struct DistinctParts {
  /// Where each part is first, in the order of the result.
  private(set) var firsts: [Int] = []
  /// Of each place the part that is there.
  private(set) var numbers: [Int] = []
  private(set) var counts: [Int] = []
  private let axis: Int?
  private let shape: [Int]
  /// How far elements next to each other along the axis are apart.
  private let stride: Int
  private let extent: Int

  init(_ value: Tensor, axis: Int?, areSorted: Bool) {
    self.axis = axis
    shape = value.shape
    extent = axis.map { value.shape[$0] } ?? value.count
    stride = axis.map { Shape.strides(value.shape)[$0] } ?? 1
    let keys = (0..<extent).map { key(of: value, at: $0) }
    var known: [[Double]: Int] = [:]
    for (place, key) in keys.enumerated() where known[key] == nil {
      known[key] = place
      firsts.append(place)
    }
    if areSorted { firsts.sort { keys[$0].lexicographicallyPrecedes(keys[$1]) } }
    var ranks: [[Double]: Int] = [:]
    for (rank, place) in firsts.enumerated() { ranks[keys[place]] = rank }
    numbers = keys.map { ranks[$0] ?? 0 }
    counts = [Int](repeating: 0, count: firsts.count)
    for number in numbers { counts[number] += 1 }
  }

  /// The row-major places of the elements of a part.
  private func places(at place: Int) -> [Int] {
    guard axis != nil else { return [place] }
    let count = shape.reduce(1, *) / max(extent, 1)
    return (0..<count).map { number in
      number / stride * stride * extent + place * stride + number % stride
    }
  }

  private func key(of value: Tensor, at place: Int) -> [Double] {
    places(at: place).map { element in
      switch value.elements {
      case .real(let values): Double(values[element])
      case .integer(let values): Double(values[element])
      }
    }
  }

  /// The different parts, side by side.
  func tensor(of value: Tensor) throws(GraphError) -> Tensor {
    var target = axis == nil ? [firsts.count] : shape
    if let axis { target[axis] = firsts.count }
    let parts = firsts.map { places(at: $0) }
    // Elements before the axis come first, then the part, then those behind it.
    let outer = axis == nil ? 1 : (parts.first?.count ?? 0) / stride
    let order = (0..<outer).flatMap { row in
      parts.flatMap {
        $0[row * (axis == nil ? 1 : stride)..<(row + 1) * (axis == nil ? 1 : stride)]
      }
    }
    switch value.elements {
    case .real(let values): return try Tensor(shape: target, real: order.map { values[$0] })
    case .integer(let values):
      return try Tensor(shape: target, integer: order.map { values[$0] })
    }
  }
}

extension NodeView {
  /// The operand's value. Throws `.unsupported` where it depends on an input.
  fileprivate func known(
    _ position: Int, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Tensor {
    guard let value = builder.constantValue(try input(position)) else {
      throw GraphError(
        .unsupported,
        "how many elements it gives depends on an input of the network, and shapes are fixed")
    }
    return value
  }
}
