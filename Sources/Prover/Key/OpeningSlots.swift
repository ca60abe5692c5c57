import Foundation
import Hashing

/// Counts the openings of a commitment, in the file that holds its secrets: one byte for each
/// (`Paper/` section 14.7).
///
/// A slot is reserved before anything of a proof is computed, and spent before the proof is given
/// away, each time under a lock of the file. All processes see at once what is written; the disk
/// has it before the proof is given away, which is early enough for a machine that loses power:
/// of a proof that is lost with it nobody saw anything. A crash in between wastes a slot, and never
/// spends one twice. It is the file that counts, under whatever names: symbolic and hard links lead
/// to one count. A copy of the whole file has a count of its own, and can't be noticed.
///
/// The region holds the magic bytes, the identity of the contents that the slots belong to, the
/// number of slots in 8 bytes, little-endian, and the slots.
public struct OpeningSlots: Equatable, Sendable {
  public let path: String
  /// Where in the file the region begins.
  public let offset: Int
  /// What the slots belong to: a digest of the secrets beside them.
  public let identity: Digest
  /// The number of slots.
  public let count: Int

  static let magic: [UInt8] = Array("ASSAYSL".utf8) + [0]
  static let headerCount = 8 + Digest.byteCount + 8
  /// The most slots that a file may have.
  public static let maximalCount = 1 << 26

  public init(path: String, offset: Int, identity: Digest, count: Int) {
    self.path = path
    self.offset = offset
    self.identity = identity
    self.count = count
  }

  /// A reserved slot.
  public struct Token: Equatable, Sendable {
    public let index: Int
  }

  /// The region's bytes, for whoever writes the file.
  public static func region(identity: Digest, slots: OpeningSlotStates) -> Data {
    Data(header(identity: identity, count: slots.bytes.count) + slots.bytes)
  }

  private static func header(identity: Digest, count: Int) -> [UInt8] {
    magic + identity.bytes + (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
  }

  /// Reserves the first free slot of a range, for all processes of the machine.
  /// - Throws: `OpeningSlotsError`.
  public func reserve(in range: Range<Int>) throws -> Token {
    try locked { file in
      var states = try states(file)
      let index = try states.reserve(in: range)
      try file.write(
        [states.bytes[index]], at: offset + Self.headerCount + index, isDurable: false)
      return Token(index: index)
    }
  }

  /// Ends a proof: its slot is spent, on the disk before this returns.
  /// - Throws: `notReserved` when the slot was spent already, by a copy of this process: the proof
  ///   must not be given away then. Other `OpeningSlotsError`s mean the same.
  public func release(_ token: Token) throws {
    try locked { file in
      var states = try states(file)
      try states.release(token.index)
      try file.write(
        [states.bytes[token.index]], at: offset + Self.headerCount + token.index,
        isDurable: true)
    }
  }

  /// The slots as they are now. The file may be read-only.
  public func states() throws -> OpeningSlotStates {
    let file = try SlotFile(path, writes: false)
    defer { file.close() }
    return try states(file)
  }

  /// Moves slots to another file, while nobody else can reserve or release any.
  ///
  /// They are spent here, on the disk, before the other file has its name: whether or not it takes
  /// this one's, this one may live on under a name that nobody told. A crash in between costs the
  /// slots.
  /// - Parameters:
  ///   - range: the slots that are moved.
  ///   - write: writes the other file. It is told what the slots are, and must call what it is given
  ///     once that file is whole, before it takes its name.
  /// - Throws: `severalNames` for a file that has several; what `write` throws.
  func move(
    _ range: Range<Int>, _ write: (OpeningSlotStates, () throws -> Void) throws -> Void
  ) throws {
    try locked { file in
      try file.requireOneName()
      let states = try states(file)
      try write(states[range]) {
        try file.write(
          [UInt8](repeating: OpeningSlotStates.spent, count: range.count),
          at: offset + Self.headerCount + range.lowerBound, isDurable: true)
      }
    }
  }

  /// - Throws: `severalNames` for a file with hard links, of which only one would be replaced.
  func requireOneName() throws {
    let file = try SlotFile(path, writes: false)
    defer { file.close() }
    try file.requireOneName()
  }

  private func locked<Result>(_ body: (SlotFile) throws -> Result) throws -> Result {
    let file = try SlotFile.locked(path)
    defer { file.close() }
    return try body(file)
  }

  private func states(_ file: SlotFile) throws -> OpeningSlotStates {
    let header = try file.read(Self.headerCount, at: offset)
    guard header == Self.header(identity: identity, count: count) else {
      // Slots of something else, or no slots at all.
      throw header.starts(with: Self.magic)
        ? OpeningSlotsError.replaced(path) : OpeningSlotsError.damaged(path)
    }
    let bytes = try file.read(count, at: offset + Self.headerCount)
    guard let states = OpeningSlotStates(bytes: bytes) else {
      throw OpeningSlotsError.damaged(path)
    }
    return states
  }
}

/// What has become of each slot.
public struct OpeningSlotStates: Equatable, Sendable {
  public private(set) var bytes: [UInt8]

  static let free: UInt8 = 0
  static let reserved: UInt8 = 1
  static let spent: UInt8 = 2

  /// Slots that are all free.
  public init(free count: Int) { bytes = [UInt8](repeating: Self.free, count: count) }

  /// Slots that are all spent.
  init(spent count: Int) { bytes = [UInt8](repeating: Self.spent, count: count) }

  /// nil when a byte says nothing that a slot can say.
  public init?(bytes: [UInt8]) {
    guard bytes.allSatisfy({ $0 <= Self.spent }) else { return nil }
    self.bytes = bytes
  }

  public static func + (a: OpeningSlotStates, b: OpeningSlotStates) -> OpeningSlotStates {
    var sum = a
    sum.bytes += b.bytes
    return sum
  }

  /// The slots of a range.
  public subscript(range: Range<Int>) -> OpeningSlotStates {
    var part = self
    part.bytes = Array(bytes[range])
    return part
  }

  public var freeCount: Int { bytes.count { $0 == Self.free } }
  /// Reserved by a proof in the making, or by one that was never finished.
  public var reservedCount: Int { bytes.count { $0 == Self.reserved } }
  public var spentCount: Int { bytes.count { $0 == Self.spent } }

  /// The first free slot of a range.
  func firstFree(in range: Range<Int>) -> Int? { range.first { bytes[$0] == Self.free } }

  mutating func reserve(in range: Range<Int>) throws -> Int {
    guard let index = firstFree(in: range) else { throw OpeningSlotsError.exhausted }
    bytes[index] = Self.reserved
    return index
  }

  mutating func spendAll(in range: Range<Int>) {
    for index in range { bytes[index] = Self.spent }
  }

  mutating func release(_ index: Int) throws {
    guard bytes.indices.contains(index), bytes[index] == Self.reserved else {
      throw OpeningSlotsError.notReserved
    }
    bytes[index] = Self.spent
  }
}

/// Why an opening is not made, or its proof not given away.
public enum OpeningSlotsError: Error, Equatable, Sendable, CustomStringConvertible {
  /// All openings that the secrets are made for are used.
  case exhausted
  /// The file can't be written, so that nothing would be counted.
  case readOnly(String)
  /// The file can't be opened, read or written; the system's reason.
  case inaccessible(String, reason: String)
  /// The file is another one than the one that was read.
  case replaced(String)
  /// The file holds no slots where they were.
  case damaged(String)
  /// The slot is not reserved any more.
  case notReserved
  /// The file has several names, and is to be replaced under one.
  case severalNames(String, count: Int)

  public var description: String {
    switch self {
    case .exhausted:
      "all openings of the commitment are used: a further proof would show something of what it"
        + " hides. For a proving key run assay rekey; for a commitment to data make a new one"
    case .readOnly(let path):
      "\(path) is read-only, so openings can't be counted in it: make it writable, and keep one copy"
        + " only"
    case .inaccessible(let path, let reason): "\(path): \(reason)"
    case .replaced(let path):
      "\(path) has been replaced since it was read, by assay rekey or otherwise: start again"
    case .damaged(let path):
      "\(path) is damaged where openings are counted: restore no copy of it, run setup again"
    case .notReserved:
      "the proof's opening was spent by a copy of this process: the proof is thrown away, because"
        + " two proofs of one opening would show something of what it hides"
    case .severalNames(let path, let count):
      "\(path) has \(count) names (hard links), and only under this one would the new key take its"
        + " place: remove the others"
    }
  }
}
