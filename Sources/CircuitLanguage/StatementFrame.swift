import ConstraintSystem

/// A statement whose names are resolved and whose indices are split into digits, so that every
/// read of every view is affine in them.
struct StatementFrame {
  var space: IndexSpace
  var expressions: [ResolvedExpression]
  /// The positions on the left of a definition or a hint, with the sizes of the axes.
  var left: [AffineIndex]
  var leftTellsSize: [Bool]
  var leftShape: [Int]
  /// The indices of the statement: the domain's, the reductions', then those of accumulators that
  /// are written out.
  var indices: [StatementIndex] = []
  var domainRank = 0

  var domainSizes: [Int] { indices[..<domainRank].map(\.size) }

  /// Every read in the statement.
  var uses: [ReadUse] {
    var result: [ReadUse] = []
    for expression in expressions { expression.collectReads(into: &result) }
    return result
  }
}

extension ResolvedExpression {
  func collectReads(into uses: inout [ReadUse]) {
    switch self {
    case .constant, .index: break
    case .read(let use): uses.append(use)
    case .negate(let operand), .table(_, let operand): operand.collectReads(into: &uses)
    case .reduction(_, _, let body): body.collectReads(into: &uses)
    case .binary(_, let left, let right, _):
      left.collectReads(into: &uses)
      right.collectReads(into: &uses)
    case .function(_, let arguments), .element(_, let arguments, _):
      for argument in arguments { argument.collectReads(into: &uses) }
    }
  }
}

extension CircuitBuilder {
  /// Resolves a statement; views that can not be read as they stand are replaced by copies.
  mutating func frame(
    _ positions: [Position]?, _ shape: [Int]?, _ target: String, _ expressions: [Expression],
    _ binders: [Binder], in scope: inout Scope
  ) throws(CircuitLanguageError) -> StatementFrame {
    let library = library
    return try frame(target: positions == nil ? nil : target, in: &scope) {
      (scope: Scope) throws(CircuitLanguageError) in
      var resolver = Resolver(scope: scope, library: library, bindsFreely: true)
      let left = try resolver.positions(positions ?? [])
      resolver.bindsFreely = positions == nil
      _ = try resolver.bind(binders, isDomain: true)
      var resolved: [ResolvedExpression] = []
      for expression in expressions { resolved.append(try resolver.resolve(expression)) }
      var frame = StatementFrame(
        space: resolver.space, expressions: resolved, left: left,
        leftTellsSize: resolver.tellsSize(positions ?? []), leftShape: shape ?? [])
      try frame.findSizes(in: scope, hasShape: shape != nil, target: target)
      return frame
    }
  }

  /// The frame of a sum, with an expression for each of its terms, coefficients left out.
  mutating func frame(
    of sum: ViewSum, in scope: inout Scope
  ) throws(CircuitLanguageError) -> StatementFrame {
    try frame(target: "", in: &scope) { (scope: Scope) throws(CircuitLanguageError) in
      var space = IndexSpace()
      for (number, index) in sum.indices.enumerated() {
        _ = space.add(
          .init(
            name: index.name, size: index.size, isDomain: number < sum.domainRank,
            location: scope.definition.location))
      }
      let domain = 0..<sum.domainRank
      return StatementFrame(
        space: space, expressions: sum.terms.map { $0.resolved(at: scope.definition.location) },
        left: domain.map { AffineIndex(index: $0) }, leftTellsSize: domain.map { _ in true },
        leftShape: domain.map { sum.indices[$0].size })
    }
  }

  /// Resolves a statement again and again, until all views can be read as they stand.
  private mutating func frame(
    target: String?, in scope: inout Scope,
    _ resolve: (Scope) throws(CircuitLanguageError) -> StatementFrame
  ) throws(CircuitLanguageError) -> StatementFrame {
    while true {
      var frame = try resolve(scope)
      for entry in frame.space.entries { try checkSizes([entry.size ?? 1], at: entry.location) }
      for use in frame.uses {
        if let view = scope.values[use.name] { try charge(view) }
      }
      guard let name = try frame.split(in: scope, self) else {
        try frame.number(target: target, in: scope)
        try checkSizes(frame.leftShape)
        return frame
      }
      guard let view = scope.values[name] else { return frame }
      scope.values[name] = try materialised(view, name: "\(scope.name).\(name).copy")
    }
  }
}

extension ViewSum.Term {
  /// Operands are values that are called like their numbers.
  fileprivate func resolved(at location: SourceLocation) -> ResolvedExpression {
    var product = ResolvedExpression.constant(1)
    for (place, read) in factors.enumerated() {
      let use = ResolvedExpression.read(
        ReadUse(
          name: String(read.operand), positions: read.positions,
          tellsSize: read.positions.map { _ in false }, location: location))
      product = place == 0 ? use : .binary(.multiply, product, use, location)
    }
    return summed.isEmpty ? product : .reduction(.sum, summed, product)
  }
}

extension Scope {
  /// That of a sum, whose operands are called like their numbers.
  init(_ sum: ViewSum, _ operands: [TensorView], name: String, fractionalBits: Int) {
    let place = SourceLocation(file: SourceFile(name: name, text: ""), line: 1, column: 1)
    self.init(
      definition: CircuitDefinition(
        name: "sum", arguments: [], parameters: [], outputs: [], body: [], location: place),
      name: name, fractionalBits: fractionalBits, constants: [:])
    for (number, operand) in operands.enumerated() { values[String(number)] = operand }
  }
}

// Sizes.
extension StatementFrame {
  fileprivate mutating func findSizes(
    in scope: Scope, hasShape: Bool, target: String
  ) throws(CircuitLanguageError) {
    var givers: [Int: String] = [:]
    if hasShape {
      guard left.count == leftShape.count else {
        throw CircuitLanguageError(
          "'\(target)' is declared with \(leftShape.count) axes and defined with \(left.count)",
          at: scope.definition.location)
      }
      for (axis, size) in leftShape.enumerated() where leftTellsSize[axis] {
        try self.size(left[axis], size, target, &givers)
      }
    }
    for use in uses {
      guard let view = scope.values[use.name] else { continue }
      for (axis, size) in view.shape.enumerated() where use.tellsSize[axis] {
        try self.size(use.positions[axis], size, use.name, &givers)
      }
      try refuseRepeatedIndices(use)
    }
    for entry in space.entries where entry.size == nil {
      throw CircuitLanguageError(
        "the size of index '\(entry.name)' is unknown; give it, as in 'for \(entry.name) in n'",
        at: entry.location)
    }
    if !hasShape { leftShape = left.map(extent) }
  }

  private mutating func size(
    _ position: AffineIndex, _ size: Int, _ tensor: String, _ givers: inout [Int: String]
  ) throws(CircuitLanguageError) {
    guard let entry = position.plainIndex else { return }
    if space.entries[entry].size == nil {
      space.entries[entry].size = size
      givers[entry] = tensor
    } else if let giver = givers[entry], space.entries[entry].size != size {
      throw CircuitLanguageError(
        "index '\(space.entries[entry].name)' has \(space.size(entry)) values in '\(giver)' "
          + "and \(size) in '\(tensor)'", at: space.entries[entry].location)
    }
  }

  /// The size of an axis that a position on the left runs through.
  private func extent(_ position: AffineIndex) -> Int {
    position.terms.reduce(position.constant + 1) {
      $0 + $1.coefficient * (space.size($1.index) - 1)
    }
  }

  private func refuseRepeatedIndices(_ use: ReadUse) throws(CircuitLanguageError) {
    var seen: Set<Int> = []
    for position in use.positions {
      for term in position.terms where !seen.insert(term.index).inserted {
        throw CircuitLanguageError(
          "index '\(space.entries[term.index].name)' occurs in two positions of '\(use.name)'",
          at: use.location)
      }
    }
  }

  /// The bounds of a position.
  func bounds(_ position: AffineIndex) -> ClosedRange<Int> {
    var (low, high) = (position.constant, position.constant)
    for term in position.terms {
      let first = space.entries[term.index].lower
      let ends = [first, first + space.size(term.index) - 1].map { $0 * term.coefficient }
      low += ends.min() ?? 0
      high += ends.max() ?? 0
    }
    return low...high
  }
}

// Digits.
extension StatementFrame {
  /// Splits the indices so that every axis that is read whole has its digits apart.
  ///
  /// - Returns: the name of a view that has to be copied first, if there is one.
  fileprivate mutating func split(
    in scope: Scope, _ builder: CircuitBuilder
  ) throws(CircuitLanguageError) -> String? {
    var changed = true
    while changed {
      changed = false
      for use in uses {
        guard let view = scope.values[use.name] else { continue }
        for (axis, position) in use.positions.enumerated() {
          guard let chain = space.chain(position, size: view.shape[axis]) else {
            if !mayRead(view, axis, position, builder) { return use.name }
            continue
          }
          guard let split = refine(chain, by: view.cuts(of: axis), size: view.shape[axis]) else {
            return use.name
          }
          changed = changed || split
        }
      }
    }
    return nil
  }

  /// Whether the axis can be read at a position that is more than an index: it must be one digit,
  /// and what lies outside of the view must be zero there.
  private func mayRead(
    _ view: TensorView, _ axis: Int, _ position: AffineIndex, _ builder: CircuitBuilder
  ) -> Bool {
    let bounds = bounds(position)
    if 0 <= bounds.lowerBound && bounds.upperBound < view.shape[axis] {
      return view.significantDigits(of: axis).count <= 1
    }
    guard let digit = view.soleDigit(of: axis) else { return false }
    return builder.isZero(view, outside: digit, within: bounds)
  }

  /// Splits the indices of a chain at the cuts of an axis. Returns whether that changed anything,
  /// or nil when the cuts do not fit each other.
  private mutating func refine(_ chain: [Int], by cuts: Set<Int>, size: Int) -> Bool? {
    var all = cuts
    var places: [Int: Int] = [:]
    var place = 1
    for entry in chain.reversed() {
      places[entry] = place
      if place > 1 { all.insert(place) }
      for cut in space.entries[entry].cuts { all.insert(cut * place) }
      place *= space.size(entry)
    }
    let sorted = all.sorted() + [size]
    for (cut, next) in zip(sorted, sorted.dropFirst()) where next % cut != 0 { return nil }
    var changed = false
    for (entry, place) in places {
      for cut in all where cut > place && cut < place * space.size(entry) {
        changed = space.entries[entry].cuts.insert(cut / place).inserted || changed
      }
    }
    return changed
  }

  /// Numbers the digits of the indices.
  fileprivate mutating func number(
    target: String?, in scope: Scope
  ) throws(CircuitLanguageError) {
    var order: [Int] = []
    if let target {
      for (position, size) in zip(left, leftShape) {
        guard let chain = space.chain(position, size: size), Set(chain).isDisjoint(with: order)
        else {
          throw CircuitLanguageError(
            "the left side must name each element of '\(target)' once; this axis has \(size)",
            at: scope.definition.location)
        }
        order += chain
      }
    } else {
      order = space.entries.indices.filter { space.entries[$0].isDomain }
    }
    for entry in order { append(entry) }
    domainRank = indices.count
    for entry in space.entries.indices where !order.contains(entry) {
      guard !space.entries[entry].isDomain else {
        guard space.size(entry) == 1 else {
          throw CircuitLanguageError(
            "index '\(space.entries[entry].name)' does not occur on the left",
            at: space.entries[entry].location)
        }
        continue
      }
      append(entry)
    }
  }

  private mutating func append(_ entry: Int) {
    let cuts = [1] + space.entries[entry].cuts.sorted()
    var upper = space.size(entry)
    for place in cuts.reversed() {
      space.entries[entry].parts.append((indices.count, upper / place, place))
      let suffix = cuts.count == 1 ? "" : ".\(space.entries[entry].parts.count - 1)"
      indices.append(StatementIndex(name: space.entries[entry].name + suffix, size: upper / place))
      upper = place
    }
  }
}
