import ConstraintSystem
import Equations
import TensorGraph

/// Brings a sum in order: constants alone in terms as one, equal terms as one, and no index that nothing
/// reads.
struct SumTidying {
  private let sum: SumForm
  private let node: FormGraph.Node
  private var list = OperandList()

  init(sum: SumForm, node: FormGraph.Node) {
    self.sum = sum
    self.node = node
  }

  mutating func run(_ maker: inout FormMaker) throws(GraphError) -> FormGraph.Node {
    var terms: [SumForm.Term] = []
    var constants: [SumForm.Term] = []
    for term in sum.terms {
      if isConstant(term, maker.graph) {
        constants.append(term)
      } else {
        add(term, to: &terms)
      }
    }
    terms = terms.filter { $0.coefficient != 0 }
    for term in terms.indices {
      terms[term].factors = terms[term].factors.map {
        list.read(node.operands[$0.operand], $0.positions)
      }
    }
    for term in terms.indices { try indicate(&terms[term], &maker) }
    let added = try joined(constants, &maker)
    terms = hugeFirst(terms, added, maker.graph)
    var result = node
    result.form = .sum(
      SumForm(indices: sum.indices, domainRank: sum.domainRank, terms: terms).compacted)
    result.operands = list.operands
    return result.tidied
  }

  /// Huge terms come before others, so that they cancel before doubles lose what is beside them.
  private func hugeFirst(
    _ terms: [SumForm.Term], _ added: [SumForm.Term], _ graph: FormGraph
  ) -> [SumForm.Term] {
    func isHuge(_ term: SumForm.Term) -> Bool {
      // Weights are not: whatever they multiply is a value.
      let isAdded = isConstant(term, graph, list.operands)
      let constants =
        isAdded ? term.factors.compactMap { graph.constants[list.operands[$0.operand]] } : []
      let greatest = constants.reduce(abs(term.coefficient)) { $0 * $1.greatestMagnitude }
      return greatest >= Saturation.cancelling
    }
    guard (terms + added).contains(where: isHuge) else { return terms + added }
    return (added + terms).filter(isHuge) + terms.filter { !isHuge($0) }
      + added.filter { !isHuge($0) }
  }

  private func isConstant(
    _ term: SumForm.Term, _ graph: FormGraph, _ operands: [ValueID]? = nil
  ) -> Bool {
    term.factors.allSatisfy { graph.constants[(operands ?? node.operands)[$0.operand]] != nil }
  }

  /// Makes the constant that a term multiplies truths with one of zeros and ones, where it is one great
  /// number or zero: what masks is exact whatever is added to it.
  private mutating func indicate(
    _ term: inout SumForm.Term, _ maker: inout FormMaker
  ) throws(GraphError) {
    let constants = term.factors.indices.filter {
      maker.isConstant(list.operands[term.factors[$0].operand])
    }
    let isOfTruths = term.factors.indices.allSatisfy {
      constants.contains($0)
        || maker.graph[list.operands[term.factors[$0].operand]].kind == .boolean
    }
    guard isOfTruths, term.summed.isEmpty, constants.count == 1,
      constants.count < term.factors.count,
      let tensor = maker.graph.constants[list.operands[term.factors[constants[0]].operand]],
      case let numbers = Set(tensor.reals).subtracting([0]), numbers.count == 1,
      let number = numbers.first, number != 1, abs(Double(number)) >= Saturation.mask
    else { return }
    let read = term.factors[constants[0]]
    let indicator = maker.addConstant(
      try Tensor(shape: tensor.shape, real: tensor.reals.map { $0 == 0 ? 0 : 1 }), .real,
      name: "\(maker.name)/mask")
    term.coefficient *= Double(number)
    term.factors[constants[0]] = list.read(indicator, read.positions)
  }

  private func add(_ term: SumForm.Term, to terms: inout [SumForm.Term]) {
    let same = terms.firstIndex { other in
      other.summed == term.summed
        && (other.factors == term.factors || other.factors == term.factors.reversed())
    }
    if let same { terms[same].coefficient += term.coefficient } else { terms.append(term) }
  }

  /// The terms of constants as one of a number or of one constant.
  private mutating func joined(
    _ constants: [SumForm.Term], _ maker: inout FormMaker
  ) throws(GraphError) -> [SumForm.Term] {
    var operands: [ValueID] = []
    var total = RealExpression.constant(0)
    for term in constants {
      var product = RealExpression.constant(term.coefficient)
      for read in term.factors {
        operands.append(node.operands[read.operand])
        product = .binary(
          .multiply, product,
          .read(
            .init(operand: operands.count - 1, positions: read.positions.map { .affine($0) })))
      }
      if !term.summed.isEmpty { product = .reduce(.sum, over: term.summed, product) }
      total = .binary(.add, total, product)
    }
    if staysApart(constants, maker.graph) {
      return constants.filter { $0.coefficient != 0 }.map { term in
        var term = term
        term.factors = term.factors.map { list.read(node.operands[$0.operand], $0.positions) }
        return term
      }
    }
    let place = try SumTidying.constant(
      total, operands, sum.indices, maker.graph[node.output].kind, &maker)
    switch place {
    case .number(let value): return value == 0 ? [] : [.init(coefficient: value, factors: [])]
    case .place(let place):
      return [.init(coefficient: 1, factors: [list.read(place.value, place.positions)])]
    }
  }

  /// Whether constants are one already, or would be larger as one.
  private func staysApart(_ constants: [SumForm.Term], _ graph: FormGraph) -> Bool {
    let sizes = constants.flatMap(\.factors).map { graph[node.operands[$0.operand]].count }
    if constants.count == 1, constants[0].summed.isEmpty, sizes.count == 1, sizes[0] > 1 {
      return true
    }
    let used = Set(
      constants.flatMap { term in
        Set(term.factors.flatMap(\.positions.usedIndices)).subtracting(term.summed)
      })
    return used.reduce(1) { $0 * sum.indices[$1].size } > sizes.max() ?? 1
  }

  enum Constant {
    case number(Double)
    case place(Place)
  }

  /// An expression over constants as a number, or as a new constant over the indices that it uses.
  static func constant(
    _ expression: RealExpression, _ operands: [ValueID], _ indices: [Equation.Index],
    _ kind: ElementKind, _ maker: inout FormMaker
  ) throws(GraphError) -> Constant {
    let equation = Equation(
      indices: indices, domainRank: indices.count, value: expression)
    var lowering = EquationLowering(equation, operands, kind, maker: maker)
    let folded = try lowering.constant(expression)
    maker = lowering.maker
    switch folded {
    case .constant(let value): return .number(value)
    case .read(let read):
      let positions = read.positions.map { position -> AffineIndex in
        if case .affine(let affine) = position { affine } else { AffineIndex() }
      }
      return .place(Place(value: lowering.operands[read.operand], positions: positions))
    default: throw GraphError(.structure, "a constant is none")
    }
  }

  /// A term of places, of which the constants are multiplied together; nil where their product would be
  /// larger than they are.
  static func term(
    _ coefficient: Double, _ summed: [Int], _ places: [Place], _ indices: [Equation.Index],
    _ list: inout OperandList, _ maker: inout FormMaker
  ) throws(GraphError) -> SumForm.Term? {
    var term = SumForm.Term(coefficient: coefficient, summed: [], factors: [])
    let constants = places.filter { maker.isConstant($0.value) }
    var factors = places.filter { !maker.isConstant($0.value) }
    if constants.count > 1 {
      let used = Set(constants.flatMap(\.usedIndices))
      let count = used.reduce(1) { $0 * indices[$1].size }
      guard count <= constants.map({ maker.graph[$0.value].count }).max() ?? 0 else { return nil }
      let product = constants.indices.dropFirst().reduce(read(0, constants[0])) {
        .binary(.multiply, $0, read($1, constants[$1]))
      }
      switch try constant(product, constants.map(\.value), indices, .real, &maker) {
      case .number(let value): term.coefficient *= value
      case .place(let place): factors.append(place)
      }
    } else {
      factors += constants
    }
    let used = Set(factors.flatMap(\.usedIndices))
    for index in summed {
      if used.contains(index) {
        term.summed.append(index)
      } else {
        term.coefficient *= Double(indices[index].size)
      }
    }
    term.factors = factors.map { list.read($0.value, $0.positions) }
    return term
  }

  private static func read(_ operand: Int, _ place: Place) -> RealExpression {
    .read(.init(operand: operand, positions: place.positions.map { .affine($0) }))
  }
}

extension SumForm {
  /// The sum without the inner indices that no term is summed over.
  var compacted: SumForm {
    let used = Set(terms.flatMap(\.summed))
    let kept = indices.indices.filter { $0 < domainRank || used.contains($0) }
    if kept.count == indices.count { return self }
    let numbers = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($1, $0) })
    var result = self
    result.indices = kept.map { indices[$0] }
    for term in terms.indices {
      result.terms[term].summed = terms[term].summed.compactMap { numbers[$0] }
      for factor in terms[term].factors.indices {
        result.terms[term].factors[factor].positions = terms[term].factors[factor].positions
          .substituting { AffineIndex(index: numbers[$0] ?? 0) }
      }
    }
    return result
  }
}
