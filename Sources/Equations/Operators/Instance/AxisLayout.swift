/// Which axes the values of an instance have, where these are not those that equations name in
/// their order.
struct AxisLayout {
  /// How many axes the packs have that adapters know of.
  var ranks: [String: Int] = [:]
  private var reduction: Reduction?

  private struct Reduction {
    /// The packs of axes that are kept and that are gone.
    var packs: [String]
    var axes: ReducedAxes
    /// Whether results keep axes of size one for those that are gone.
    var isKeeping: Bool
  }

  mutating func reduce(_ packs: [String], _ axes: ReducedAxes, isKeeping: Bool) {
    ranks[packs[0]] = axes.kept.count
    ranks[packs[1]] = axes.gone.count
    reduction = Reduction(packs: packs, axes: axes, isKeeping: isKeeping)
  }

  /// The axes of a value.
  /// - Parameters:
  ///   - result: the value's declaration; nil for one that is no result.
  ///   - groups: the sizes of the axes that equations name.
  ///   - singles: before which of these it has an axis of size one.
  func axes(
    of result: TensorDeclaration?, groups: [[Int]], singles: [Int]
  ) -> [BoundTensor.Axis] {
    if let result, let reduction {
      if result.packs == reduction.packs { return reduction.axes.order.map { .named($0) } }
      if result.packs == [reduction.packs[0]], reduction.isKeeping {
        let rank = reduction.axes.kept.count + reduction.axes.gone.count
        return (0..<rank).map { axis in
          reduction.axes.kept.firstIndex(of: axis).map { .named($0) } ?? .single
        }
      }
    }
    var axes: [BoundTensor.Axis] = []
    var place = 0
    for (position, sizes) in groups.enumerated() {
      axes += singles.filter { $0 == position }.map { _ in .single }
      axes += sizes.indices.map { .named(place + $0) }
      place += sizes.count
    }
    return axes + singles.filter { $0 >= groups.count }.map { _ in .single }
  }
}

extension OperatorDefinition {
  /// The statements that define the given results, and what these are made of.
  func needed(for results: Set<String>) -> Set<Int> {
    var names = results
    var needed: Set<Int> = []
    for (place, statement) in statements.enumerated().reversed() {
      guard case .equation(let name, _, let value, _) = statement.kind, names.contains(name) else {
        continue
      }
      needed.insert(place)
      names.formUnion(value.tensorNames)
    }
    return needed
  }
}

extension OperatorExpression {
  /// The names of what it reads, and maybe others.
  fileprivate var tensorNames: [String] {
    switch kind {
    case .name(let name): [name]
    case .read(let name, _): [name] + kind.parts.flatMap(\.tensorNames)
    default: kind.parts.flatMap(\.tensorNames)
    }
  }
}
