import FieldArithmetic
import Hashing
import TestSupport
import Testing
import Transcript

@testable import Argument
@testable import Commitment
@testable import ProofTestSupport
@testable import Prover
@testable import Verifier

/// A simulator of whole proofs: it has neither model nor witness, only the challenges beforehand.
///
/// All masked messages are random. What is opened is a commitment to nothing, and the sum of the
/// rounds' mask makes up for the value that it has not, which takes the challenge that follows.
private final class Simulator: ForwardingResponder {
  private var random: SeededGenerator
  /// What it takes the challenge after the sum of the rounds' mask for, and what that turns out to be.
  private let guess: Fp3
  private(set) var factor = Fp3.zero
  /// What is claimed of the opened form.
  var value = Fp3.zero

  init(_ inner: ProofResponder, guess: Fp3, seed: UInt64) {
    self.guess = guess
    random = SeededGenerator(seed: seed)
    super.init(inner)
  }

  override func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    if label.isMasked || label == .sacrificeValues { return random.elements(count) }
    let values = super.message(label, count: count)
    return label == .openingMaskSum ? [values[0] - guess * value] : values
  }

  override func learn(_ label: MessageLabel, challenges: [Fp3]) {
    if label == .openingMaskFactor { factor = challenges[0] }
    super.learn(label, challenges: challenges)
  }
}

@Suite struct WholeProofSimulatorTests {
  /// A network that is all zeros. With counts and pads of zero all that is committed is zero.
  private let nothing = TinyNetwork(weights: [0, 0, 0, 0], inputs: [0, 0])

  /// Runs the verifier on the simulator's messages.
  /// - Parameter guess: what the simulator takes the challenge after the masks' sum for.
  /// - Returns: that challenge.
  private func verify(
    outputs: [Int], guess: Fp3, seed: UInt64, isStrict: Bool
  ) throws -> Fp3 {
    let proof = try WholeProof(steps: [2, 1])
    let maker = try proof.maker(nothing, outputs: outputs, counts: [[0, 0, 0, 0]])
    var entropy = FixedEntropy(number: Int(seed))
    let plan = proof.mode.layout.pads
    let blank = ProofSecrets(
      pads: Pads(plan, drawn: .init(zeros: plan.count)),
      masks: try OpeningMasks(parameters: proof.mode.parameters, entropy: &entropy))
    let session = try maker.begin(secrets: blank)
    let simulator = Simulator(session.responder, guess: guess, seed: seed)
    var context = MaskedContext(
      ProgrammedContext(
        simulator, seed: proof.challengeSeed, firstPosition: proof.firstPosition, isStrict: isStrict
      ))
    try maker.run(&context, session) { simulator.value = $0.value }
    return simulator.factor
  }

  @Test func theVerifierAcceptsWhatNobodyComputed() throws {
    // Outputs that the model need not be able to have.
    for (outputs, seed) in [([0, 0], 1), ([17, -80], 2), ([84, 83], 3)] as [([Int], UInt64)] {
      let factor = try verify(outputs: outputs, guess: .one, seed: seed, isStrict: false)
      _ = try verify(outputs: outputs, guess: factor, seed: seed, isStrict: true)
      // Without the challenge beforehand the same messages are rejected.
      #expect(throws: ProofError.rejected(.openingFinalClaim)) {
        try verify(outputs: outputs, guess: factor + .one, seed: seed, isStrict: true)
      }
    }
  }
}
