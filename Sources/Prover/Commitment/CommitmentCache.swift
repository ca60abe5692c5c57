import Commitment
import FileAccess
import Foundation
import Hashing
import Kernels
import Synchronization

/// The files that lie beside a proving key, for the commitments that are being opened.
public enum CommitmentFiles {
  /// What follows the proving key's name, before the commitment's number.
  public static let suffix = ".commitment-"
}

/// The commitments to a model that are at hand: some in memory and, once the proving key is in a file,
/// those that are being opened in files beside it, mapped into memory.
///
/// A file holds a stored commitment, and then its lanes' tails in the kernels' form, 8 bytes each. The
/// files are as secret as the key. They may be deleted at any time: a missing or a damaged one is
/// made again.
final class CommitmentCache: Sendable {
  private struct Entry {
    var matrix: any CommittedMatrix
    /// The tails' bytes, if they are in a file.
    var tails: Data?
  }

  private struct State {
    var path: String?
    var held: [Int: Entry] = [:]
    /// The one that is held beyond the limit.
    var guest: Int?
  }

  /// What makes a commitment anew.
  struct Maker {
    let commitment: () -> MatrixCommitment
    let tails: () -> BaseVector
  }

  /// The code of every commitment.
  private let group: OpeningParameters.Group
  /// The bytes of one of them.
  private let size: Int
  /// The most that are held in memory at once, but for one.
  private let limit: Int
  private let state: Mutex<State>

  /// The bytes of memory that commitments may take, if they are not so long that two take more.
  private let memory: Int
  /// What `memory` is unless something else is said.
  static let standardMemory = 1 << 28

  /// - Parameter held: commitments that are at hand.
  init(
    _ group: OpeningParameters.Group, held: [Int: any CommittedMatrix] = [:],
    memory: Int = standardMemory
  ) {
    self.group = group
    self.memory = memory
    size = (8 * group.shape.lanes + 2 * Digest.byteCount) << group.domainLog
    // Proofs that are made at the same time may be at the end of one and at the beginning of the next.
    limit = max(1, memory / size)
    state = Mutex(State(held: held.mapValues { Entry(matrix: $0) }))
  }

  /// The name of a commitment's file.
  static func file(_ index: Int, of path: String) -> String {
    "\(path)\(CommitmentFiles.suffix)\(index)"
  }

  /// Keeps commitments in files from here on.
  func keep(beside path: String) { state.withLock { $0.path = path } }

  /// A commitment at hand, or made.
  /// - Parameter root: what its root has to be, if that is known.
  func commitment(_ index: Int, root: Digest?, _ maker: Maker) -> any CommittedMatrix {
    state.withLock { state in
      if let held = state.held[index] { return held.matrix }
      let found = state.path.map { stored(Self.file(index, of: $0), root, maker) }
      if let guest = state.guest, state.held.count > limit { state.held[guest] = nil }
      if state.held.count >= limit { state.guest = index }
      let entry = found ?? Entry(matrix: maker.commitment())
      state.held[index] = entry
      return entry.matrix
    }
  }

  /// Gives up what is held in memory if that is much, for work that needs the room.
  func release() {
    state.withLock { state in
      let inMemory = state.held.filter { $0.value.matrix is MatrixCommitment }
      guard inMemory.count * size > memory else { return }
      for index in inMemory.keys { state.held[index] = nil }
      state.guest = nil
    }
  }

  /// The tails of a commitment that is at hand in a file.
  func tails(_ index: Int) -> Data? { state.withLock { $0.held[index]?.tails } }

  /// Sees to it that a commitment is in its file, if there is room for it.
  func store(_ index: Int, root: Digest?, _ maker: Maker) {
    state.withLock { state in
      guard let path = state.path else { return }
      let file = Self.file(index, of: path)
      if let held = state.held[index]?.matrix as? MatrixCommitment {
        state.held[index] = store(file, held, maker)
      } else {
        state.held[index] = stored(file, root, maker)
      }
    }
  }

  /// Deletes the files of the commitments before one, and gives up what is held of them.
  func forget(before index: Int) {
    state.withLock { state in
      for earlier in 0..<index {
        state.held[earlier] = nil
        if let path = state.path { unlink(Self.file(earlier, of: path)) }
      }
    }
  }

  private func stored(_ file: String, _ root: Digest?, _ maker: Maker) -> Entry {
    read(file, root) ?? store(file, maker.commitment(), maker)
  }

  /// In a folder that can't be written to a commitment stays in memory.
  private func store(_ file: String, _ made: MatrixCommitment, _ maker: Maker) -> Entry {
    do {
      let new = try NewFile(file, isSecret: true)
      try made.store(in: new)
      let tails = maker.tails()
      defer { tails.wipe() }
      let bytes = UnsafeRawBufferPointer(start: tails.words, count: 8 * tails.count)
      try withExtendedLifetime(tails) { try new.write(bytes) }
      try new.finish()
    } catch {
      return Entry(matrix: made)
    }
    return read(file, made.root) ?? Entry(matrix: made)
  }

  /// nil unless the file holds the commitment, as far as its length, its beginning and its root say.
  private func read(_ file: String, _ root: Digest?) -> Entry? {
    let size = 8 * group.shape.lanes * group.shape.tail
    guard let data = try? FileBytes.mapped(file), data.count >= size,
      let stored = try? StoredCommitment(data.dropLast(size)),
      stored.lanes == group.shape.lanes, stored.domainLog == group.domainLog,
      stored.root == root
    else { return nil }
    return Entry(matrix: stored, tails: size == 0 ? nil : data.suffix(size))
  }
}
