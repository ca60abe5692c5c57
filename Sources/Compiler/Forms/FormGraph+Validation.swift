import ConstraintSystem
import Equations
import TensorGraph

extension FormGraph {
  /// Checks every rule of the representation: values are defined once and before their use, names
  /// are unique, forms fit their operands and results, and what is not committed is read only where it
  /// can be.
  ///
  /// Throws an error that names the layer at fault.
  public func validate() throws(GraphError) {
    var defined = [Bool](repeating: false, count: values.count)
    for input in inputs { try define(input, &defined) }
    for (id, tensor) in constants {
      try define(id, &defined)
      guard self[id].shape == tensor.shape else {
        throw GraphError(.shape, "the constant \"\(self[id].name)\" is not what it is declared")
      }
    }
    for loop in loops { for state in loop.states { try define(state.value, &defined) } }
    for node in nodes {
      guard layers.indices.contains(node.layer) else {
        throw GraphError(.structure, "a node belongs to layer \(node.layer), which does not exist")
      }
      do throws(GraphError) {
        for operand in node.operands where !isDefined(operand, defined) {
          throw GraphError(.structure, "value \(operand.index) is used before it is computed")
        }
        try define(node.output, &defined)
        try FormCheck(graph: self, node: node).run()
      } catch {
        throw error.at(node: layers[node.layer].name)
      }
    }
    for output in outputs {
      guard isDefined(output.value, defined), self[output.value].isCommitted else {
        throw GraphError(.structure, "nothing commits the output \"\(output.name)\"")
      }
    }
    for id in loops.flatMap(\.kept) {
      guard isDefined(id, defined), self[id].isCommitted else {
        throw GraphError(
          .structure, "nothing commits \"\(self[id].name)\", which a loop goes on with")
      }
    }
    try validateNames()
    try validateCommitment()
  }

  private func isDefined(_ id: ValueID, _ defined: [Bool]) -> Bool {
    defined.indices.contains(id.index) && defined[id.index]
  }

  private func define(_ id: ValueID, _ defined: inout [Bool]) throws(GraphError) {
    guard defined.indices.contains(id.index), !defined[id.index] else {
      throw GraphError(.structure, "value \(id.index) is defined twice or not declared")
    }
    defined[id.index] = true
  }

  private func validateNames() throws(GraphError) {
    guard Set(values.map(\.name)).count == values.count else {
      throw GraphError(.structure, "two values share a name")
    }
    guard Set(layers.map(\.name)).count == layers.count else {
      throw GraphError(.structure, "two layers share a name")
    }
  }

  /// What is not committed is a sum or moved from one, and every reader takes it as it is.
  private func validateCommitment() throws(GraphError) {
    let sums = Sums(self)
    for node in nodes where !self[node.output].isCommitted {
      switch node.form {
      case .sum: break
      case .view where node.operands.allSatisfy({ !self[$0].isCommitted }): break
      default:
        throw GraphError(
          .structure, node: layers[node.layer].name,
          "\(node.form.article) \(node.form.name) is not committed")
      }
    }
    for node in nodes {
      for (place, operand) in node.operands.enumerated() where !self[operand].isCommitted {
        guard sums.takes(node, operand: place) else {
          throw GraphError(
            .structure, node: layers[node.layer].name,
            "\(node.form.article) \(node.form.name) reads \"\(self[operand].name)\", which is not committed"
          )
        }
      }
    }
  }
}

/// Checks one node by itself.
private struct FormCheck {
  let graph: FormGraph
  let node: FormGraph.Node

  private var shape: [Int] { graph[node.output].shape }

  func run() throws(GraphError) {
    guard !shape.contains(where: { $0 < 1 }) else {
      throw GraphError(.shape, "the result of shape \(shape) is empty")
    }
    _ = try Shape.elementCount(shape)
    switch node.form {
    case .view(let step): try check(step)
    case .sum(let sum):
      try check(sum.indices, sum.domainRank)
      for term in sum.terms { try check(term, sum) }
    case .apply(let apply): try check(apply.function)
    case .extreme(let extreme):
      try check(extreme.indices, extreme.domainRank)
      try require(!extreme.candidates.isEmpty, "an extreme of nothing")
    case .place(let place):
      try check(place.indices, place.indices.count - 1)
      if let rank = place.rank {
        let last = place.indices.count - 1
        try require(
          (0..<last).contains(rank) && !place.isLast
            && !place.candidate.positions.usedIndices.contains(rank)
            && place.indices[rank].size <= place.indices[last].size, "a rank that is none")
      }
    case .pick(let pick):
      try check(pick.indices, pick.indices.count - 1)
      let last = pick.indices.count - 1
      try require(!pick.place.positions.usedIndices.contains(last), "a place of each element")
      try require(
        node.operands.indices.contains(pick.place.operand)
          && graph[node.operands[pick.place.operand]].kind == .integer,
        "a place that is no integer")
    case .step(let step): try check(step)
    case .quotient, .division, .root, .less, .equal: break
    }
    let sizes = node.sizes(shape)
    for read in node.form.reads { try check(read, sizes) }
  }

  private func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(GraphError) {
    guard condition else { throw GraphError(.structure, reason()) }
  }

  private func check(_ step: ViewStep) throws(GraphError) {
    let given = try step.outputShape(node.operands.map { graph[$0].shape })
    try require(given == shape, "a view gives \(given) where \(shape) is declared")
    let kind = graph[node.output].kind
    try require(
      node.operands.allSatisfy { graph[$0].kind == kind }, "a view of another kind of element")
    let isCommitted = graph[node.output].isCommitted
    try require(
      node.operands.allSatisfy { graph[$0].isCommitted == isCommitted },
      "a view of what is committed and what is not")
  }

  private func check(_ indices: [Equation.Index], _ rank: Int) throws(GraphError) {
    try require(
      rank >= 0 && rank <= indices.count && indices.prefix(rank).map(\.size) == shape
        && indices.allSatisfy { $0.size >= 1 },
      "the indices \(indices.map(\.size)) do not span \(shape)")
  }

  private func check(_ term: SumForm.Term, _ sum: SumForm) throws(GraphError) {
    try require(
      Set(term.summed).count == term.summed.count
        && term.summed.allSatisfy { (sum.domainRank..<sum.indices.count).contains($0) },
      "a term is summed over \(term.summed)")
    try require(term.coefficient.isFinite, "a coefficient is \(term.coefficient)")
    let constants = term.factors.filter { isConstant($0) }
    try require(
      term.factors.count <= 2 && constants.count <= 1,
      "a product of \(term.factors.count) reads, \(constants.count) of constants")
    for index in term.factors.flatMap(\.positions.usedIndices) where index >= sum.domainRank {
      try require(term.summed.contains(index), "a term reads an index that it is not summed over")
    }
  }

  private func isConstant(_ read: FormRead) -> Bool {
    node.operands.indices.contains(read.operand)
      && graph.constants[node.operands[read.operand]] != nil
  }

  private func check(_ step: StepForm) throws(GraphError) {
    try check(step.function, of: step.reads.count)
    try require(
      [1, 2].contains(step.arguments.count)
        && step.limits.count <= StepForm.maximumResults
        && step.constants.allSatisfy {
          isConstant($0) && $0.positions.usedIndices.count <= shape.count
        },
      "a step of other than one or two values and constants")
    if step.arguments.count == 2 {
      let places = step.arguments.compactMap { read in
        node.operands.indices.contains(read.operand)
          ? graph[node.operands[read.operand]].bounds?.count : nil
      }
      try require(
        places.count == 2 && places.reduce(1, *) <= StepForm.maximumPlaces,
        "a step of two values that are no small integers")
    }
  }

  /// - Parameter count: how many values the function is of.
  private func check(_ function: RealExpression, of count: Int = 1) throws(GraphError) {
    switch function {
    case .constant: break
    case .read(let read):
      try require(
        (0..<count).contains(read.operand) && read.positions.isEmpty,
        "a function of several values")
    case .unary(_, let operand): try check(operand, of: count)
    case .binary(_, let left, let right):
      try check(left, of: count)
      try check(right, of: count)
    case .select(let condition, let first, let second):
      for part in [condition, first, second] { try check(part, of: count) }
    case .index, .reduce: try require(false, "a function with an index")
    }
  }

  private func check(_ read: FormRead, _ sizes: [Int]) throws(GraphError) {
    try require(
      node.operands.indices.contains(read.operand), "operand \(read.operand) does not exist")
    let operand = graph[node.operands[read.operand]]
    try require(
      read.positions.count == operand.shape.count,
      "\(read.positions.count) positions of \"\(operand.name)\", of shape \(operand.shape)")
    var used: Set<Int> = []
    for term in read.positions.flatMap(\.terms) {
      try require(
        sizes.indices.contains(term.index) && term.coefficient != 0
          && used.insert(term.index).inserted,
        "an index is used twice in a read, or does not exist")
    }
  }
}
