import CircuitLanguage
import TensorGraph

// The sizes of indices.
extension EquationMaker {
  /// The sizes of an index, one for each axis of a pack: what its binder says, or those of the axes
  /// where it stands alone in the given expressions, or those of the pack that it is called after.
  func sizes(
    of binder: OperatorBinder, in expressions: [OperatorExpression]
  ) throws(GraphError) -> [Int] {
    if let size = binder.size {
      return binder.isPack ? try scope.vector(size) : [try scope.integer(size)]
    }
    var found: (sizes: [Int], tensor: String)?
    for expression in expressions {
      for (name, sizes) in try reads(of: binder.name, in: expression) {
        if let found, found.sizes != sizes {
          throw GraphError(
            .shape,
            "the index \(binder.name) runs through \(found.sizes.text) in \(found.tensor) and "
              + "through \(sizes.text) in \(name)", at: binder.location)
        }
        found = (sizes, name)
      }
    }
    if let found { return found.sizes }
    if binder.isPack, let sizes = scope.vectors[binder.name] { return sizes }
    if !binder.isPack, case .integer(let size)? = scope.scalars[binder.name] { return [size] }
    throw GraphError(
      .shape, "nothing says how far the index \(binder.name) runs; write '\(binder.name) in size'",
      at: binder.location)
  }

  /// The axes where an index stands alone.
  private func reads(
    of index: String, in expression: OperatorExpression
  ) throws(GraphError) -> [(tensor: String, sizes: [Int])] {
    var found: [(String, [Int])] = []
    if case .read(let name, let positions) = expression.kind {
      for tensor in names(of: name) {
        guard case .value = tensor.source else { continue }
        for (position, sizes) in zip(positions, tensor.groups) {
          if case .name(index) = position.expression.kind { found.append((name, sizes)) }
        }
      }
    }
    for part in expression.kind.parts { found += try reads(of: index, in: part) }
    return found
  }

  /// The tensors that a name may stand for, which are several where a list is gone through.
  private func names(of name: String) -> [BoundTensor] {
    tensors[aliases[name] ?? name].map { [$0] } ?? []
  }
}

extension [Int] {
  fileprivate var text: String { count == 1 ? "\(self[0])" : "\(self)" }
}
