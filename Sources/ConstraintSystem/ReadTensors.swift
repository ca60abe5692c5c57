extension WitnessProgram.Computation {
  /// The numbers of all tensors that are read.
  package var readTensors: Set<Int> {
    switch self {
    case .sumOfProducts(let terms):
      Set(terms.flatMap { $0.factors.flatMap { $0.terms.map { $0.read.tensor } } })
    case .expression(let expression): expression.readTensors
    }
  }
}

extension HintExpression {
  /// The numbers of all tensors that are read.
  package var readTensors: Set<Int> {
    switch self {
    case .constant, .index: []
    case .read(let read): [read.tensor]
    case .element(let tensor, let positions):
      positions.reduce(into: [tensor]) { $0.formUnion($1.readTensors) }
    case .add(let a, let b), .subtract(let a, let b), .multiply(let a, let b),
      .floorDivide(let a, let b), .remainder(let a, let b), .minimum(let a, let b),
      .maximum(let a, let b), .less(let a, let b), .equal(let a, let b):
      a.readTensors.union(b.readTensors)
    case .select(let a, let b, let c):
      a.readTensors.union(b.readTensors).union(c.readTensors)
    case .sum(_, let a), .minimumOver(_, let a), .maximumOver(_, let a), .table(_, _, let a),
      .squareRoot(let a), .logarithm(let a):
      a.readTensors
    }
  }
}
