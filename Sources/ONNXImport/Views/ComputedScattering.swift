import ConstraintSystem
import Equations
import TensorGraph

// Elements put at places that are values: every place is compared with every index.
extension NodeView {
  /// How many comparisons of a place with an index there may be.
  private static let maximumComparisons = 1 << 22

  /// The rows of `data`, of which the rows of `updates` take the places that are said for them, the last
  /// one where there are several, or with which they are combined as the node says.
  func scatteredRows(
    _ updates: ValueID, into data: ValueID, at places: ValueID,
    _ builder: inout EquationGraphBuilder, step: String? = nil
  ) throws(GraphError) -> ValueID {
    let (rows, width) = (builder[data].shape[0], builder[data].shape[1])
    let count = builder[updates].shape[0]
    let test = RealExpression.binary(
      .equal, .read(OperandRead(operand: 0, positions: [Self.along(1)])), Self.index(0))
    return try scattered(
      updates, into: data,
      Scatter(
        hits: try hits(test, over: [rows, count], [places], &builder), outer: [], inner: [width],
        rows: rows, count: count), &builder, step: step)
  }

  /// Elements that are put along an axis, for which `index` says the places.
  func scatteredElements(
    _ updates: ValueID, into data: ValueID, at index: ValueID, axis: Int,
    _ builder: inout EquationGraphBuilder, step: String? = nil
  ) throws(GraphError) -> ValueID {
    let (shape, picks) = (builder[data].shape, builder[index].shape)
    let numbers = (0..<shape[axis]).map { Int64($0) }
    let list = emit(
      constant: try Tensor(shape: [numbers.count], integer: numbers), to: &builder, step: "numbers")
    let places = try picked(list, index, axis: 0, &builder, step: "place")
    let (outer, inner) = (Array(shape[..<axis]), Array(shape[(axis + 1)...]))
    let sizes = outer + [shape[axis], picks[axis]] + inner
    let positions = sizes.indices.filter { $0 != axis }.map(Self.along)
    let test = RealExpression.binary(
      .equal, .read(OperandRead(operand: 0, positions: positions)), Self.index(axis))
    return try scattered(
      updates, into: data,
      Scatter(
        hits: try hits(test, over: sizes, [places], &builder), outer: outer, inner: inner,
        rows: shape[axis], count: picks[axis], isShared: false), &builder, step: step)
  }

  static func index(_ index: Int) -> RealExpression { .index(AffineIndex(index: index)) }

  private func hits(
    _ test: RealExpression, over sizes: [Int], _ operands: [ValueID],
    _ builder: inout EquationGraphBuilder
  ) throws(GraphError) -> ValueID {
    guard try Shape.elementCount(sizes) <= Self.maximumComparisons else {
      throw GraphError(
        .unsupported,
        "its indices depend on an input of the network, and each of \(sizes) places is compared; "
          + "up to \(Self.maximumComparisons) are")
    }
    let equation = Equation(
      indices: Self.indices(sizes), domainRank: sizes.count, value: test)
    return try emit(equation, kind: .boolean, operands, to: &builder, step: "hits")
  }
}

/// Where updates meet rows: axes of rows and updates alike, one of rows, one of updates, and those that
/// both have behind these.
private struct Scatter {
  /// Whether an update comes to a row, along all outer axes, rows, updates, and inner axes.
  let hits: ValueID
  let outer: [Int]
  let inner: [Int]
  let rows: Int
  let count: Int
  /// Whether the inner axes are together, so that `hits` lacks them.
  var isShared = true

  var axis: Int { outer.count }
  var shape: [Int] { outer + [rows] + inner }
  /// An equation's indices: those of the result, and the updates' number.
  var sizes: [Int] { shape + [count] }
  private var update: Int { shape.count }

  private func read(_ operand: Int, _ places: [Int]) -> RealExpression {
    .read(OperandRead(operand: operand, positions: places.map(NodeView.along)))
  }

  private var before: [Int] { Array(0..<axis) }
  private var behind: [Int] { Array(axis + 1..<shape.count) }

  var hit: RealExpression { read(0, before + [axis, update] + (isShared ? [] : behind)) }
  func data(_ operand: Int) -> RealExpression { read(operand, Array(0..<shape.count)) }
  func news(_ operand: Int) -> RealExpression { read(operand, before + [update] + behind) }

  func reduced(_ reduction: RealExpression.Reduction, _ term: RealExpression) -> RealExpression {
    .reduce(reduction, over: [update], term)
  }

  func equation(_ value: RealExpression) -> Equation {
    Equation(indices: NodeView.indices(sizes), domainRank: shape.count, value: value)
  }

  /// For each row, and where inner axes differ each of its elements, its place among the rows and the
  /// updates behind them.
  func chosen() -> Equation {
    let axes = outer + [rows] + (isShared ? [] : inner)
    let hit = RealExpression.read(
      OperandRead(
        operand: 0,
        positions: (before + [axis, axes.count] + Array(axis + 1..<axes.count))
          .map(NodeView.along)))
    let behind = AffineIndex(constant: rows, terms: [.init(index: axes.count, coefficient: 1)])
    let place = RealExpression.select(hit, .index(behind), NodeView.index(axis))
    return Equation(
      indices: NodeView.indices(axes + [count]), domainRank: axes.count,
      value: .reduce(.maximum, over: [axes.count], place))
  }
}

extension NodeView {
  private func scattered(
    _ updates: ValueID, into data: ValueID, _ scatter: Scatter,
    _ builder: inout EquationGraphBuilder, step: String?
  ) throws(GraphError) -> ValueID {
    let kind = builder[data].kind
    guard builder[updates].kind == kind else {
      throw GraphError(.elementType, "its updates are of another type than its data")
    }
    let (hit, old, new) = (scatter.hit, scatter.data(1), scatter.news(2))
    let value: RealExpression
    switch try string("reduction") ?? "none" {
    case "none": return try replaced(updates, in: data, scatter, &builder, step: step)
    case "add": value = .binary(.add, old, scatter.reduced(.sum, .binary(.multiply, hit, new)))
    case "mul":
      value = .binary(
        .multiply, old, scatter.reduced(.product, .select(hit, new, .constant(1))))
    case "max":
      value = .binary(.maximum, old, scatter.reduced(.maximum, .select(hit, new, old)))
    case "min":
      value = .binary(.minimum, old, scatter.reduced(.minimum, .select(hit, new, old)))
    case let word: throw GraphError(.attribute, "the attribute \"reduction\" is \"\(word)\"")
    }
    guard kind != .boolean else { throw GraphError(.elementType, "truth values are combined") }
    return try emit(
      scatter.equation(value), kind: kind, [scatter.hits, data, updates], to: &builder, step: step)
  }

  /// Each row, or the last update that comes to it.
  private func replaced(
    _ updates: ValueID, in data: ValueID, _ scatter: Scatter,
    _ builder: inout EquationGraphBuilder, step: String?
  ) throws(GraphError) -> ValueID {
    let chosen = try emit(
      scatter.chosen(), kind: .integer, [scatter.hits], to: &builder, step: "chosen")
    let joined = try emit(
      .concatenate(axis: scatter.axis), [data, updates], to: &builder, step: "joined")
    return scatter.isShared
      ? try rows(of: joined, at: chosen, &builder, step: step)
      : try pickedElements(
        joined, chosen, axis: scatter.axis, countsFromEnd: false, &builder, step: step)
  }
}
