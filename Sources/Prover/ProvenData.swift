import Argument
import Commitment
import ConstraintSystem
import Verifier
import Witness

/// Of which commitment a private tensor is shown to hold the values.
public enum DataSource: Sendable {
  /// One that exists. The tensor's values must be those of the opening, and the proof uses one of
  /// its openings.
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
  /// Where the openings are counted; nil for a commitment that is new, and for tests.
  private let slots: [OpeningSlots?]

  /// - Parameters:
  ///   - openings: by tensor.
  ///   - slots: likewise.
  init(_ openings: [Int: DataOpening] = [:], slots: [Int: OpeningSlots] = [:]) {
    let tensors = openings.keys.sorted()
    self.openings = tensors.compactMap { openings[$0] }
    self.slots = tensors.map { slots[$0] }
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
  /// - Throws: `DataOpeningError`, or `EntropyError`.
  init(
    _ sources: [Int: DataSource], _ system: ConstraintSystem, _ assignment: Assignment
  ) throws {
    guard sources.count <= DataBinding.maximalCount else {
      throw DataOpeningError.tooMany(sources.count)
    }
    var entropy = SystemEntropy()
    var openings: [Int: DataOpening] = [:]
    var slots: [Int: OpeningSlots] = [:]
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
        slots[tensor] = stored.slots
      case .new(let count):
        openings[tensor] = try DataOpening(
          values: assignment[tensor], openings: count,
          fractionalBits: declaration.fractionalBits, entropy: &entropy)
      }
    }
    self.init(openings, slots: slots)
  }

  var shapes: [DataShape] { openings.map(\.commitment.shape) }

  var byTensor: [Int: DataOpening] {
    Dictionary(uniqueKeysWithValues: zip(bindings.map(\.tensor), openings))
  }

  /// - Throws: `OpeningSlotsError` when a commitment can't be opened once more. Nothing is
  ///   reserved, so that no opening is wasted on a proof that will not be made.
  func requireFreeSlots() throws {
    for case .some(let slots) in slots {
      guard try slots.states().freeCount > 0 else { throw OpeningSlotsError.exhausted }
    }
  }

  /// Reserves an opening of each commitment that exists.
  func reserve() throws -> [OpeningSlots.Token?] {
    try slots.map { slots in try slots.map { try $0.reserve(in: 0..<$0.count) } }
  }

  /// Spends what was reserved; if it fails the proof must not be given away.
  func release(_ tokens: [OpeningSlots.Token?]) throws {
    for (slots, token) in zip(slots, tokens) {
      if let slots, let token { try slots.release(token) }
    }
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
