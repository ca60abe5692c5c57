import Hashing
import Synchronization

/// Counts the openings of a hidden model's commitments: those by proofs, and those of the pinned
/// commitment by certificates.
///
/// The count is kept in the proving key's file as soon as there is one, and before that in memory.
final class OpeningLedger: Sendable {
  private enum Place {
    case memory(OpeningSlotStates)
    case file(OpeningSlots)
  }

  /// The slots of proofs; slot i belongs to the commitment number i / openings of each.
  let proofs: Range<Int>
  /// The slots of certificates.
  let certificates: Range<Int>
  private let place: Mutex<Place>

  var count: Int { certificates.upperBound }

  /// - Parameter states: those of proofs, then those of certificates.
  init(proofs: OpeningSlotStates, certificates: OpeningSlotStates) {
    self.proofs = 0..<proofs.bytes.count
    self.certificates = proofs.bytes.count..<proofs.bytes.count + certificates.bytes.count
    place = Mutex(.memory(proofs + certificates))
  }

  /// Slots that are counted in a file.
  init(_ slots: OpeningSlots, proofs: Int) {
    self.proofs = 0..<proofs
    certificates = proofs..<slots.count
    place = Mutex(.file(slots))
  }

  /// Reserves the first free slot of a range.
  func reserve(in range: Range<Int>) throws -> OpeningSlots.Token {
    try place.withLock { place in
      switch place {
      case .file(let slots): return try slots.reserve(in: range)
      case .memory(var states):
        let index = try states.reserve(in: range)
        place = .memory(states)
        return OpeningSlots.Token(index: index)
      }
    }
  }

  /// Spends a reserved slot; if it fails what was made with it must not be given away.
  func release(_ token: OpeningSlots.Token) throws {
    try place.withLock { place in
      switch place {
      case .file(let slots): try slots.release(token)
      case .memory(var states):
        try states.release(token.index)
        place = .memory(states)
      }
    }
  }

  func states() throws -> OpeningSlotStates {
    try place.withLock { place in
      switch place {
      case .file(let slots): try slots.states()
      case .memory(let states): states
      }
    }
  }

  /// The file in which the slots are counted, if there is one.
  var slots: OpeningSlots? {
    place.withLock { if case .file(let slots) = $0 { slots } else { nil } }
  }

  /// Counts in a file from here on.
  /// - Parameter write: writes the file with the states that it is given.
  func move(_ write: (OpeningSlotStates) throws -> OpeningSlots) throws {
    try place.withLock { place in
      guard case .memory(let states) = place else { throw ProvingKeyFileError.alreadyStored }
      place = .file(try write(states))
    }
  }

  /// Gives the slots of certificates to another key, while nobody else can reserve one here. None is
  /// left here afterwards.
  /// - Parameter write: as `OpeningSlots.move` has it.
  func moveCertificates(
    _ write: (OpeningSlotStates, () throws -> Void) throws -> Void
  ) throws {
    try place.withLock { place in
      switch place {
      case .file(let slots): try slots.move(certificates, write)
      case .memory(var states):
        try write(states[certificates]) {
          states.spendAll(in: certificates)
          place = .memory(states)
        }
      }
    }
  }
}
