import ConstraintSystem

/// A factor of a contraction: constant + Σ coefficient·read.
package struct ContractionFactor: Sendable {
  package struct Term: Sendable {
    package var coefficient: Double
    package var read: TensorRead

    package init(coefficient: Double, read: TensorRead) {
      self.coefficient = coefficient
      self.read = read
    }
  }

  package var constant: Double
  package var terms: [Term]

  package init(constant: Double = 0, terms: [Term]) {
    self.constant = constant
    self.terms = terms
  }

  /// The indices that it depends on.
  package var indices: Set<Int> {
    Set(terms.flatMap { $0.read.positions.flatMap { $0.terms.map(\.index) } })
  }
}
