import Argument
import Commitment
import ConstraintSystem
import Hashing
import Transcript

/// What a verifier needs to know of a model: the constraint system and the model's commitments
/// (`Paper/` section 11.1).
///
/// A model is committed to once and for all by the *pinned* root, which is part of the key's
/// identity. A hidden model has further commitments to the same weights, which proofs open in its
/// place, each a limited number of times: when they are used up, a key of the same identity comes
/// with fresh ones. The certificate shows that all of them hold the same weights, each in its range.
public struct VerifyingKey: Sendable {
  public let system: ConstraintSystem
  /// The model's first commitment, which certificates open; nil without a model.
  public let pinnedRoot: Digest?
  /// Whether proofs hide all but the public tensors (`Paper/` section 14).
  public let isHiding: Bool
  /// How many proofs open each commitment of a hidden model; zero if the model is not hidden.
  public let openings: Int
  /// The commitments that proofs of a hidden model open; empty if the model is not hidden.
  public let roots: [Digest]
  /// A proof that all commitments hold the same weights, each in its range; empty if there is none.
  public private(set) var certificate: [UInt8]
  /// What the system says that it was made from, for whoever wants to make it again: opaque bytes,
  /// which the verifier carries and does not read. They are no part of the identity, and nothing that
  /// is accepted depends on them.
  public let derivation: [UInt8]
  /// The error terms of the certificate, once it has been checked.
  private(set) var certificateSecurity: ArgumentSecurity?
  /// The file's digest, if the key was read from one.
  var readDigest: Digest?
  /// Names the model: its system and weights, whatever commitments the key lists.
  public let identityDigest: Digest
  /// What the digest is of.
  let identityBytes: [UInt8]
  /// How proofs of single inferences are made: hiding ones if proofs under the key hide.
  public let standard: ProofMode
  let modelCode: ModelCode?

  public static let magic: [UInt8] = [0x41, 0x53, 0x53, 0x41, 0x59, 0x56, 0x4B, 0]
  public static let version: UInt32 = 5
  /// The bits of security that a key must give: each challenge errs at most so.
  public static let securityFloor = 128
  /// The longest key that is read.
  public static let maximalLength = 1 << 28
  /// The greatest number of proofs for each commitment of a hidden model.
  public static let maximalOpenings = 1 << 20
  /// The greatest number of commitments that proofs may open.
  public static let maximalRoots = 32
  /// The most bytes that say what the system was made from.
  public static let maximalDerivation = 1 << 23

  public var layout: Layout { standard.layout }
  public var parameters: OpeningParameters { standard.parameters }
  public var security: ArgumentSecurity { standard.security }
  /// Whether the weights are hidden, and not only the witness.
  public var hidesModel: Bool { openings > 0 }

  /// Makes the key of a system and a model's roots.
  /// - Parameters:
  ///   - isHiding: whether proofs hide the witness.
  ///   - openings: how many proofs each of `roots` serves; zero unless the model is hidden.
  ///   - roots: empty unless the model is hidden.
  ///   - derivation: what the system was made from; at most `maximalDerivation` bytes.
  /// - Throws: `malformed` if the parts do not fit together, `tooLarge` or `insufficientSecurity` if
  ///   there are no parameters for the system.
  public init(
    system: ConstraintSystem, pinnedRoot: Digest?, isHiding: Bool = false, openings: Int = 0,
    roots: [Digest] = [], certificate: [UInt8] = [], derivation: [UInt8] = []
  ) throws(KeyError) {
    do { try system.validate() } catch { throw .malformed }
    let hasModel = system.tensors.contains { $0.role == .model }
    guard hasModel == (pinnedRoot != nil), hasModel || certificate.isEmpty,
      (0...VerifyingKey.maximalOpenings).contains(openings),
      openings == 0 ? roots.isEmpty : isHiding && hasModel && !roots.isEmpty,
      roots.count <= VerifyingKey.maximalRoots, certificate.count <= Proof.maximalLength,
      derivation.count <= VerifyingKey.maximalDerivation
    else { throw .malformed }
    self.system = system
    self.pinnedRoot = pinnedRoot
    self.isHiding = isHiding
    self.openings = openings
    self.roots = roots
    self.certificate = certificate
    self.derivation = derivation
    identityBytes = VerifyingKey.identity(
      of: system, pinnedRoot, isHiding: isHiding, openings: openings)
    identityDigest = Digest(hashing: identityBytes)
    (modelCode, standard) = try VerifyingKey.modes(system, isHiding: isHiding, openings: openings)
  }

  private static func modes(
    _ system: ConstraintSystem, isHiding: Bool, openings: Int
  ) throws(KeyError) -> (ModelCode?, ProofMode) {
    let layout = try ProofMode.layout(system, isHiding: isHiding)
    let code = try ModelCode(layout, openings: openings)
    return (code, try ProofMode(layout, code, isHiding: isHiding))
  }

  /// How proofs of single inferences would be made under a key that is still to be made.
  /// - Parameters:
  ///   - system: a valid one.
  ///   - openings: as `init` has it.
  public static func standardMode(
    _ system: ConstraintSystem, isHiding: Bool, openings: Int
  ) throws(KeyError) -> ProofMode {
    try modes(system, isHiding: isHiding, openings: openings).1
  }

  /// The same key with a certificate, which is not checked yet.
  /// - Throws: `malformed` without a model, or if the certificate is too long.
  public func with(certificate: [UInt8]) throws(KeyError) -> VerifyingKey {
    guard pinnedRoot != nil, certificate.count <= Proof.maximalLength else { throw .malformed }
    var key = self
    key.certificate = certificate
    key.certificateSecurity = nil
    key.readDigest = nil
    return key
  }

  /// Whether all commitments are known to hold the same weights, each in its declared range: the
  /// certificate has been checked, or there is no model.
  public var isProven: Bool { pinnedRoot == nil || certificateSecurity != nil }

  /// The key whose certificate has been checked.
  func proven(by security: ArgumentSecurity) -> VerifyingKey {
    var key = self
    key.certificateSecurity = security
    return key
  }

  /// The key, whose certificate was checked before, by whoever has kept the digest of the file that
  /// it was in.
  ///
  /// The identity would not do: another file of the same identity may list commitments to other
  /// weights, and have a certificate that does not hold.
  /// - Parameter fileDigest: the `fileDigest` of a key that was proven.
  /// - Throws: `unproven` if the key has a model and no certificate, `otherKeyFile` if it is another.
  public func checkedBefore(fileDigest: Digest) throws(ProofError) -> VerifyingKey {
    guard fileDigest == self.fileDigest else { throw .otherKeyFile }
    guard pinnedRoot != nil else { return self }
    guard !certificate.isEmpty, let mode = try? certificateMode() else { throw .unproven }
    return proven(by: mode.security)
  }

  /// How proofs under the key are made.
  /// - Parameters:
  ///   - isHiding: whether they hide anything: no more than the key's proofs do, and no less if
  ///     the key hides the model.
  ///   - batch: how many inferences one proof shows.
  ///   - data: the shapes of the commitments to data that it opens.
  /// - Throws: `KeyError`, when there are no parameters for so large a batch, or for such data.
  public func mode(
    isHiding: Bool, batch: Int = 1, data: [DataShape] = []
  ) throws(KeyError) -> ProofMode {
    guard batch != 1 || isHiding != self.isHiding || !data.isEmpty else { return standard }
    guard isHiding ? self.isHiding : !hidesModel else { throw .malformed }
    let batched: ConstraintSystem
    do { batched = try system.batched(batch) } catch { throw .tooLarge }
    return try ProofMode(
      ProofMode.layout(batched, isHiding: isHiding), modelCode, isHiding: isHiding, batch: batch,
      data: data)
  }

  /// How the certificate is made: nil without a model.
  ///
  /// It hides the model if the key does; the weights of a model that is not hidden need no hiding.
  /// - Throws: `KeyError`, when the model's ranges are too wide for the certificate.
  public func certificateMode() throws(KeyError) -> ProofMode? {
    guard pinnedRoot != nil else { return nil }
    let certified: ConstraintSystem
    do { certified = try system.weightCertificate() } catch { throw .tooLarge }
    return try ProofMode(
      ProofMode.layout(certified, isHiding: hidesModel), modelCode, isHiding: hidesModel,
      copies: 1 + roots.count, mostQueries: ModelCode.certificateQueries)
  }

  /// How many proofs and certificates the commitments of a key serve.
  public struct Capacity: Equatable, Sendable {
    /// How many proofs each commitment serves, besides one certificate.
    public let openings: Int
    /// How many certificates the pinned commitment serves.
    public let certificates: Int
  }

  /// The capacity of a hidden model's commitments with the shortest tail that does; nil without a
  /// model.
  /// - Parameters:
  ///   - system: a valid one.
  ///   - openings: for how many proofs each commitment is to be made, at the least.
  public static func capacity(
    of system: ConstraintSystem, openings: Int
  ) throws(KeyError) -> Capacity? {
    let code = try ModelCode(ProofMode.layout(system, isHiding: true), openings: openings)
    guard let code, openings > 0 else { return nil }
    return Capacity(
      openings: min(code.openings, maximalOpenings), certificates: code.certificates)
  }

  /// Whether a proof may open the commitment.
  func isOpened(_ root: Digest?) -> Bool {
    guard hidesModel else { return root == nil }
    guard let root else { return false }
    return roots.contains(root)
  }
}

/// Why a key is refused.
public enum KeyError: Error, Equatable, Sendable {
  case truncated
  case trailingBytes
  case foreign
  case unsupportedVersion(UInt32)
  /// The checksum does not match: the file is damaged.
  case corrupted
  /// The constraint system breaks a rule.
  case malformed
  case tooLarge
  /// The parameters do not reach the floor.
  case insufficientSecurity

  public var description: String {
    switch self {
    case .truncated: "the verifying key is truncated"
    case .trailingBytes: "the verifying key has bytes after its end"
    case .foreign: "this is no verifying key"
    case .unsupportedVersion(let version):
      "a verifying key of version " + String(version) + "; this program reads version "
        + String(VerifyingKey.version)
        + ": compile and set up the network again, or use the program that made the key"
    case .corrupted: "the verifying key is damaged: its checksum does not match"
    case .malformed: "the verifying key's constraint system breaks a rule"
    case .tooLarge: "the verifying key describes a system that is too large"
    case .insufficientSecurity: "the verifying key's parameters give less than 128 bits"
    }
  }
}
