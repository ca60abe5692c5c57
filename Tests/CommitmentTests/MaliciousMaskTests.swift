import FieldArithmetic
import Hashing
import Prover
import TestSupport
import Testing
import Transcript

@testable import Commitment
@testable import ProofTestSupport

/// Provers that cheat with what hides an opening.
@Suite struct MaliciousMaskTests {
  private let instance: OpeningInstance

  init() throws {
    instance = OpeningInstance(parameters: try Self.parameters(steps: [2, 1]))
  }

  /// Two hidden groups, of which the second one has a shorter code than the witness, and a public
  /// one with the longest code.
  private static func parameters(steps: [Int]) throws -> OpeningParameters {
    try hiding(
      [
        .init(shape: GroupShape(rowsLog: 5, lanes: 4)),
        .init(shape: GroupShape(rowsLog: 1, lanes: 4), copies: 3),
        .init(shape: GroupShape(rowsLog: 7, lanes: 2), openings: 0),
      ], GroupShape(rowsLog: 6, lanes: 3), steps: steps)
  }

  private func rejection(
    _ target: Tampering.Target, _ label: MessageLabel, skip: Int = 0, entry: Int = 0
  ) throws -> ProofError? {
    let prover = Tampering(ReferenceOpening(instance), target, label, skip: skip, entry: entry)
    return instance.rejection(of: try instance.prove(ForwardingResponder(prover)))
  }

  /// Two rounds over the witness's lanes, and those over the vector.
  @Test func aChangedRoundIsRejected() throws {
    for round in 0..<instance.parameters.layout.log + 2 {
      for entry in 0..<2 {
        let rejection = try rejection(.element, .openingRound, skip: round, entry: entry)
        #expect(rejection == .rejected(.openingFinalClaim), "round \(round)")
      }
    }
  }

  @Test func aChangedSumOrValueOfTheMasksIsRejected() throws {
    #expect(try rejection(.element, .openingMaskSum) == .rejected(.openingFinalClaim))
    #expect(try rejection(.element, .openingMaskValue) == .rejected(.openingFinalClaim))
  }

  /// The last entries of a witness's leaf are its masks. Its leaves follow those of five
  /// commitments to the groups.
  @Test func aChangedMaskLeafIsRejected() throws {
    #expect(instance.parameters.roundLanes == 1 && instance.parameters.maskLanes == 9)
    for entry in 0..<instance.parameters.witnessWidth {
      let rejection = try rejection(.leaf, .openingLeaves, skip: 5, entry: entry)
      #expect(rejection == .rejected(.merklePath))
    }
    for entry in [0, 1, 2, Int.max] {
      let rejection = try rejection(.sibling, .openingSiblings, skip: 5, entry: entry)
      #expect(rejection == .rejected(.merklePath))
    }
  }

  /// The prover computes with other masks than the committed ones.
  @Test func aFoldedVectorWithoutItsMaskIsRejected() throws {
    for part in 0..<5 {
      let changed = try #require(instance.masks).changing(part)
      let proof = try instance.prove(ReferenceOpening(instance, masks: changed))
      #expect(instance.rejection(of: proof) == .rejected(.openingFinalClaim), "part \(part)")
    }
  }

  /// In place of the codeword of a mask another word is committed: of the witness's lane, of the
  /// rounds, and of the two hidden groups.
  @Test(arguments: [[], [2, 1]]) func aMaskThatIsNoCodewordIsRejected(_ steps: [Int]) throws {
    let parameters = try Self.parameters(steps: steps)
    let lanes = try #require(parameters.witness).shape.lanes
    let masks = lanes + parameters.roundLanes
    for lane in [lanes] + stride(from: masks, to: parameters.witnessWidth, by: Fp3.degree) {
      let corrupted = OpeningInstance(parameters: parameters) { words in
        var random = SeededGenerator(seed: 61)
        words[lane] = random.base(words[lane].count)
      }
      let proof = try corrupted.prove(ReferenceOpening(corrupted))
      let check: Check = steps.isEmpty ? .openingFinalVector : .openingFinalClaim
      #expect(corrupted.rejection(of: proof) == .rejected(check), "lane \(lane)")
    }
  }

  /// The mask of a group with a shorter code has to be the same at all positions that stand for one
  /// of the group's.
  @Test(arguments: [[], [2, 1]]) func aMaskThatIsNotRepeatedIsRejected(_ steps: [Int]) throws {
    let parameters = try Self.parameters(steps: steps)
    let period = 1 << parameters.committed[1].domainLog
    #expect(period < 1 << (try #require(parameters.witness).domainLog))
    let corrupted = OpeningInstance(parameters: parameters) { words in
      let lane = words.count - Fp3.degree
      for i in period..<words[lane].count { words[lane][i] += .one }
    }
    let proof = try corrupted.prove(ReferenceOpening(corrupted))
    let check: Check = steps.isEmpty ? .openingFinalVector : .openingFinalClaim
    #expect(corrupted.rejection(of: proof) == .rejected(check))
  }

  /// The lane of the mask of the rounds is added to the folded lane, so whoever does not keep it
  /// zero in the rows has committed to other data, and to no others than these.
  @Test func dataInTheMaskOfTheRoundsAreDataOfAllLanes() throws {
    let parameters = try hiding([], GroupShape(rowsLog: 5, lanes: 4), steps: [2, 1])
    let raised = OpeningInstance(parameters: parameters, .raisedWitness) { words in
      // That lane follows the data's.
      words[4] = words[4].map { $0 + .one }
    }
    let proof = try raised.prove(ReferenceOpening(raised))
    #expect(raised.rejection(of: proof) == nil)
    let value = raised.witnessWeights.reduce(raised.value) { $0 - $1[0] }
    let plain = OpeningInstance(parameters: parameters)
    #expect(plain.value == value)
    let honest = try plain.prove(ReferenceOpening(plain))
    #expect(plain.rejection(of: honest, value: value) == nil)
    let forged = try raised.prove(ReferenceOpening(raised), value: value)
    #expect(raised.rejection(of: forged, value: value) == .rejected(.openingFinalClaim))
  }

  @Test func challengesThatUncoverTheDataAreRefused() throws {
    for label in [MessageLabel.openingMaskFactor, .openingMaskFold] {
      #expect(throws: ProofError.rejected(.openingMaskFactor)) {
        var context = ProgrammedContext(
          ReferenceOpening(instance), seed: 5, firstPosition: 0, zero: label, isStrict: true)
        try verifyOpening(
          &context, instance.statement, form: instance, value: instance.value)
      }
    }
    var context = ProgrammedContext(
      ReferenceOpening(instance), seed: 5, firstPosition: 0, isStrict: true)
    try verifyOpening(&context, instance.statement, form: instance, value: instance.value)
    #expect(!context.view.isEmpty)
  }

  @Test func everyFlippedBitIsRejected() throws {
    let small = OpeningInstance(
      parameters: try hiding([], GroupShape(rowsLog: 2, lanes: 2), steps: [1], targetBits: 2))
    let proof = try small.prove(ReferenceOpening(small))
    #expect(small.rejection(of: proof) == nil)
    for position in proof.indices {
      for bit in 0..<8 {
        var changed = proof
        changed[position] ^= 1 << UInt8(bit)
        #expect(small.rejection(of: changed) != nil, "bit \(bit) of byte \(position)")
      }
    }
    for count in 0..<proof.count {
      #expect(small.rejection(of: Array(proof.prefix(count))) != nil)
    }
    #expect(small.rejection(of: proof + [0]) == .trailingBytes(1))
  }
}

extension InstanceMasks {
  /// The masks with one element changed after it was committed: of the mask of the witness's lane, of
  /// the polynomials of the rounds, of the random elements before them, or of a group's mask.
  fileprivate func changing(_ part: Int) -> InstanceMasks {
    func changed(_ elements: [Fp3], _ index: Int?) -> [Fp3] {
      elements.enumerated().map { $0 == index ? $1 + .one : $1 }
    }
    let last = rounds.count - 1
    let index =
      part == 1 ? last : part == 2 ? last - 2 * OpeningParameters.Hiding.roundCoefficients : nil
    return InstanceMasks(
      lane: changed(lane, part == 0 ? 0 : nil),
      rounds: rounds.enumerated().map { $0 == index ? $1 + .one : $1 },
      committed: committed.enumerated().map { group, mask in
        mask.map { changed($0, part == 3 + group ? 0 : nil) }
      })
  }
}
