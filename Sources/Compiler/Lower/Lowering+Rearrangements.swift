import CircuitLanguage
import TensorGraph

extension Lowering {
  mutating func rearrange(
    _ operation: Operation, _ operands: [TensorView], _ site: Site
  ) throws(CircuitLanguageError) -> TensorView {
    let name = site.name
    switch operation {
    case .reshape(let shape): return try builder.reshape(operands[0], to: shape, name: name)
    case .transpose(let order): return try builder.transpose(operands[0], order, name: name)
    case .concatenate(let axis): return try builder.concat(operands, axis: axis, name: name)
    case .slice(let slices): return try slice(operands[0], slices, name)
    case .pad(let before, let after, _):
      if operands.count == 1 {
        return try builder.pad(operands[0], before: before, after: after, name: name)
      }
      return try frame(operands[0], operands[1], before, after, name)
    default:
      throw CircuitLanguageError(
        "\(operation.name) does not only move elements", instance: name)
    }
  }

  private mutating func slice(
    _ x: TensorView, _ slices: [Operation.AxisSlice], _ name: String
  ) throws(CircuitLanguageError) -> TensorView {
    var result = x
    for (axis, slice) in slices.enumerated() {
      if slice.start == 0 && slice.step == 1 && slice.count == x.shape[axis] { continue }
      result = try builder.slice(
        result, axis: axis, start: slice.start, count: slice.count, step: slice.step, name: name)
    }
    return result
  }

  /// `x` with a border of `fill`, axis by axis.
  private mutating func frame(
    _ x: TensorView, _ fill: TensorView, _ before: [Int], _ after: [Int], _ name: String
  ) throws(CircuitLanguageError) -> TensorView {
    var result = x
    for axis in before.indices {
      var parts: [TensorView] = []
      for (position, extent) in [before[axis], 0, after[axis]].enumerated() {
        if position == 1 { parts.append(result) }
        guard extent > 0 else { continue }
        var shape = result.shape
        shape[axis] = extent
        parts.append(try builder.broadcast(fill, to: shape, name: name))
      }
      if parts.count > 1 { result = try builder.concat(parts, axis: axis, name: name) }
    }
    return result
  }
}
