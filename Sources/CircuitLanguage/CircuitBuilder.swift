import ConstraintSystem

/// Puts a circuit together, layer by layer.
///
/// Tables are shared between layers. Where a layer reads a model tensor in a way that the argument
/// can not (see `Equality.Term.factors`), a copy of that tensor is committed with the witness, once.
public struct CircuitBuilder {
  let library: CircuitLibrary
  var system = ConstraintSystem()
  var program = WitnessProgram()
  /// The numbers of the system's tables, by their contents, and by how they came about.
  var tables: [LookupTable: Int] = [:]
  var resolvedTables: [ResolvedTable: Int] = [:]
  /// The places of the tables of rows that lookups may share.
  var rowTableNumbers: [RowTableKey: Int] = [:]
  /// Where tables of real functions come from, and those that did.
  let realTables: any RealTableSource
  var realTableNumbers: Set<Int> = []
  /// Witness copies of model tensors.
  private var modelCopies: [Int: Int] = [:]
  /// Temporaries that hold the values of accumulators, by the view's identity.
  private var temporaries: [Int: TensorView] = [:]
  private var lastIdentity = 0
  /// What is put into statements at the end.
  var deferred = Deferred()
  var planners = RangePlanners()
  /// The statements of the branch of a choice that is being looked at.
  var capture: StatementChoice.Branch?
  /// Whether nothing is deferred any more.
  var isSettled = false
  /// What was added at the end, and steps of the program that belong at a place before.
  var lateAdditions: [LateAddition] = []
  var lateSteps: [(place: Int, step: WitnessProgram.Step)] = []
  /// The program's loops, by their numbers.
  var loopRequests: [Int: LoopRequest] = [:]
  /// The number of the derivation's step that is being taken.
  var step = 0
  /// Units of work that may still be done; see `charge`.
  var workLeft = Int.max
  /// What each layer has cost, in the order in which the layers were added; ranges are counted when
  /// `settle` has decided how they are shown.
  public internal(set) var instances: [InstanceCost] = []

  /// Tensors from here on are temporaries; the final numbers are given at the end.
  static let temporaryBase = 1 << 40

  /// - Parameter realTables: what knows the values of tables of real functions.
  public init(library: CircuitLibrary, realTables: any RealTableSource = NoRealTables()) {
    self.library = library
    self.realTables = realTables
  }

  mutating func freshIdentity() -> Int {
    lastIdentity += 1
    return lastIdentity
  }

  /// Adds a tensor that no layer computes: an input or a part of the model.
  public mutating func addTensor(_ declaration: TensorDeclaration) -> TensorView {
    var stored = declaration
    // The argument needs an axis to bind a model tensor by.
    if stored.role == .model && stored.shape.isEmpty { stored.shape = [1] }
    system.tensors.append(stored)
    var view = TensorView(
      tensor: system.tensors.count - 1, declaration: stored, identity: freshIdentity())
    if declaration.shape.isEmpty && !stored.shape.isEmpty {
      view.shape = []
      view.axes = []
      view.digits = []
      view.terms[0].factors[0].terms[0].read.positions = [AffineIndex()]
    }
    return view
  }

  mutating func addEquality(_ equality: Equality) throws(CircuitLanguageError) {
    try charge(equality.terms.readCount)
    try checkPositions(equality.terms)
    var conforming = equality
    // The index along which the equality reads the model.
    var lane: Int?
    for term in equality.terms.indices {
      let factors = equality.terms[term].factors
      for factor in factors.indices where readsModel(factors[factor]) {
        let other = factors.count == 2 ? factors[1 - factor] : nil
        let own = modelLane(factors[factor], beside: other, in: equality)
        if let own, lane == nil || lane == own {
          lane = own
        } else {
          conforming.terms[term].factors[factor] = readingCopies(factors[factor])
        }
      }
    }
    // Of two factors that each would keep the rule alone, one has to give way.
    for term in conforming.terms.indices {
      let factors = conforming.terms[term].factors
      if factors.count == 2, factors.allSatisfy(readsModel) {
        conforming.terms[term].factors[0] = readingCopies(factors[0])
      }
    }
    if capture != nil {
      capture?.equalities.append(conforming)
    } else {
      system.equalities.append(conforming)
    }
  }

  /// - Parameter lookup: one whose table has no number yet.
  mutating func addLookup(
    _ lookup: Lookup, in table: ResolvedTable
  ) throws(CircuitLanguageError) {
    for column in lookup.columns {
      try charge(1 + column.terms.count)
      try checkPositions(column)
    }
    var conforming = lookup
    conforming.columns = lookup.columns.map { readingCopies($0) }
    guard capture == nil else {
      capture?.lookups.append((conforming, table))
      return
    }
    conforming.table = try tableIndex(table)
    system.lookups.append(conforming)
  }

  mutating func addStep(_ step: WitnessProgram.Step) { program.steps.append(step) }

  /// Adds a tensor that the program computes and the proof commits to.
  mutating func addWitness(
    name: String, shape: [Int], range: ClosedRange<Int>, fractionalBits: Int
  ) -> Int {
    system.tensors.append(
      TensorDeclaration(
        name: name, shape: shape, role: .witness, range: range, fractionalBits: fractionalBits))
    return system.tensors.count - 1
  }

  /// A view of a temporary that holds what the accumulator is worth.
  mutating func temporary(for view: TensorView, name: String) -> TensorView {
    if let known = temporaries[view.identity] { return known }
    let declaration = TensorDeclaration(
      name: name, shape: view.digits, role: .witness, range: view.range,
      fractionalBits: view.fractionalBits)
    let number = Self.temporaryBase + program.temporaries.count
    program.temporaries.append(declaration)
    let indices = (view.digits + view.summed).enumerated().map {
      StatementIndex(name: "i\($0.offset)", size: $0.element)
    }
    addStep(
      .init(
        name: name, target: number, indices: indices, computation: .sumOfProducts(view.terms)))
    var result = TensorView(tensor: number, declaration: declaration, identity: freshIdentity())
    result.shape = view.shape
    result.axes = view.axes
    temporaries[view.identity] = result
    return result
  }
}

// The rule for model tensors.
extension CircuitBuilder {
  private func isModel(_ read: TensorRead) -> Bool {
    system.tensors.indices.contains(read.tensor) && system.tensors[read.tensor].role == .model
  }

  private func readsModel(_ expression: LinearExpression) -> Bool {
    expression.terms.contains { isModel($0.read) }
  }

  /// The one index of the domain along which the factor reads the first axes of model tensors, all of
  /// each; nil where the argument could not bind them.
  private func modelLane(
    _ factor: LinearExpression, beside other: LinearExpression?, in equality: Equality
  ) -> Int? {
    var lane: Int?
    for term in factor.terms where isModel(term.read) {
      guard let first = term.read.positions.first?.plainIndex, first < equality.domainRank,
        equality.indices[first].size == system.tensors[term.read.tensor].shape.first,
        lane == nil || lane == first
      else { return nil }
      lane = first
      guard let other else { continue }
      let shared = other.terms.contains { $0.read.reads(index: first) }
      if factor.terms.count > 1 || factor.constant != 0 || term.coefficient != 1 || shared {
        return nil
      }
    }
    return lane
  }

  mutating func readingCopies(_ expression: LinearExpression) -> LinearExpression {
    var result = expression
    for place in expression.terms.indices where isModel(expression.terms[place].read) {
      result.terms[place].read.tensor = witnessCopy(of: expression.terms[place].read.tensor)
    }
    return result
  }

  private mutating func witnessCopy(of tensor: Int) -> Int {
    if let copy = modelCopies[tensor] { return copy }
    let original = system.tensors[tensor]
    let copy = addWitness(
      name: original.name + ".copy", shape: original.shape, range: original.range,
      fractionalBits: original.fractionalBits)
    modelCopies[tensor] = copy
    let positions = original.shape.indices.map { AffineIndex(index: $0) }
    let indices = original.shape.enumerated().map {
      StatementIndex(name: "i\($0.offset)", size: $0.element)
    }
    let read = TensorRead(tensor: tensor, positions: positions)
    let copied = TensorRead(tensor: copy, positions: positions)
    addStep(
      .init(
        name: original.name + ".copy", target: copy, indices: indices,
        computation: .expression(.read(read))))
    system.equalities.append(
      Equality(
        name: original.name + ".copy", indices: indices, domainRank: indices.count,
        terms: [
          .init(
            coefficient: 1,
            factors: [
              .init(terms: [
                .init(coefficient: 1, read: copied), .init(coefficient: -1, read: read),
              ])
            ])
        ]))
    return copy
  }
}

extension AffineIndex {
  /// The index that this is, without a factor or a constant.
  package var plainIndex: Int? {
    constant == 0 && terms.count == 1 && terms[0].coefficient == 1 ? terms[0].index : nil
  }
}

extension TensorRead {
  func reads(index: Int) -> Bool {
    positions.contains { $0.terms.contains { $0.index == index } }
  }
}

/// What one layer adds to the proof.
public struct InstanceCost: Equatable, Sendable {
  /// The layer.
  public var name: String
  /// The circuit that it is an instance of.
  public var circuit: String
  /// Values that are committed with each proof.
  public var witnessCells: Int
  /// Tuples that are looked up.
  public var lookups: Int
  /// Equalities, counted once for each value of their domains' indices.
  public var equalities: Int
}

extension CircuitBuilder {
  /// Runs the work and books what it adds under the name.
  /// - Parameter keepsEmpty: whether work that adds nothing is booked too.
  mutating func accounting<Result>(
    name: String, circuit: String, keepsEmpty: Bool = true,
    _ work: (inout CircuitBuilder) throws(CircuitLanguageError) -> Result
  ) throws(CircuitLanguageError) -> Result {
    let (tensors, lookups) = (system.tensors.count, system.lookups.count)
    let equalities = system.equalities.count
    let asked = (deferred.ranges.count, deferred.bounds.count, deferred.choices.count)
    guard !isSettled else {
      throw CircuitLanguageError("nothing can be added to a circuit that is settled")
    }
    let result = try work(&self)
    let isEmpty = (tensors, lookups) == (system.tensors.count, system.lookups.count)
    let nothingAsked =
      asked == (deferred.ranges.count, deferred.bounds.count, deferred.choices.count)
    if isEmpty, nothingAsked, equalities == system.equalities.count, !keepsEmpty { return result }
    instances.append(
      InstanceCost(
        name: name, circuit: circuit,
        witnessCells: Self.sum(system.tensors[tensors...].map { $0.shape.saturatingProduct }),
        lookups: Self.sum(system.lookups[lookups...].map { tupleCount(of: $0) }),
        equalities: Self.sum(
          system.equalities[equalities...].map { $0.indices[..<$0.domainRank].saturatingCount })))
    return result
  }

  private static func sum(_ counts: [Int]) -> Int { counts.reduce(0, saturatingSum) }
}

private func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? Int.max : sum
}

extension InstanceCost {
  mutating func add(witnessCells: [Int], lookups: [Int], equalities: [Int]) {
    self.witnessCells = witnessCells.reduce(self.witnessCells, saturatingSum)
    self.lookups = lookups.reduce(self.lookups, saturatingSum)
    self.equalities = equalities.reduce(self.equalities, saturatingSum)
  }
}

extension Sequence<StatementIndex> {
  /// The number of values of all indices together, or `Int.max` where it is larger.
  var saturatingCount: Int { map(\.size).saturatingProduct }
}
