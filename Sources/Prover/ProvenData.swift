import Argument
import Commitment
import ConstraintSystem
import Verifier
import Witness

/// What commitment a private tensor is shown to hold.
public enum DataSource: Sendable {
  /// One that exists. The tensor's values must be those of the opening, and the proof uses one of its
  /// openings.
  case stored(StoredDataOpening)
  /// A new one to the tensor's values, whatever they are: the proof uses the first of so many
  /// openings.
  case new(openings: Int)
}

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

  /// Makes the new commitments, and checks that those that exist hold the tensors' values.
  /// - Parameters:
  ///   - system: that of the batch.
  ///   - assignment: the batch's.
  /// - Throws: `DataOpeningError`, or the error of the source.
  init(
    _ sources: [Int: DataSource], _ system: ConstraintSystem, _ assignment: Assignment,
    entropy: inout some EntropySource
  ) throws {
    var openings: [Int: DataOpening] = [:]
    for (tensor, source) in sources.sorted(by: { $0.key < $1.key }) {
      guard system.tensors.indices.contains(tensor) else {
        throw DataOpeningError.notPrivate("tensor \(tensor)")
      }
      let declaration = system.tensors[tensor]
      guard declaration.role == .privateInput || declaration.role == .privateOutput else {
        throw DataOpeningError.notPrivate(declaration.name)
      }
      switch source {
      case .stored(let stored):
        try stored.opening.requireValues(assignment[tensor], declaration)
        openings[tensor] = stored.opening
      case .new(let count):
        openings[tensor] = try DataOpening(
          values: assignment[tensor], openings: count,
          fractionalBits: declaration.fractionalBits, entropy: &entropy)
      }
    }
    self.init(openings)
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

extension DataOpening {
  /// - Throws: `otherCount`, `otherScale` or `otherValue` unless these are the committed integers.
  fileprivate func requireValues(_ buffer: IntegerBuffer, _ tensor: TensorDeclaration) throws {
    guard buffer.count == values.count else {
      throw DataOpeningError.otherCount(
        tensor.name, expected: buffer.count, found: values.count)
    }
    guard tensor.fractionalBits == commitment.fractionalBits else {
      throw DataOpeningError.otherScale(
        tensor.name, expected: tensor.fractionalBits, found: commitment.fractionalBits)
    }
    for position in 0..<buffer.count where buffer[position] != values[position] {
      throw DataOpeningError.otherValue(tensor.name, position: position)
    }
  }
}
