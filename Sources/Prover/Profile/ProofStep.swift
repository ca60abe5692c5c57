import Transcript

/// The parts into which the time of a proof is divided.
public enum ProofPhase: String, Sendable, CaseIterable {
  /// The network's values, and how often rows of tables are looked up.
  case witness
  /// The codeword of the witness and its tree of hashes.
  case commit
  /// The fraction tree of all lookups.
  case lookups
  /// The sum-checks of the products.
  case contractions
  /// The linear forms that are opened, written out.
  case forms
  /// The model's lanes and the opened vectors, folded and committed again.
  case folding
  /// What is opened at the drawn positions.
  case tail
  /// All else: the statement, the count of proofs, a commitment to the model where the one before is used
  /// up, the transcript, the pads, and the verifier's protocol, which the prover follows.
  case rest
}

/// A step of the work on a proof, whose time is measured on its own.
public enum ProofStep: String, Sendable, CaseIterable {
  case evaluation = "evaluate the network"
  case counting = "count the lookups"
  case slots = "count the proof"
  case statement = "write the statement"
  case commitment = "commit to the witness"
  case fractionTree = "build the fraction tree"
  case fractionRounds = "reduce the fraction tree"
  case products = "gather the factors"
  case productRounds = "reduce the products"
  case modelFold = "fold the model's lanes"
  case modelCommitment = "hold the model's commitment"
  case modelForm = "form on the model"
  case witnessForm = "form on the witness"
  case openingRounds = "reduce the opening"
  case foldedCommitment = "commit to folded vectors"
  case positionForms = "forms of opened positions"
  case openedLeaves = "open the leaves"
  case transcript = "transcript and checks"

  public var phase: ProofPhase {
    switch self {
    case .evaluation, .counting: .witness
    case .commitment: .commit
    case .fractionTree, .fractionRounds: .lookups
    case .products, .productRounds: .contractions
    case .modelForm, .witnessForm: .forms
    case .modelFold, .openingRounds, .foldedCommitment, .positionForms: .folding
    case .openedLeaves: .tail
    case .slots, .statement, .modelCommitment, .transcript: .rest
    }
  }

  /// The step that answers a message, or takes in a challenge.
  init(_ label: MessageLabel) {
    switch label {
    case .lookupChallenge: self = .fractionTree
    case .fractionRoot, .layerCombiner, .layerRound, .layerPoint, .layerValues, .layerFold:
      self = .fractionRounds
    case .zeroCheckPoint: self = .modelFold
    case .equalityCombiner: self = .products
    case .productSum, .productRound, .productPoint, .productValues: self = .productRounds
    case .openingRound, .openingFold, .openingMaskSum, .openingMaskFactor, .openingMaskValue,
      .openingMaskFold:
      self = .openingRounds
    case .openingRoot: self = .foldedCommitment
    case .openingCombiner: self = .positionForms
    case .openingQueries, .openingLeaves, .openingSiblings, .openingFinal: self = .openedLeaves
    default: self = .transcript
    }
  }
}
