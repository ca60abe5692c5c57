import Equations
import TensorGraph

extension NodeView {
  /// The places of an axis that are listed, in their order: slices, joined, where each place comes as often
  /// as the others in a row repeated.
  func emit(
    takingFrom operand: ValueID, axis: Int, at places: [Int],
    to builder: inout EquationGraphBuilder, step: String? = nil
  ) throws(GraphError) -> ValueID {
    let times = Self.repetitions(places)
    guard times == 1 else {
      let once = stride(from: 0, to: places.count, by: times).map { places[$0] }
      let taken = try emit(takingFrom: operand, axis: axis, at: once, to: &builder, step: "taken")
      return try emit(repeating: taken, axis: axis, times: times, to: &builder, step: step)
    }
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

  /// Each element of an axis so many times in a row.
  private func emit(
    repeating operand: ValueID, axis: Int, times: Int, to builder: inout EquationGraphBuilder,
    step: String?
  ) throws(GraphError) -> ValueID {
    var shape = builder[operand].shape
    shape.insert(1, at: axis + 1)
    let single = try emit(.reshape(shape), [operand], to: &builder, step: "single")
    shape[axis + 1] = times
    let many = try emit(.broadcast(shape), [single], to: &builder, step: "many")
    shape[axis] *= shape.remove(at: axis + 1)
    return try emit(.reshape(shape), [many], to: &builder, step: step)
  }

  /// How often in a row all places come, where that divides each of their runs.
  static func repetitions(_ places: [Int]) -> Int {
    var (greatest, length) = (0, 0)
    func divisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : divisor(b, a % b) }
    for (number, place) in places.enumerated() {
      length += 1
      guard number + 1 == places.count || places[number + 1] != place else { continue }
      (greatest, length) = (divisor(greatest, length), 0)
    }
    return max(greatest, 1)
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
