import ConstraintSystem
import Equations
import TensorGraph

/// Reads at places that are constants.
extension EquationLowering {
  /// Slices of this many runs are joined into a view at the most.
  private static let maximumRuns = 256

  /// The read at affine positions, of a view that has the picked elements in order where they are in none;
  /// nil where that would be too many slices.
  mutating func ordered(
    _ read: OperandRead, axis: Int, _ expression: RealExpression
  ) throws(GraphError) -> OperandRead? {
    let tensors = operands.map { maker.graph.constants[$0] }
    let block = try ConstantEvaluation(sizes: sizes, operands: tensors).block(expression)
    let value = operands[read.operand]
    let shape = maker.graph[value].shape
    let places = try block.values.mapTyped { value throws(GraphError) in
      guard let place = Int(exactly: value), (0..<shape[axis]).contains(place) else {
        throw GraphError(.value, "an element \(value) of \(shape[axis]) is read")
      }
      return place
    }
    var result = read
    if let affine = affine(places, block.indices) {
      result.positions[axis] = .affine(affine)
      return result
    }
    let runs = runs(places)
    guard runs.count <= Self.maximumRuns else { return nil }
    let parts = runs.map { run in
      let slices = shape.indices.map {
        $0 == axis ? run : ViewStep.AxisSlice(start: 0, count: shape[$0], step: 1)
      }
      return view(.slice(slices), [value], shape, axis, run.count)
    }
    operands.append(view(.concatenate(axis: axis), parts, shape, axis, places.count))
    result.operand = operands.count - 1
    let strides = Shape.strides(block.indices.map(size))
    result.positions[axis] = .affine(
      AffineIndex(
        constant: 0,
        coefficients: Dictionary(uniqueKeysWithValues: zip(block.indices, strides))))
    return result
  }

  private mutating func view(
    _ step: ViewStep, _ operands: [ValueID], _ shape: [Int], _ axis: Int, _ count: Int
  ) -> ValueID {
    var shape = shape
    shape[axis] = count
    return maker.append(
      .view(step), operands, shape, maker.graph[operands[0]].kind, name: "\(maker.name)/picked")
  }

  /// The places as an affine function of the indices; nil where they are none.
  private func affine(_ places: [Int], _ indices: [Int]) -> AffineIndex? {
    let strides = Shape.strides(indices.map(size))
    var coefficients: [Int: Int] = [:]
    for (index, stride) in zip(indices, strides) where size(index) > 1 {
      coefficients[index] = places[stride] - places[0]
    }
    let position = AffineIndex(constant: places[0], coefficients: coefficients)
    var all = [Int](repeating: 0, count: self.indices.count)
    for (offset, place) in places.enumerated() {
      for (index, stride) in zip(indices, strides) { all[index] = offset / stride % size(index) }
      if position.value(at: all) != place { return nil }
    }
    return position
  }

  /// The places as slices of one step each.
  private func runs(_ places: [Int]) -> [ViewStep.AxisSlice] {
    var runs: [ViewStep.AxisSlice] = []
    for place in places {
      if var last = runs.last {
        let distance = place - (last.start + (last.count - 1) * last.step)
        if distance != 0 && (last.count == 1 || distance == last.step) {
          (last.step, last.count) = (distance, last.count + 1)
          runs[runs.count - 1] = last
          continue
        }
      }
      runs.append(.init(start: place, count: 1, step: 1))
    }
    return runs
  }
}
