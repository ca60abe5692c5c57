import Equations
import TensorGraph

extension NodeView {
  /// The places of an axis that are listed, in their order: slices, joined.
  func emit(
    takingFrom operand: ValueID, axis: Int, at places: [Int],
    to builder: inout EquationGraphBuilder, step: String? = nil
  ) throws(GraphError) -> ValueID {
    var runs = Self.runs(places)
    if runs.isEmpty { runs = [.init(start: 0, count: 0, step: 1)] }
    guard builder.constantValue(operand) != nil || runs.count <= Self.maximumRuns else {
      throw GraphError(
        .unsupported,
        "it takes \(runs.count) separate runs of elements of an axis; up to \(Self.maximumRuns) are"
      )
    }
    let shape = builder[operand].shape
    var parts: [ValueID] = []
    for run in runs {
      var slices = shape.map { ViewStep.AxisSlice(all: $0) }
      slices[axis] = run
      parts.append(
        try emit(.slice(slices), [operand], to: &builder, step: runs.count == 1 ? step : "part"))
    }
    guard parts.count > 1 else { return parts[0] }
    return try emit(.concatenate(axis: axis), parts, to: &builder, step: step)
  }

  /// Beyond this, one slice for each run would make the graph unwieldy.
  private static let maximumRuns = 4096

  /// The places as few runs of equal steps.
  static func runs(_ places: [Int]) -> [ViewStep.AxisSlice] {
    var runs: [ViewStep.AxisSlice] = []
    for place in places {
      guard var last = runs.last else {
        runs.append(.init(start: place, count: 1, step: 1))
        continue
      }
      let step = place - (last.start + (last.count - 1) * last.step)
      if step != 0, last.count == 1 || step == last.step {
        last.step = step
        last.count += 1
        runs[runs.count - 1] = last
      } else {
        runs.append(.init(start: place, count: 1, step: 1))
      }
    }
    return runs
  }
}
