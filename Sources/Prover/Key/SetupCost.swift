import Commitment
import ConstraintSystem
import Hashing
import Kernels
import Verifier
import Witness

/// What a key will cost, before it is made: sizes to within a few per cent, times to within a factor
/// of two on the processors that they were measured on.
public struct SetupCost: Equatable, Sendable {
  /// The pinned one included; zero without a model.
  public let commitments: Int
  /// How often the key can be rekeyed after its set-up; zero unless the model is hidden.
  public let rekeys: Int
  /// The commitment in use, in a file beside the proving key.
  public let commitmentBytes: Int
  public let provingKeyBytes: Int
  public let verifyingKeyBytes: Int
  /// Positions of codes that are computed, and the lanes of each.
  let positions: Int
  let lanes: Int
  /// Weights, each of which the certificate reads.
  let weights: Int

  /// - Parameters:
  ///   - circuit: that of a compiled model.
  ///   - model: its integers.
  ///   - privacy: what proofs will hide.
  /// - Throws: as `ProvingKey.make`, for a key that can't be made.
  public init(
    circuit: Circuit, model: [Int: IntegerBuffer], privacy: ProvingKey.Privacy
  ) throws {
    let plan = try SetupPlan(circuit.system, privacy)
    let hasModel = circuit.system.tensors.contains { $0.role == .model }
    // What stands in the place of roots matters to nothing that is asked here.
    let root = Digest(hashing: [])
    let key = try VerifyingKey(
      system: circuit.system, pinnedRoot: hasModel ? root : nil, isHiding: privacy != .none,
      openings: plan.openings, roots: [Digest](repeating: root, count: plan.commitments))
    commitments = hasModel ? 1 + plan.commitments : 0
    rekeys = max(plan.certificates - 1, 0)
    guard let group = key.parameters.committed.first, let mode = try key.certificateMode() else {
      (commitmentBytes, positions, lanes, weights) = (0, 0, 0, 0)
      verifyingKeyBytes = key.file.count
      provingKeyBytes = circuit.canonicalBytes.count
      return
    }
    let (length, lanes) = (1 << group.domainLog, group.shape.lanes)
    commitmentBytes =
      StoredCommitment.headerCount + (8 * lanes + 2 * Digest.byteCount) * length
      - Digest.byteCount + 8 * lanes * group.shape.tail
    verifyingKeyBytes = key.file.count + mode.parameters.estimatedBytes
    provingKeyBytes =
      circuit.canonicalBytes.count + mode.parameters.estimatedBytes
      + model.values.reduce(0) { $0 + $1.count * $1.width.rawValue }
      + OpeningSlots.headerCount + plan.openings * plan.commitments + plan.certificates
    positions = Self.passes(commitments, bytes: commitmentBytes) * length
    self.lanes = lanes
    weights = model.values.reduce(0) { $0 + $1.count }
  }

  /// How often a commitment is made: each for its root, again to be certified unless it is still in
  /// memory, and one for its file.
  private static func passes(_ commitments: Int, bytes: Int) -> Int {
    let isHeld = commitments * bytes <= CommitmentCache.standardMemory
    return (isHeld ? 1 : 2) * commitments + 1
  }

  /// Bytes of all files.
  public var bytes: Int { provingKeyBytes + commitmentBytes + verifyingKeyBytes }

  // Fitted to keys of 8 thousand to 15 million weights, for 1 to 1,000,000 proofs, on two virtual
  // cores with AVX-512: a position costs its hashes and its memory, and so much more for each lane.
  private static let secondsPerPosition = 1.0e-7
  private static let secondsPerElement = 3.0e-9
  private static let secondsPerWeight = 3.0e-7

  /// How long it takes, roughly.
  /// - Parameter threads: that compute.
  public func seconds(threads: Int = Parallelism.threads) -> Double {
    let position = Self.secondsPerPosition + Double(lanes) * Self.secondsPerElement
    return (Double(positions) * position + Double(weights) * Self.secondsPerWeight)
      * 2 / Double(max(threads, 1))
  }
}
