extension HintExpression {
  /// The expression with other tensors in place of those that it reads, and other affine functions of
  /// the indices in place of its own.
  public func mapping(
    tensors: (Int) -> Int = { $0 }, positions change: (AffineIndex) -> AffineIndex = { $0 }
  ) -> HintExpression {
    func map(_ inner: HintExpression) -> HintExpression {
      inner.mapping(tensors: tensors, positions: change)
    }
    return switch self {
    case .constant: self
    case .index(let index): .index(change(index))
    case .read(let read):
      .read(TensorRead(tensor: tensors(read.tensor), positions: read.positions.map(change)))
    case .element(let tensor, let positions):
      .element(tensor: tensors(tensor), positions.map(map))
    case .add(let a, let b): .add(map(a), map(b))
    case .subtract(let a, let b): .subtract(map(a), map(b))
    case .multiply(let a, let b): .multiply(map(a), map(b))
    case .floorDivide(let a, let b): .floorDivide(map(a), map(b))
    case .remainder(let a, let b): .remainder(map(a), map(b))
    case .minimum(let a, let b): .minimum(map(a), map(b))
    case .maximum(let a, let b): .maximum(map(a), map(b))
    case .less(let a, let b): .less(map(a), map(b))
    case .equal(let a, let b): .equal(map(a), map(b))
    case .squareRoot(let a): .squareRoot(map(a))
    case .logarithm(let a): .logarithm(map(a))
    case .select(let a, let b, let c): .select(map(a), map(b), map(c))
    case .sum(let indices, let body): .sum(over: indices, map(body))
    case .minimumOver(let indices, let body): .minimumOver(indices, map(body))
    case .maximumOver(let indices, let body): .maximumOver(indices, map(body))
    case .table(let table, let column, let value): .table(table, column: column, map(value))
    }
  }
}
