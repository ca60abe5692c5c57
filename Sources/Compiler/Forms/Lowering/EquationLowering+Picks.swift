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

/// Reads at places that are values.
extension EquationLowering {
  /// The element at a computed place along an axis, the others being affine; nil where they are not, or
  /// are read outside of their value.
  mutating func pick(
    _ read: OperandRead, axis: Int, _ expression: RealExpression
  ) throws(GraphError) -> Polynomial? {
    let others = read.positions.enumerated().filter { $0.offset != axis }
    guard others.allSatisfy({ if case .affine = $0.element { true } else { false } }) else {
      return nil
    }
    let index = indices.count
    indices.append(
      .init(name: "place", size: maker.graph[operands[read.operand]].shape[axis]))
    var inner = read
    inner.positions[axis] = .affine(AffineIndex(index: index))
    let found = try self.read(inner)
    guard let source = found.place ?? found.constantPlace, staysInside(source) else { return nil }
    let place = try value(of: self.place(expression))
    guard maker.graph[place.value].kind == .integer else { return nil }
    let domain = span(
      Set(source.usedIndices + place.usedIndices).subtracting([index]).sorted())
    let numbers = Dictionary(
      uniqueKeysWithValues: (domain + [index]).enumerated().map { ($1, $0) })
    var list = OperandList()
    let form = PickForm(
      indices: (domain + [index]).map { indices[$0] },
      source: list.read(source.value, renumbered(source, numbers)),
      place: list.read(place.value, renumbered(place, numbers)))
    let value = maker.append(
      .pick(form), list.operands, domain.map(size), maker.graph[source.value].kind,
      name: "\(maker.name)/picked")
    return Polynomial(self.place(value, over: domain))
  }

  /// A place, of which one that counts from the end is a sum: x + n·(x < 0), rather than a function of x.
  private mutating func place(_ expression: RealExpression) throws(GraphError) -> Polynomial {
    guard
      case .select(
        .binary(.less, .read(let read), .constant(0)),
        .binary(.add, .read(let shifted), .constant(let extent)), .read(let plain)) = expression,
      read == plain, read == shifted
    else { return try polynomial(expression) }
    let isNegative = try compare(.read(read), .constant(0), isEqual: false)
    return try self.read(read) + isNegative.scaled(extent)
  }
}
