import ConstraintSystem

// Definitions in index notation without a circuit file: what a compiler makes of an equation.
extension CircuitBuilder {
  /// The sum as a view: exact, and written out wherever it is read. Nothing is committed, but for
  /// copies of operands that can not be read as they stand, such as one that a reshape has split
  /// across an axis.
  ///
  /// - Parameters:
  ///   - operands: what the sum's reads name by number. In a product none may be a product or a sum
  ///     over an index itself.
  ///   - fractionalBits: of the result. They hang on nothing: a coefficient says what a factor of one
  ///     unit adds in the unit of the result.
  /// - Throws: when the sum does not fit the operands, or may leave the 64-bit integers.
  public mutating func sum(
    _ sum: ViewSum, _ operands: [TensorView], name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    do {
      return try accounting(name: name, circuit: "sum", keepsEmpty: false) {
        (builder: inout CircuitBuilder) throws(CircuitLanguageError) in
        try builder.defined(sum, operands, name: name, fractionalBits: fractionalBits)
      }
    } catch {
      throw CircuitLanguageError(error.message, instance: name)
    }
  }

  /// The elements of a view at positions that are affine in indices of the given sizes, as another
  /// view. It is the view itself where that is what the positions say.
  public mutating func read(
    _ view: TensorView, sizes: [Int], positions: [AffineIndex], name: String
  ) throws(CircuitLanguageError) -> TensorView {
    if view.isRead(whole: positions, sizes: sizes) { return view }
    return try sum(
      ViewSum(reading: positions, sizes: sizes), [view], name: name,
      fractionalBits: view.fractionalBits)
  }

  /// A committed tensor of what the table has for each element, which the lookups also show to be one
  /// of the table's arguments.
  ///
  /// - Parameter x: is committed first where it is not a linear expression.
  public mutating func apply(
    _ request: TableRequest, _ x: TensorView, name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    do {
      return try accounting(name: name, circuit: "table \(request.text)") {
        (builder: inout CircuitBuilder) throws(CircuitLanguageError) in
        try builder.applied(request, x, name: name, fractionalBits: fractionalBits)
      }
    } catch {
      throw error.inInstance(name)
    }
  }
}

extension TensorView {
  /// Whether reading at the positions gives the view as it is.
  func isRead(whole positions: [AffineIndex], sizes: [Int]) -> Bool {
    sizes == shape && positions == shape.indices.map { AffineIndex(index: $0) }
  }
}

extension CircuitBuilder {
  private mutating func defined(
    _ sum: ViewSum, _ operands: [TensorView], name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    try charge(sum.partCount)
    try checkSizes(sum.indices.map(\.size))
    try sum.check(operands.map(\.shape))
    var scope = Scope(sum, operands, name: name, fractionalBits: fractionalBits)
    var frame = try frame(of: sum, in: &scope)
    var linear = LinearSum()
    var products: [Equality.Term] = []
    for (term, expression) in zip(sum.terms, frame.expressions) {
      let part = try frame.polynomial(expression, in: scope, self).multiplied(by: term.coefficient)
      guard let part, linear.add(part.linear, times: 1) else {
        throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
      }
      products += part.terms
    }
    let value = Polynomial(linear: linear.expression, terms: products)
    var view = try frame.target(name, value.asTerms(), self)
    if sum.terms.count == 1, sum.terms[0].coefficient == 1, sum.terms[0].summed.isEmpty,
      sum.terms[0].factors.count == 1
    {
      view.narrowRange(to: operands[sum.terms[0].factors[0].operand])
    }
    view.identity = freshIdentity()
    view.fractionalBits = fractionalBits
    return view
  }

  private mutating func applied(
    _ request: TableRequest, _ x: TensorView, name: String, fractionalBits: Int
  ) throws(CircuitLanguageError) -> TensorView {
    let table = try library.table(request)
    guard table.columnCount == 2 else {
      throw CircuitLanguageError(
        "table '\(request.text)' has \(table.columnCount) columns, not 2")
    }
    let argument = x.isLinear ? x : try materialised(x, name: name + ".argument")
    try charge(argument)
    guard let value = argument.linear else {
      throw CircuitLanguageError("a coefficient leaves the 64-bit integers")
    }
    let (indices, substitution) = argument.inOrder
    let linear = substitution.apply(value)
    let number = try tableIndex(table)
    let values = system.tables[number].columns[0]
    let all = (values.min() ?? 0)...(values.max() ?? 0)
    let range = request.results.map { all.clamped(to: $0) } ?? all
    let result = addWitness(
      name: name, shape: argument.shape, range: range, fractionalBits: fractionalBits)
    addStep(
      .init(
        name: name, target: result, indices: indices,
        computation: .expression(.table(number, column: 1, HintExpression(linear)))))
    let positions = try copyPositions(argument, shape: argument.shape, name: name)
    try addLookup(
      Lookup(
        name: "\(name) (\(request.text))", indices: indices,
        columns: [linear, LinearExpression(TensorRead(tensor: result, positions: positions))],
        table: number), in: table)
    if let results = request.results, range != all {
      let own = origin(name, layer: name)
      deferred.ranges.append(
        BoundRequest(origin: own, tensor: result, range: results).request(in: system))
    }
    return TensorView(
      tensor: result, declaration: system.tensors[result], identity: freshIdentity())
  }
}

extension HintExpression {
  /// The expression that says the same as a linear one, as a balanced tree.
  init(_ linear: LinearExpression) {
    var summands: [HintExpression] = linear.terms.map {
      $0.coefficient == 1 ? .read($0.read) : .multiply(.constant($0.coefficient), .read($0.read))
    }
    if linear.constant != 0 { summands.append(.constant(linear.constant)) }
    self = .sum(summands[...])
  }

  /// The sum as a balanced tree, so that a long concatenation is not nested deeply.
  static func sum(_ summands: ArraySlice<HintExpression>) -> HintExpression {
    guard summands.count > 1 else { return summands.first ?? .constant(0) }
    let middle = summands.startIndex + summands.count / 2
    return .add(sum(summands[..<middle]), sum(summands[middle...]))
  }
}
