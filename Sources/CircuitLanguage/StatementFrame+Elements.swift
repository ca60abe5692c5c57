import ConstraintSystem

// Reads at computed positions, in hints.
extension StatementFrame {
  /// - Parameter places: a position for each axis of the view.
  func element(
    _ name: String, _ places: [HintExpression], at location: SourceLocation, in scope: Scope,
    _ builder: inout CircuitBuilder
  ) throws(CircuitLanguageError) -> HintExpression {
    guard var view = scope.values[name] else {
      throw CircuitLanguageError("undefined tensor '\(name)'", at: location)
    }
    try builder.charge(view)
    if !builder.isPlain(view) {
      view = builder.temporary(for: view, name: "\(scope.name).\(name)")
    }
    guard let read = view.terms.first?.factors.first?.terms.first?.read else {
      throw CircuitLanguageError("'\(name)' can't be read so", at: location)
    }
    let digits = view.digitValues(places)
    return .element(
      tensor: read.tensor,
      read.positions.map { position in
        position.terms.reduce(HintExpression.constant(position.constant)) { sum, term in
          sum.adding(digits[term.index].multiplied(by: term.coefficient))
        }
      })
  }
}

extension CircuitBuilder {
  /// Whether the view is one read of a tensor, within it wherever the view has an element.
  fileprivate func isPlain(_ view: TensorView) -> Bool {
    guard view.terms.count == 1, view.summed.isEmpty, view.terms[0].coefficient == 1,
      view.terms[0].factors.count == 1, view.terms[0].factors[0].constant == 0,
      view.terms[0].factors[0].terms.count == 1,
      view.terms[0].factors[0].terms[0].coefficient == 1
    else { return false }
    let read = view.terms[0].factors[0].terms[0].read
    return zip(read.positions, declaration(read.tensor).shape).allSatisfy { position, size in
      var (low, high) = (position.constant, position.constant)
      for term in position.terms {
        let reach = term.coefficient * (view.digits[term.index] - 1)
        low += min(reach, 0)
        high += max(reach, 0)
      }
      return low >= 0 && high < size
    }
  }
}

extension TensorView {
  /// The digits at a position along each axis.
  fileprivate func digitValues(_ places: [HintExpression]) -> [HintExpression] {
    var values = [HintExpression](repeating: .constant(0), count: digits.count)
    for (axis, place) in places.enumerated() {
      var step = 1
      for digit in axes[axis].reversed() {
        let isFirst = digit == axes[axis].first
        let quotient = step == 1 ? place : .floorDivide(place, .constant(step))
        values[digit] = isFirst ? quotient : .remainder(quotient, .constant(digits[digit]))
        step *= digits[digit]
      }
    }
    return values
  }
}

extension HintExpression {
  fileprivate func adding(_ other: HintExpression) -> HintExpression {
    if case .constant(0) = self { other } else { .add(self, other) }
  }

  fileprivate func multiplied(by factor: Int) -> HintExpression {
    factor == 1 ? self : .multiply(.constant(factor), self)
  }
}
