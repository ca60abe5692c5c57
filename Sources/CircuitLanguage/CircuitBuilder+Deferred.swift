import ConstraintSystem

// What is asked for while layers are added.
extension CircuitBuilder {
  /// - Parameter name: of all statements that come of it.
  func origin(_ name: String, layer: String) -> Origin {
    Origin(
      name: name, layer: layer, step: step, instance: instances.count,
      programLength: program.steps.count)
  }

  /// Asks that the value, a sum of products, is in the range at every value of the domain's indices.
  /// What is not linear is committed.
  /// - Parameter hint: how the value is computed; of no importance where it is linear.
  mutating func ask(
    _ value: Polynomial, in range: ClosedRange<Int>, isLoose: Bool, _ frame: StatementFrame,
    _ origin: Origin, hint: HintExpression
  ) throws(CircuitLanguageError) {
    guard range.span < UInt64(1) << 47 else {
      throw CircuitLanguageError("a range that is looked up has at most 2^47 values")
    }
    let indices = Array(frame.indices[..<frame.domainRank])
    var value = value
    try value.subtract(range.lowerBound)
    let size = range.upperBound - range.lowerBound + 1
    guard size > 1 else {
      return try addEquality(
        Equality(
          name: origin.name, indices: frame.indices, domainRank: frame.domainRank,
          terms: value.asTerms()))
    }
    let interval = interval(of: value.asTerms(), indices: frame.indices)
    var request = RangeRequest(
      origin: origin, indices: indices, value: value.linear,
      kind: RangeKind(size: size, isLoose: isLoose, spareBits: 0))
    if !value.terms.isEmpty {
      guard capture == nil else {
        throw CircuitLanguageError("only a linear expression can be looked up in a choice")
      }
      let shifted = HintExpression.subtract(hint, .constant(range.lowerBound))
      request.value = try committed(value, shifted, size: size, frame, origin)
      request.isCommitted = true
    }
    // A value by itself is bounded by its own range.
    if !isLoose, request.isCommitted || request.value.terms.count > 1, let interval {
      request.kind.spareBits = RangeKind.spareBits(interval)
    }
    try add(request)
  }

  /// Commits a sum of products.
  private mutating func committed(
    _ value: Polynomial, _ hint: HintExpression, size: Int, _ frame: StatementFrame,
    _ origin: Origin
  ) throws(CircuitLanguageError) -> LinearExpression {
    try checkSizes(frame.domainSizes)
    let name = "\(origin.layer).part"
    let tensor = addWitness(
      name: name, shape: frame.domainSizes, range: 0...size - 1, fractionalBits: 0)
    addStep(
      .init(
        name: origin.name, target: tensor, indices: frame.indices,
        computation: .expression(hint)))
    let read = LinearExpression(
      TensorRead(
        tensor: tensor, positions: (0..<frame.domainRank).map { AffineIndex(index: $0) }))
    try addEquality(
      Equality(
        name: origin.name, indices: frame.indices, domainRank: frame.domainRank,
        terms: value.asTerms() + [.init(coefficient: -1, factors: [read])]))
    return read
  }

  private mutating func add(_ request: RangeRequest) throws(CircuitLanguageError) {
    try charge(1 + request.value.terms.count)
    try checkPositions(request.value)
    var request = request
    request.value = readingCopies(request.value)
    // What the value reads has been computed here, copies of weights included.
    request.origin.programLength = program.steps.count
    if capture != nil {
      capture?.ranges.append(request)
    } else {
      deferred.ranges.append(request)
    }
  }

  /// Asks that something bounds the tensor of a view, if need be its range.
  mutating func askBound(
    of view: TensorView, _ name: String, _ origin: Origin
  ) throws(CircuitLanguageError) {
    guard let tensor = view.tensor, system.tensors[tensor].role.isWitness else {
      throw CircuitLanguageError("'\(name)' is not a tensor that is committed, as a hint is")
    }
    deferred.bounds.append(
      BoundRequest(origin: origin, tensor: tensor, range: system.tensors[tensor].range))
  }

  /// Runs the work, and gives the statements that it adds instead of adding them.
  mutating func captured(
    _ work: (inout CircuitBuilder) throws(CircuitLanguageError) -> Void
  ) throws(CircuitLanguageError) -> StatementChoice.Branch {
    capture = StatementChoice.Branch()
    try work(&self)
    let branch = capture
    capture = nil
    return branch ?? .init()
  }
}

extension Polynomial {
  mutating func subtract(_ value: Int) throws(CircuitLanguageError) {
    let (constant, overflow) = linear.constant.subtractingReportingOverflow(value)
    guard !overflow else {
      throw CircuitLanguageError("a constant leaves the 64-bit integers")
    }
    linear.constant = constant
  }
}
