import Argument
import Commitment
import ConstraintSystem
import Hashing
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

/// The commitments to data that a proof is going to open: those that exist, and those that are made
/// when it is known which other secrets the proof opens.
struct DataPlan: Sendable {
  private enum Part {
    /// Counted in a file, but for tests.
    case existing(DataOpening, OpeningSlots?)
    case new(DataShape, TensorDeclaration, IntegerBuffer)
  }

  /// By ascending tensor.
  private let parts: [(tensor: Int, part: Part)]

  /// - Parameter existing: commitments that nobody counts.
  init(_ existing: ProvenData = ProvenData()) {
    parts = existing.byTensor.sorted { $0.key < $1.key }.map { ($0.key, .existing($0.value, nil)) }
  }

  /// Checks that the commitments that exist hold the tensors' values.
  /// - Parameters:
  ///   - system: that of the batch.
  ///   - assignment: the batch's.
  /// - Throws: `DataOpeningError`.
  init(
    _ sources: [Int: DataSource], _ system: ConstraintSystem, _ assignment: Assignment
  ) throws {
    guard sources.count <= DataBinding.maximalCount else {
      throw DataOpeningError.tooMany(sources.count)
    }
    var parts: [(tensor: Int, part: Part)] = []
    for (tensor, source) in sources.sorted(by: { $0.key < $1.key }) {
      guard system.tensors.indices.contains(tensor) else {
        throw DataOpeningError.notPrivate("tensor \(tensor)")
      }
      let declaration = system.tensors[tensor]
      guard declaration.role == .privateInput || declaration.role == .privateOutput else {
        throw DataOpeningError.notPrivate(declaration.name)
      }
      let values = assignment[tensor]
      switch source {
      case .stored(let stored):
        try stored.opening.requireValues(values, declaration)
        parts.append((tensor, .existing(stored.opening, stored.slots)))
      case .new(let count):
        let shape = try DataOpening.shape(count: values.count, openings: count)
        parts.append((tensor, .new(shape, declaration, values)))
      }
    }
    self.parts = parts
  }

  /// In the order of the tensors.
  var shapes: [DataShape] {
    parts.map {
      switch $0.part {
      case .existing(let opening, _): opening.commitment.shape
      case .new(let shape, _, _): shape
      }
    }
  }

  private var slots: [OpeningSlots?] {
    parts.map { if case .existing(_, let slots) = $0.part { slots } else { nil } }
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

  /// The commitments, the new ones made.
  ///
  /// A process that is restored twice may see the same random bytes again. Two proofs that differ in
  /// anything open different positions, more of them together than a commitment is made for, so their
  /// new commitments must differ as well.
  /// - Parameters:
  ///   - context: the digest of all else that decides what the proof opens.
  ///   - fresh: the source of what nobody can predict.
  /// - Throws: `DataOpeningError`, or the error of the source.
  func made(_ context: Digest, fresh: inout some EntropySource) throws -> ProvenData {
    var hasher = Blake3Hasher()
    hasher.update(context.bytes)
    for case (_, .existing(let opening, _)) in parts {
      hasher.update(opening.commitment.root.bytes)
    }
    var entropy = try HedgedEntropy(context: hasher.digest(), fresh: &fresh)
    var openings: [Int: DataOpening] = [:]
    for (tensor, part) in parts {
      switch part {
      case .existing(let opening, _): openings[tensor] = opening
      case .new(let shape, let declaration, let values):
        openings[tensor] = try DataOpening(
          values: values, openings: shape.openings, fractionalBits: declaration.fractionalBits,
          entropy: &entropy)
      }
    }
    return ProvenData(openings)
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
