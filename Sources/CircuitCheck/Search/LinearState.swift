import FieldArithmetic

/// Linear equations over the field, solved: some cells are expressed by others.
struct LinearState: Sendable {
  /// By cell; their own terms are cells without an entry.
  private var solved: [Int: LinearForm] = [:]

  /// The number of cells that are solved for.
  var count: Int { solved.count }

  /// Says what a cell is worth, of which nothing is known and in which nothing is expressed.
  mutating func settle(_ cell: Int, _ value: Fp) { solved[cell] = LinearForm(constant: value) }

  /// The form in cells that are not solved for.
  func reduced(_ form: LinearForm) -> LinearForm {
    guard form.terms.contains(where: { solved[$0.cell] != nil }) else { return form }
    var result = LinearForm(constant: form.constant)
    for term in form.terms {
      if let value = solved[term.cell] {
        result.add(value, times: term.coefficient)
      } else {
        result.add(term.cell, times: term.coefficient)
      }
    }
    return result
  }

  /// The form with products in which a factor is known made linear.
  func reduced(_ form: QuadraticForm) -> QuadraticForm {
    var result = QuadraticForm(linear: reduced(form.linear))
    for product in form.products {
      let first = reduced(product.first)
      let second = reduced(product.second)
      if first.isConstant {
        result.linear.add(second, times: product.coefficient * first.constant)
      } else if second.isConstant {
        result.linear.add(first, times: product.coefficient * second.constant)
      } else {
        result.products.append(
          .init(coefficient: product.coefficient, first: first, second: second))
      }
    }
    return result
  }

  /// Adds the equation that the form is zero.
  /// - Returns: whether it contradicts none of those before.
  mutating func impose(_ form: LinearForm) -> Bool {
    let rest = reduced(form)
    guard let pivot = rest.terms.last else { return rest.constant == .zero }
    var value = rest.multiplied(by: -pivot.coefficient.inverse)
    value.add(pivot.cell, times: .one)
    for (cell, old) in solved {
      let coefficient = old.coefficient(of: pivot.cell)
      guard coefficient != .zero else { continue }
      var changed = old
      changed.add(pivot.cell, times: -coefficient)
      changed.add(value, times: coefficient)
      solved[cell] = changed
    }
    solved[pivot.cell] = value
    return true
  }

  /// The value of a cell; one that nothing determines is left as it is given.
  func value(of cell: Int, _ given: [Fp]) -> Fp { solved[cell]?.value(given) ?? given[cell] }
}
