import ConstraintSystem
import Equations
import TensorGraph

// Places that several indices say together.
extension NodeView {
  /// The position along one index of an equation.
  static func along(_ index: Int) -> ReadPosition { .affine(AffineIndex(index: index)) }

  /// Indices of an equation over a shape, and more behind it.
  static func indices(_ sizes: [Int]) -> [Equation.Index] {
    sizes.enumerated().map { .init(name: "i\($0.offset)", size: $0.element) }
  }

  /// For each tuple of indices where it points to, in row-major order of the axes that it goes through,
  /// behind the leading `batch` axes. An index counts from the end where it is negative.
  ///
  /// Every index is looked up in a list of where its axis' places begin, so that one that does not exist
  /// has no answer, even where the sum would be a place.
  func starts(
    of index: ValueID, through axes: [Int], batch: Int, countsFromEnd: Bool = true,
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    let tuples = Array(builder[index].shape.dropLast())
    let strides = Shape.strides(axes)
    var operands = [index]
    var sum = RealExpression.constant(0)
    for axis in axes.indices {
      guard axis >= batch else {
        let place = AffineIndex(terms: [.init(index: axis, coefficient: strides[axis])])
        sum = .binary(.add, sum, .index(place))
        continue
      }
      let list = (0..<axes[axis]).map { Int64($0 * strides[axis]) }
      operands.append(
        emit(
          constant: try Tensor(shape: [list.count], integer: list), to: &builder, step: "starts"))
      let position = AffineIndex(constant: axis - batch)
      let chosen = RealExpression.read(
        OperandRead(operand: 0, positions: tuples.indices.map(Self.along) + [.affine(position)]))
      let start = RealExpression.read(
        OperandRead(
          operand: operands.count - 1,
          positions: [
            countsFromEnd ? Self.fromEitherEnd(chosen, along: axes[axis]) : .computed(chosen)
          ]))
      sum = sum == .constant(0) ? start : .binary(.add, sum, start)
    }
    let equation = Equation(
      indices: Self.indices(tuples), domainRank: tuples.count, value: sum)
    return try emit(equation, kind: .integer, operands, to: &builder, step: "start")
  }

  /// A computed place that counts from the end where it is negative.
  static func fromEitherEnd(_ place: RealExpression, along extent: Int) -> ReadPosition {
    let fromEnd = RealExpression.binary(.add, place, .constant(Double(extent)))
    return .computed(.select(.binary(.less, place, .constant(0)), fromEnd, place))
  }

  /// The rows of a matrix at places that are values, none of them negative.
  func rows(
    of matrix: ValueID, at places: ValueID, _ builder: inout EquationGraphBuilder,
    step: String? = nil
  ) throws(GraphError) -> ValueID {
    let (picks, width) = (builder[places].shape, builder[matrix].shape[1])
    let place = RealExpression.read(
      OperandRead(operand: 1, positions: picks.indices.map(Self.along)))
    let equation = Equation(
      indices: Self.indices(picks + [width]), domainRank: picks.count + 1,
      value: .read(
        OperandRead(operand: 0, positions: [.computed(place), Self.along(picks.count)])))
    return try emit(
      equation, kind: builder[matrix].kind, [matrix, places], to: &builder, step: step)
  }
}
