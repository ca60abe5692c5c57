/// The name of a message or of a challenge. Its code is absorbed with what it names, so that no
/// message can be taken for another one. Codes are part of the format (`Paper/` section 4).
public struct MessageLabel: Equatable, Hashable, Sendable {
  public let code: UInt16

  public init(code: UInt16) { self.code = code }

  /// Whether pads hide the message in a proof that hides: the argument's messages, but for those
  /// that show the pads' products to be right.
  public var isMasked: Bool { (16..<40).contains(code) || self == .inverse }

  // The statement.
  public static let statement = MessageLabel(code: 1)
  public static let publicTensor = MessageLabel(code: 2)
  public static let witnessRoot = MessageLabel(code: 4)
  // Lookups.
  public static let lookupGrinding = MessageLabel(code: 16)
  public static let lookupChallenge = MessageLabel(code: 17)
  public static let fractionRoot = MessageLabel(code: 18)
  public static let layerCombiner = MessageLabel(code: 19)
  public static let layerRound = MessageLabel(code: 20)
  public static let layerPoint = MessageLabel(code: 21)
  public static let layerValues = MessageLabel(code: 22)
  public static let layerFold = MessageLabel(code: 23)
  // Constraints.
  public static let laneGrinding = MessageLabel(code: 31)
  public static let zeroCheckPoint = MessageLabel(code: 32)
  public static let equalityCombiner = MessageLabel(code: 33)
  public static let productSum = MessageLabel(code: 34)
  public static let productRound = MessageLabel(code: 35)
  public static let productPoint = MessageLabel(code: 36)
  public static let productValues = MessageLabel(code: 37)
  // Pads.
  public static let inverse = MessageLabel(code: 40)
  public static let sacrificeChallenge = MessageLabel(code: 41)
  public static let sacrificeValues = MessageLabel(code: 42)
  // Commitments that are made before the proof.
  public static let copyWeight = MessageLabel(code: 44)
  public static let dataPoint = MessageLabel(code: 45)
  public static let dataGrinding = MessageLabel(code: 46)
  public static let copyGrinding = MessageLabel(code: 47)
  // Opening.
  public static let claimCombiner = MessageLabel(code: 48)
  public static let openingRound = MessageLabel(code: 49)
  public static let openingFold = MessageLabel(code: 50)
  public static let openingRoot = MessageLabel(code: 51)
  public static let openingGrinding = MessageLabel(code: 52)
  public static let openingQueries = MessageLabel(code: 53)
  public static let openingLeaves = MessageLabel(code: 54)
  public static let openingSiblings = MessageLabel(code: 55)
  public static let openingCombiner = MessageLabel(code: 56)
  public static let openingFinal = MessageLabel(code: 57)
  // The opening's masks.
  public static let openingMaskSum = MessageLabel(code: 65)
  public static let openingMaskFactor = MessageLabel(code: 66)
  public static let openingMaskValue = MessageLabel(code: 67)
  public static let openingMaskFold = MessageLabel(code: 68)
}

/// A check of the verifier. A proof that fails it is rejected under this name.
public enum Check: UInt8, Equatable, Hashable, Sendable {
  case publicTensorRange
  case publicTensorShape
  case grinding
  case fractionDenominatorIsNonzero
  case fractionLayer
  case fractionPointIsNonzero
  case productSumCheck
  case merklePath
  case openingFinalVector
  case openingFinalClaim
  case openingMaskFactor
  case dataCommitmentOrder
  case dataCommitmentTensor
  case dataCommitmentSize

  public var description: String {
    switch self {
    case .publicTensorRange: "a public value lies outside of its declared range"
    case .publicTensorShape: "a public tensor has the wrong number of values"
    case .grinding: "the proof of work is missing"
    case .fractionDenominatorIsNonzero: "a denominator of the lookups is zero"
    case .fractionLayer: "a layer of the lookups' fraction tree does not follow from the next"
    case .fractionPointIsNonzero: "a challenge of the lookups is zero"
    case .productSumCheck: "the sum-check of the products ends in a false product"
    case .merklePath: "an opened leaf does not belong to the commitment"
    case .openingFinalVector: "the final vector disagrees with the last commitment"
    case .openingFinalClaim: "the opened linear form does not have the claimed value"
    case .openingMaskFactor: "a challenge that scales a mask is zero"
    case .dataCommitmentOrder: "commitments to data are not listed by ascending tensor"
    case .dataCommitmentTensor:
      "a commitment is to a tensor that is no private input or output"
    case .dataCommitmentSize: "a commitment to so many values for so many proofs is impossible"
    }
  }
}

/// Why a proof is not accepted.
public enum ProofError: Error, Equatable, Sendable {
  /// The proof ends within the named message.
  case truncated(MessageLabel)
  /// Bytes are left over after the last message.
  case trailingBytes(Int)
  /// An element in the named message is not the canonical encoding of any.
  case nonCanonical(MessageLabel)
  /// A check failed.
  case rejected(Check)
  /// The bytes are no proof of this system.
  case foreign
  /// A proof of another version of the format.
  case unsupportedVersion(UInt32)
  /// A proof of another statement: its key's digest is not this key's.
  case otherKey
  /// A proof that hides nothing where one that hides is expected.
  case notHiding
  /// A proof that opens a commitment to the model that the key does not list: it was made before
  /// or after other proving keys of the same model.
  case unknownCommitment
  /// A proof of so many inferences that there are no parameters for it.
  case unsupportedBatch(Int)
  /// A key without a certificate where one is expected.
  case unproven
  /// A key whose certificate does not hold.
  case badCertificate
  /// A key that is said to have been checked before, and is another file than the one that was.
  case otherKeyFile
}
