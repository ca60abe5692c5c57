import ConstraintSystem
import Equations
import TensorGraph

/// Pads are attributes before opset 11 and operands since; a negative pad cuts cells off.
@Sendable
func importPad(
  _ node: NodeView, _ builder: inout EquationGraphBuilder
) throws(GraphError) -> [ValueID] {
  let operand = try node.input(0)
  let rank = builder[operand].shape.count
  let listed =
    node.opset < 11
    ? try node.padsAttribute() : try node.constantInts(1, "pads", builder)
  let pads = try node.pads(listed, rank: rank, builder)
  let trimmed = try node.trimmed(operand, pads, &builder)
  let before = pads.map { max(0, $0.before) }
  let after = pads.map { max(0, $0.after) }
  switch try node.string("mode") ?? "constant" {
  case "constant":
    let value =
      node.opset < 11
      ? try node.float("value") ?? 0 : try node.constantReal(2, "padding value", builder) ?? 0
    guard !value.isNaN || builder.constantValue(operand) != nil else {
      throw GraphError(.unsupported, "it pads with what is not a number")
    }
    return [try node.padded(trimmed, before, after, with: value, &builder)]
  case "edge": return [try node.mirrored(trimmed, before, after, .edge, &builder)]
  case "reflect": return [try node.mirrored(trimmed, before, after, .reflect, &builder)]
  case "wrap": return [try node.mirrored(trimmed, before, after, .wrap, &builder)]
  case let mode: throw GraphError(.attribute, "padding of mode \"\(mode)\"")
  }
}

/// Where a pad takes its cells from.
private enum PadSource {
  case edge, reflect, wrap

  /// The place in an axis that a place outside of it repeats.
  func place(_ position: Int, extent: Int) -> Int {
    switch self {
    case .edge: return min(max(position, 0), extent - 1)
    case .wrap: return ((position % extent) + extent) % extent
    case .reflect:
      guard extent > 1 else { return 0 }
      let period = 2 * (extent - 1)
      let rest = ((position % period) + period) % period
      return rest < extent ? rest : period - rest
    }
  }
}

extension NodeView {
  fileprivate typealias Pads = [(before: Int, after: Int)]

  /// The pads as the first versions have them, the very first under another name.
  fileprivate func padsAttribute() throws(GraphError) -> [Int]? {
    if let pads = try ints("pads") { return pads }
    return try ints("paddings")
  }

  fileprivate func pads(
    _ listed: [Int]?, rank: Int, _ builder: EquationGraphBuilder
  ) throws(GraphError) -> Pads {
    let axes = opset < 18 ? nil : try constantInts(3, "axes", builder)
    let named = axes ?? Array(0..<rank)
    guard let listed, listed.count == 2 * named.count else {
      throw GraphError(.attribute, "the pads do not match a tensor of rank \(rank)")
    }
    var pads = Pads(repeating: (0, 0), count: rank)
    for (index, listedAxis) in named.enumerated() {
      let axis = try Shape.normalizedAxis(listedAxis, rank: rank)
      pads[axis] = (listed[index], listed[index + named.count])
      guard
        max(listed[index].magnitude, listed[index + named.count].magnitude)
          <= UInt(Shape.maximumElements)
      else { throw GraphError(.tooLarge, "a pad of \(pads[axis]) cells") }
    }
    return pads
  }

  /// The operand without what negative pads cut off.
  fileprivate func trimmed(
    _ operand: ValueID, _ pads: Pads, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard pads.contains(where: { min($0.before, $0.after) < 0 }) else { return operand }
    var slices: [ViewStep.AxisSlice] = []
    for (axis, extent) in builder[operand].shape.enumerated() {
      let cut = (min(0, pads[axis].before), min(0, pads[axis].after))
      guard cut.0 >= -extent, cut.1 >= -extent, extent + cut.0 + cut.1 > 0 else {
        throw GraphError(.attribute, "negative pads leave nothing of axis \(axis)")
      }
      slices.append(.init(start: -cut.0, count: extent + cut.0 + cut.1, step: 1))
    }
    return try emit(.slice(slices), [operand], to: &builder, step: "cut")
  }

  /// Zeros around the operand, or the value where it is another one.
  fileprivate func padded(
    _ operand: ValueID, _ before: [Int], _ after: [Int], with value: Float,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard value != 0 else {
      return try emit(.pad(before: before, after: after), [operand], to: &builder)
    }
    var result = operand
    let last = before.indices.last { before[$0] + after[$0] > 0 }
    for axis in before.indices where before[axis] + after[axis] > 0 {
      var parts: [ValueID] = []
      for (position, extent) in [before[axis], 0, after[axis]].enumerated() {
        if position == 1 { parts.append(result) }
        guard extent > 0 else { continue }
        var shape = builder[result].shape
        shape[axis] = extent
        parts.append(try filling(shape, value, like: operand, &builder))
      }
      result = try emit(
        .concatenate(axis: axis), parts, to: &builder, step: axis == last ? nil : "axis \(axis)")
    }
    return result
  }

  private func filling(
    _ shape: [Int], _ value: Float, like operand: ValueID, _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let count = try Shape.elementCount(shape)
    try builder.reserve(elements: count)
    let kind = builder[operand].kind
    guard kind != .real else {
      let tensor = try Tensor(shape: shape, real: [Float](repeating: value, count: count))
      return emit(constant: tensor, to: &builder, step: "fill")
    }
    guard let integer = Int64(exactly: value) else {
      throw GraphError(.value, "integers are padded by \(value)")
    }
    let tensor = try Tensor(shape: shape, integer: [Int64](repeating: integer, count: count))
    return emit(constant: tensor, isBoolean: kind == .boolean, to: &builder, step: "fill")
  }

  /// Pads that repeat cells of the operand.
  fileprivate func mirrored(
    _ operand: ValueID, _ before: [Int], _ after: [Int], _ source: PadSource,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let shape = builder[operand].shape
    var result = operand
    for axis in shape.indices where before[axis] + after[axis] > 0 {
      guard shape[axis] > 0 else {
        throw GraphError(.shape, "axis \(axis) of \(shape) has nothing to repeat")
      }
      let count = shape[axis] + before[axis] + after[axis]
      _ = try Shape.elementCount([count])
      try builder.reserve(elements: count)
      let places = (0..<count).map { source.place($0 - before[axis], extent: shape[axis]) }
      result = try emit(
        takingFrom: result, axis: axis, at: places, to: &builder, step: "axis \(axis)")
    }
    return result
  }
}
