import FieldArithmetic
import Hashing
import Polynomials
import Prover
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport

@Suite struct MaliciousProverTests {
  private let instance: OpeningInstance

  init() throws {
    instance = OpeningInstance(
      parameters: try folding(
        GroupShape(rowsLog: 5, lanes: 4), GroupShape(rowsLog: 5, lanes: 3), steps: [2, 1],
        targetBits: 10))
  }

  private func rejection(_ make: (ReferenceOpening) -> any Responder) throws -> ProofError? {
    instance.rejection(
      of: try instance.prove(ForwardingResponder(make(ReferenceOpening(instance)))))
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
    let model = whole.committed[0]
    func statement(_ committed: [OpeningStatement.Committed], _ root: Digest?) -> OpeningStatement {
      OpeningStatement(parameters: whole.parameters, committed: committed, witnessRoot: root)
    }
    let incomplete = [
      statement([], whole.witnessRoot),
      statement([model], nil),
      statement([model, model], whole.witnessRoot),
      statement(
        [.init(roots: [], copyWeights: [], laneWeights: model.laneWeights)], whole.witnessRoot),
      statement(
        [.init(roots: model.roots, copyWeights: [], laneWeights: model.laneWeights)],
        whole.witnessRoot),
      statement(
        [.init(root: model.roots[0], laneWeights: Array(model.laneWeights.dropLast()))],
        whole.witnessRoot),
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

  /// A prover that opens other data than the committed ones, and is honest from there on: of the
  /// witness, of a group, and of one of the copies of which a combination is opened.
  @Test(arguments: [[], [2, 1]]) func otherDataThanTheCommittedAreRejected(_ steps: [Int]) throws {
    let parameters = try folding(
      [
        .init(GroupShape(rowsLog: 5, lanes: 4)),
        .init(GroupShape(rowsLog: 3, lanes: 3), copies: 3, weights: .powers),
      ], GroupShape(rowsLog: 5, lanes: 3), steps: steps, targetBits: 10)
    let other = OpeningInstance(parameters: parameters, seed: 2)
    let check: Check = steps.isEmpty ? .openingFinalVector : .openingFinalClaim
    let replacements: [OpeningInstance.Replacement] = [
      .witness, .copy(group: 0, copy: 0), .copy(group: 1, copy: 0), .copy(group: 1, copy: 1),
      .copy(group: 1, copy: 2),
    ]
    for replacement in replacements {
      let mixed = OpeningInstance(
        parameters: parameters, seed: 1, replacing: other, replacement)
      let proof = try mixed.prove(ReferenceOpening(mixed))
      #expect(mixed.rejection(of: proof) == .rejected(check), "\(replacement)")
    }
    let honest = OpeningInstance(parameters: parameters, seed: 1)
    #expect(honest.rejection(of: try honest.prove(ReferenceOpening(honest))) == nil)
  }

  /// Copies that are combined have the same data if and only if every combination of sum one has
  /// the value of the first.
  @Test func copiesOfOtherDataHaveAnotherValue() throws {
    let parameters = try folding(
      [.init(GroupShape(rowsLog: 4, lanes: 3), copies: 3)], GroupShape(rowsLog: 4, lanes: 3),
      steps: [1], targetBits: 10)
    let instance = OpeningInstance(parameters: parameters)
    let proof = try instance.prove(ReferenceOpening(instance))
    #expect(instance.rejection(of: proof) == nil)
    // What the first copy alone would have.
    var first = innerProduct(
      instance.witnessWeights.flatMap { $0 }, instance.witness.flatMap { $0 })
    for (lane, weight) in zip(instance.committed[0][0], instance.laneWeights[0]) {
      first += weight * innerProduct(instance.committedWeights[0], lane)
    }
    let claimed = try instance.prove(ReferenceOpening(instance), value: first)
    #expect(instance.rejection(of: claimed, value: first) == .rejected(.openingFinalClaim))
  }
}

/// Commits to a random vector in one round, and opens that commitment.
private final class OtherVector: Responder {
  private let honest: any Responder
  private let round: Int
  private let other: ReferenceCommitment
  private let depth: Int
  private var roots = 0
  // The groups' two openings come first, at one choice of positions.
  private var openings = -2
  private var draws = -1
  private var proof = Multiproof(depth: 0, positions: [])

  init(_ honest: any Responder, round: Int, shape: OpeningParameters.Round) {
    var random = SeededGenerator(seed: 21)
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
    if draws == round { proof = Multiproof(depth: depth, positions: indices) }
    draws += 1
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
