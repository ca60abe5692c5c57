import CircuitLanguage
import ConstraintSystem
import TensorGraph

/// The left side of an equation: which indices span what it defines.
struct EquationDomain {
  /// An axis of what is defined, as digits: indices, the most significant one first.
  typealias Axis = [Int]

  /// The sizes of every axis that the text names, by position.
  private(set) var groups: [[Int]] = []
  private var axes: [Axis] = []

  /// Gives the indices of the left side sizes, and makes them known to `maker` in the order of the
  /// value's axes.
  /// - Parameters:
  ///   - declared: the sizes of a result; nil for a value whose sizes follow from the equation.
  ///   - layout: orders the axes of the value, which may have more of them than the text names.
  init(
    _ positions: [OperatorPosition], _ binders: [OperatorBinder], value: OperatorExpression,
    declared: [[Int]]?, layout: ([[Int]]) -> [BoundTensor.Axis], _ maker: inout EquationMaker
  ) throws(GraphError) {
    try bind(binders, &maker)
    for (place, position) in positions.enumerated() {
      let sizes = try bind(position, binders, value, declared?[place], &maker)
      guard declared == nil || declared?[place] == sizes else {
        throw GraphError(
          .shape,
          "\(position.expression.text) runs through \(sizes) and should through "
            + "\(declared?[place] ?? [])", at: position.expression.location)
      }
      groups.append(sizes)
    }
    order(by: layout(groups), &maker)
  }

  /// Whether an axis of the value is made of several indices, so that these must be put together.
  private(set) var isSplit = false
  /// How many indices span the domain.
  private(set) var rank = 0
  /// The shape of the value.
  private(set) var shape: [Int] = []

  private mutating func bind(
    _ binders: [OperatorBinder], _ maker: inout EquationMaker
  ) throws(GraphError) {
    for binder in binders {
      let sizes = try maker.sizes(of: binder, in: [])
      // What runs through one value only is no index.
      let components = sizes.map { size in
        size == 1 ? AffineIndex() : maker.addIndex(binder.name, size: size)
      }
      maker.symbols[binder.name] = .init(components: components, isPack: binder.isPack)
    }
  }

  /// The sizes of the axes at a position.
  private mutating func bind(
    _ position: OperatorPosition, _ binders: [OperatorBinder], _ value: OperatorExpression,
    _ declared: [Int]?, _ maker: inout EquationMaker
  ) throws(GraphError) -> [Int] {
    let expression = position.expression
    if case .name(let name) = expression.kind, !binders.contains(where: { $0.name == name }) {
      let binder = OperatorBinder(
        name: name, isPack: position.isPack, size: nil, location: expression.location)
      let sizes = if let declared { declared } else { try maker.sizes(of: binder, in: [value]) }
      let components = sizes.map { maker.addIndex(name, size: $0) }
      maker.symbols[name] = .init(components: components, isPack: position.isPack)
      axes += components.map { $0.terms.map(\.index) }
      return sizes
    }
    guard position.isPack else { return [try digits(expression, nil, &maker)] }
    var sizes: [Int] = []
    for axis in 0..<(maker.rank(expression) ?? 0) {
      sizes.append(try digits(expression, axis, &maker))
    }
    return sizes
  }

  /// The size of an axis whose position is made of digits, each with the sizes of the following
  /// ones as its coefficient.
  private mutating func digits(
    _ expression: OperatorExpression, _ component: Int?, _ maker: inout EquationMaker
  ) throws(GraphError) -> Int {
    maker.isPosition = true
    defer { maker.isPosition = false }
    let value = try maker.expression(expression, component)
    guard case .affine(let position) = ReadPosition.of(value), position.constant == 0 else {
      throw GraphError(
        .shape, "\(expression.text) is not made of indices", at: expression.location)
    }
    let terms = position.terms.sorted { $0.coefficient > $1.coefficient }
    var size = 1
    for term in terms.reversed() {
      guard term.coefficient == size else {
        throw GraphError(
          .shape,
          "\(expression.text) does not run through every place once: it has the coefficient "
            + "\(term.coefficient) and should have \(size)", at: expression.location)
      }
      let (product, overflow) = size.multipliedReportingOverflow(
        by: maker.indices[term.index].size)
      guard !overflow else {
        throw GraphError(
          .tooLarge, "\(expression.text) runs through too many places", at: expression.location)
      }
      size = product
    }
    axes.append(terms.map(\.index))
    return size
  }

  /// Numbers the indices in the order of the value's axes.
  private mutating func order(
    by layout: [BoundTensor.Axis], _ maker: inout EquationMaker
  ) {
    var order: [Int] = []
    for axis in layout {
      switch axis {
      case .single:
        order.append(maker.addIndex("1", size: 1).terms[0].index)
        shape.append(1)
      case .named(let place):
        // An axis of one element needs an index of its own.
        let digits =
          axes[place].isEmpty ? [maker.addIndex("1", size: 1).terms[0].index] : axes[place]
        order += digits
        isSplit = isSplit || digits.count > 1
        shape.append(digits.reduce(1) { $0 * maker.indices[$1].size })
      }
    }
    rank = order.count
    maker.reorder(order)
  }
}

extension EquationMaker {
  /// Numbers the indices anew; `order` lists all of them.
  fileprivate mutating func reorder(_ order: [Int]) {
    var places = [Int](repeating: 0, count: indices.count)
    for (place, index) in order.enumerated() { places[index] = place }
    indices = order.map { indices[$0] }
    symbols = symbols.mapValues { symbol in
      var symbol = symbol
      symbol.components = symbol.components.map { component in
        let terms = component.terms.map {
          AffineIndex.Term(index: places[$0.index], coefficient: $0.coefficient)
        }
        return AffineIndex(
          constant: component.constant, terms: terms.sorted { $0.index < $1.index })
      }
      return symbol
    }
  }
}
