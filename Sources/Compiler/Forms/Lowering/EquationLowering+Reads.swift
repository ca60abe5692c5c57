import ConstraintSystem
import Equations
import TensorGraph

extension EquationLowering {
  /// A read as an element of one value, at positions that a form can have.
  mutating func read(_ read: OperandRead) throws(GraphError) -> Polynomial {
    let value = try maker.finite(operands[read.operand])
    var affines: [AffineIndex] = []
    for (axis, position) in read.positions.enumerated() {
      guard case .affine(let affine) = position else {
        return try picked(read, axis: axis)
      }
      affines.append(affine)
    }
    let place = try straightened(Place(value: value, positions: affines))
    let isConstant = maker.isConstant(value)
    // A constant's axes stay the domain's.
    let positions = place.positions.withoutSingle { isConstant && $0 < domainRank ? 2 : size($0) }
    return element(Place(value: place.value, positions: positions))
  }

  /// A place that uses no index in two positions, such as those of a diagonal: its value is read in
  /// row-major order instead.
  private mutating func straightened(_ place: Place) throws(GraphError) -> Place {
    let list = place.positions.flatMap { $0.terms.map(\.index) }
    if Set(list).count == list.count { return place }
    let shape = maker.graph[place.value].shape
    guard staysInside(place) else {
      throw GraphError(.unsupported, "it reads a diagonal that leaves its operand")
    }
    var position = AffineIndex()
    for (axis, stride) in zip(place.positions, Shape.strides(shape)) {
      position = AffineIndex(
        constant: position.constant + stride * axis.constant,
        coefficients: Dictionary(
          (position.terms
            + axis.terms.map { .init(index: $0.index, coefficient: stride * $0.coefficient) })
            .map { ($0.index, $0.coefficient) }, uniquingKeysWith: +))
    }
    let count = maker.graph[place.value].count
    let flat = maker.append(
      .view(.reshape([count])), [place.value], [count], maker.graph[place.value].kind,
      name: "\(maker.name)/flat")
    return Place(value: flat, positions: [position])
  }

  /// An element at a computed place: where the places are constants, of a view that has them in order, or
  /// Σ over k of x[k] where the place is k; otherwise a pick, or that sum where there are several places.
  private mutating func picked(
    _ read: OperandRead, axis: Int
  ) throws(GraphError) -> Polynomial {
    guard case .computed(let expression) = read.positions[axis] else {
      throw GraphError(.structure, "a position that is not computed")
    }
    if isConstant(expression), let ordered = try ordered(read, axis: axis, expression) {
      return try self.read(ordered)
    }
    if !isConstant(expression), let picked = try pick(read, axis: axis, expression) {
      return picked
    }
    let extent = maker.graph[operands[read.operand]].shape[axis]
    let index = indices.count
    indices.append(.init(name: "place", size: extent))
    var inner = read
    inner.positions[axis] = .affine(AffineIndex(index: index))
    let isHere: Polynomial
    if isConstant(expression) {
      let test = RealExpression.binary(
        .equal, .index(AffineIndex(index: index)), expression)
      isHere = try polynomial(constant(test))
    } else {
      let places = try constant(.index(AffineIndex(index: index)))
      isHere = try compare(expression, places, isEqual: true)
    }
    return summed(try product(isHere, self.read(inner)), [index])
  }
}
