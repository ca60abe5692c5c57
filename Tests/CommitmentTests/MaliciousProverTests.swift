import FieldArithmetic
import Hashing
import Prover
import Testing
import Transcript

@testable import Commitment

/// Passes everything on to another responder, but changes one answer of one kind.
final class Tampering: Responder {
  enum Target { case element, digest, leaf, sibling }

  private let honest: any Responder
  private let target: Target
  private let label: MessageLabel
  // How many answers of the kind to let pass, and which entry of the next one to change.
  private var skip: Int
  private let entry: Int

  init(_ honest: any Responder, _ target: Target, _ label: MessageLabel, skip: Int, entry: Int = 0)
  {
    self.honest = honest
    self.target = target
    self.label = label
    self.skip = skip
    self.entry = entry
  }

  private func isDue(_ kind: Target, _ label: MessageLabel) -> Bool {
    guard kind == target, label == self.label else { return false }
    skip -= 1
    return skip == -1
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    var answer = honest.message(label, count: count)
    if isDue(.element, label) { answer[entry] += Fp3(.zero, .zero, .one) }
    return answer
  }

  func digest(_ label: MessageLabel) -> Digest {
    let answer = honest.digest(label)
    return isDue(.digest, label) ? Digest(hashing: answer.bytes) : answer
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    var answer = honest.hintElements(label, count: count)
    if isDue(.leaf, label) { answer[min(entry, count - 1)] += .one }
    return answer
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    var answer = honest.hintDigests(label, count: count)
    if isDue(.sibling, label) { answer[min(entry, count - 1)] = Digest(hashing: [1]) }
    return answer
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    honest.learn(label, challenges: challenges)
  }
  func learn(_ label: MessageLabel, indices: [Int]) { honest.learn(label, indices: indices) }
}

@Suite struct MaliciousProverTests {
  private let instance: OpeningInstance

  init() throws {
    instance = OpeningInstance(
      parameters: try folding(
        GroupShape(rowsLog: 5, lanes: 4), GroupShape(rowsLog: 5, lanes: 3), steps: [2, 1],
        targetBits: 10))
  }

  private func rejection(_ make: (ReferenceOpening) -> any Responder) throws -> ProofError? {
    instance.rejection(of: try instance.prove(Erased(make(ReferenceOpening(instance)))))
  }

  @Test func honestProofIsAccepted() throws {
    #expect(try rejection { $0 } == nil)
  }

  /// Two rounds over the witness's lanes, three over the vector's, three over the last vector.
  @Test func aChangedRoundIsRejected() throws {
    for round in 0..<8 {
      for entry in 0..<2 {
        let rejection = try rejection {
          Tampering($0, .element, .openingRound, skip: round, entry: entry)
        }
        #expect(rejection == .rejected(.openingFinalClaim), "round \(round)")
      }
    }
  }

  @Test func aChangedRootIsRejected() throws {
    for round in 0..<2 {
      let rejection = try rejection { Tampering($0, .digest, .openingRoot, skip: round) }
      #expect(rejection == .rejected(.merklePath))
    }
  }

  /// The model, the witness and two folded vectors are opened.
  @Test func aChangedLeafOrSiblingIsRejected() throws {
    for oracle in 0..<4 {
      for entry in [0, 1, 5, Int.max] {
        let leaf = try rejection {
          Tampering($0, .leaf, .openingLeaves, skip: oracle, entry: entry)
        }
        #expect(leaf == .rejected(.merklePath))
        let sibling = try rejection {
          Tampering($0, .sibling, .openingSiblings, skip: oracle, entry: entry)
        }
        #expect(sibling == .rejected(.merklePath))
      }
    }
  }

  @Test func aChangedLastVectorIsRejected() throws {
    for entry in 0..<8 {
      let rejection = try rejection {
        Tampering($0, .element, .openingFinal, skip: 0, entry: entry)
      }
      #expect(rejection == .rejected(.openingFinalVector))
    }
  }

  /// A statement without a root would leave a group unchecked.
  @Test func incompleteStatementsAreRejected() throws {
    let proof = try instance.prove(ReferenceOpening(instance))
    let whole = instance.statement
    let incomplete = [
      OpeningStatement(
        parameters: whole.parameters, modelRoot: nil, witnessRoot: whole.witnessRoot,
        lanePoint: whole.lanePoint),
      OpeningStatement(
        parameters: whole.parameters, modelRoot: whole.modelRoot, witnessRoot: nil,
        lanePoint: whole.lanePoint),
      OpeningStatement(
        parameters: whole.parameters, modelRoot: whole.modelRoot, witnessRoot: whole.witnessRoot,
        lanePoint: []),
    ]
    for statement in incomplete {
      #expect(throws: ProofError.rejected(.merklePath)) {
        var context = VerifierContext(domain: "opening test", statement: [], proof: proof)
        try verifyOpening(&context, statement, form: instance, value: instance.value)
      }
    }
  }

  /// A commitment to another vector than the folded one, opened correctly.
  @Test func aCommitmentToAnotherVectorIsRejected() throws {
    let checks: [Check] = [.openingFinalClaim, .openingFinalVector]
    for (round, check) in checks.enumerated() {
      let shape = instance.parameters.rounds[round]
      let rejection = try rejection { OtherVector($0, round: round, shape: shape) }
      #expect(rejection == .rejected(check))
    }
  }

  /// A prover that opens other data than the committed ones, and is honest from there on.
  @Test func otherDataThanTheCommittedAreRejected() throws {
    let other = OpeningInstance(parameters: instance.parameters, seed: 2)
    for (model, witness) in [(true, false), (false, true)] {
      let mixed = OpeningInstance(
        parameters: instance.parameters, seed: 1, replacing: other, model: model, witness: witness)
      let proof = try mixed.prove(ReferenceOpening(mixed))
      #expect(mixed.rejection(of: proof) == .rejected(.openingFinalClaim))
    }
  }
}

/// Commits to a random vector in one round, and opens that commitment.
private final class OtherVector: Responder {
  private let honest: any Responder
  private let round: Int
  private let other: ReferenceCommitment
  private let depth: Int
  private var roots = 0
  // The groups' two openings come first.
  private var openings = -2
  private var proof = Multiproof(depth: 0, positions: [])

  init(_ honest: any Responder, round: Int, shape: OpeningParameters.Round) {
    var random = Random(seed: 21)
    let lanes = (0..<1 << shape.lanesLog).map { _ in random.elements(1 << shape.rowsLog) }
    self.honest = honest
    self.round = round
    other = ReferenceCommitment(lanes: lanes, domainLog: shape.domainLog)
    depth = shape.domainLog
  }

  func digest(_ label: MessageLabel) -> Digest {
    let answer = honest.digest(label)
    defer { roots += 1 }
    return roots == round ? other.root : answer
  }

  func learn(_ label: MessageLabel, indices: [Int]) {
    honest.learn(label, indices: indices)
    if openings == round { proof = Multiproof(depth: depth, positions: indices) }
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    let answer = honest.hintElements(label, count: count)
    return openings == round ? proof.positions.flatMap { other.leaves[$0] } : answer
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    let answer = honest.hintDigests(label, count: count)
    defer { openings += 1 }
    return openings == round ? other.siblings(proof) : answer
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] { honest.message(label, count: count) }
  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    honest.learn(label, challenges: challenges)
  }
}

/// A responder of any type.
final class Erased: Responder {
  private let base: any Responder
  init(_ base: any Responder) { self.base = base }
  func message(_ label: MessageLabel, count: Int) -> [Fp3] { base.message(label, count: count) }
  func digest(_ label: MessageLabel) -> Digest { base.digest(label) }
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    base.hintElements(label, count: count)
  }
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    base.hintDigests(label, count: count)
  }
  func learn(_ label: MessageLabel, challenges: [Fp3]) { base.learn(label, challenges: challenges) }
  func learn(_ label: MessageLabel, indices: [Int]) { base.learn(label, indices: indices) }
}
