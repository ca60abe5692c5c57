import Argument
import Commitment
import Verifier

/// The commitments to data that one proof opens.
struct ProvenData: Sendable {
  /// By ascending tensor.
  let bindings: [DataBinding]
  /// In the same order.
  let openings: [DataOpening]

  /// - Parameter openings: by tensor.
  init(_ openings: [Int: DataOpening] = [:]) {
    let tensors = openings.keys.sorted()
    self.openings = tensors.compactMap { openings[$0] }
    bindings = zip(tensors, self.openings).map { tensor, opening in
      DataBinding(
        tensor: tensor, openings: opening.commitment.shape.openings,
        root: opening.commitment.root)
    }
  }

  var shapes: [DataShape] { openings.map(\.commitment.shape) }

  var byTensor: [Int: DataOpening] {
    Dictionary(uniqueKeysWithValues: zip(bindings.map(\.tensor), openings))
  }

  /// What the opening prover needs of them.
  func committed(_ forms: DataForms?) -> [OpeningWitness.Committed] {
    guard let forms else { return [] }
    return zip(openings, forms.scales).map { opening, scale in
      OpeningWitness.Committed(
        copies: [opening.matrix], folded: opening.folded(forms.point),
        weights: opening.weights(forms.point, scale: scale))
    }
  }
}
