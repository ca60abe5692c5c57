import Commitment
import Foundation
import Hashing
import Synchronization

/// The commitments to a model that are at hand: some in memory and, once the proving key is in a file,
/// those that are being opened in files beside it, mapped into memory.
///
/// The files are as secret as the key. They may be deleted at any time: a missing or a damaged one is
/// made again.
final class CommitmentCache: Sendable {
  private struct State {
    var path: String?
    var held: [Int: any CommittedMatrix] = [:]
    /// The one that is held beyond the limit.
    var guest: Int?
  }

  /// The most that are held in memory at once, but for one.
  private let limit: Int
  private let state: Mutex<State>

  /// The bytes of memory that commitments may take.
  private static let memory = 1 << 30

  init(bytesOfEach size: Int, held: [Int: any CommittedMatrix]) {
    limit = Self.memory / max(size, 1)
    state = Mutex(State(held: held))
  }

  /// The name of a commitment's file.
  static func file(_ index: Int, of path: String) -> String { "\(path).commitment-\(index)" }

  /// Keeps commitments in files from here on. What such files held before is of another key.
  func keep(beside path: String) { state.withLock { $0.path = path } }

  /// A commitment at hand, or made.
  /// - Parameters:
  ///   - root: what its root has to be, if that is known.
  ///   - group: its code.
  func commitment(
    _ index: Int, root: Digest?, like group: OpeningParameters.Group,
    make: () -> MatrixCommitment
  ) -> any CommittedMatrix {
    state.withLock { state in
      if let held = state.held[index] { return held }
      let found: any CommittedMatrix
      if let path = state.path {
        found = Self.stored(Self.file(index, of: path), root, group, make)
      } else {
        found = make()
      }
      if let guest = state.guest, state.held.count > limit { state.held[guest] = nil }
      if state.held.count >= limit { state.guest = index }
      state.held[index] = found
      return found
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

  private static func stored(
    _ file: String, _ root: Digest?, _ group: OpeningParameters.Group,
    _ make: () -> MatrixCommitment
  ) -> any CommittedMatrix {
    if let stored = read(file, root, group) { return stored }
    let made = make()
    // In a folder that can't be written to the commitment is made each time.
    guard (try? SecretFile.replace(file) { try made.store(in: $0) }) != nil else { return made }
    return read(file, made.root, group) ?? made
  }

  /// nil unless the file holds the commitment, as far as its beginning and its end say.
  private static func read(
    _ file: String, _ root: Digest?, _ group: OpeningParameters.Group
  ) -> StoredCommitment? {
    guard let stored = try? StoredCommitment(mapping: URL(fileURLWithPath: file)),
      stored.lanes == group.shape.lanes, stored.domainLog == group.domainLog,
      stored.root == root
    else { return nil }
    return stored
  }
}
