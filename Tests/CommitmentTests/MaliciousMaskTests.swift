import FieldArithmetic
import Hashing
import Prover
import Testing
import Transcript

@testable import Commitment

/// Provers that cheat with what hides an opening.
@Suite struct MaliciousMaskTests {
  private let instance: OpeningInstance

  init() throws {
    instance = OpeningInstance(
      parameters: try hiding(
        GroupShape(rowsLog: 5, lanes: 4), GroupShape(rowsLog: 5, lanes: 3), steps: [2, 1]))
  }

  private func rejection(
    _ target: Tampering.Target, _ label: MessageLabel, skip: Int = 0, entry: Int = 0
  ) throws -> ProofError? {
    let prover = Tampering(ReferenceOpening(instance), target, label, skip: skip, entry: entry)
    return instance.rejection(of: try instance.prove(Erased(prover)))
  }

  /// Two rounds over the witness's lanes, and those over the vector.
  @Test func aChangedRoundIsRejected() throws {
    for round in 0..<instance.parameters.vectorLog + 2 {
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

  @Test func aChangedMaskVectorIsRejected() throws {
    let count = try #require(instance.parameters.hiding).vectorLength
    for entry in 0..<count {
      let rejection = try rejection(.element, .openingMaskVector, entry: entry)
      #expect(rejection == .rejected(.openingMaskVector), "entry \(entry)")
    }
  }

  /// The last entries of a witness's leaf are its masks.
  @Test func aChangedMaskLeafOrRootIsRejected() throws {
    #expect(try rejection(.digest, .openingMaskRoot) == .rejected(.merklePath))
    for entry in [0, 1, 2, Int.max] {
      #expect(try rejection(.leaf, .openingMaskLeaves, entry: entry) == .rejected(.merklePath))
      #expect(
        try rejection(.sibling, .openingMaskSiblings, entry: entry) == .rejected(.merklePath))
    }
    for entry in 0..<3 + OpeningParameters.Hiding.witnessLanes {
      let rejection = try rejection(.leaf, .openingLeaves, skip: 1, entry: entry)
      #expect(rejection == .rejected(.merklePath))
    }
  }

  @Test func aFoldedVectorWithoutItsMaskIsRejected() throws {
    let checks: [Check] = [.openingMaskVector, .openingFinalClaim, .openingFinalClaim]
    for (part, check) in checks.enumerated() {
      let changed = InstanceMasks(instance, changing: part)
      let proof = try instance.prove(ReferenceOpening(instance, masks: changed))
      #expect(instance.rejection(of: proof) == .rejected(check), "part \(part)")
    }
  }

  @Test func bothMasksMustFitTheirCommitment() throws {
    let changed = InstanceMasks(instance, changing: 3)
    let proof = try instance.prove(ReferenceOpening(instance, masks: changed))
    #expect(instance.rejection(of: proof) == .rejected(.openingMaskVector))
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
      parameters: try hiding(nil, GroupShape(rowsLog: 2, lanes: 2), steps: [1], targetBits: 2))
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
  /// The instance's masks with one element changed after it was committed: of the mask of the
  /// rounds, of the mask of the witness's lane, of that of the model's, or of the mask's mask.
  fileprivate init(_ instance: OpeningInstance, changing part: Int) {
    guard let masks = instance.masks else { preconditionFailure("an instance that hides") }
    func changed(_ elements: [Fp3], _ isChanged: Bool) -> [Fp3] {
      isChanged ? [elements[0] + .one] + elements.dropFirst() : elements
    }
    self.init(
      lane: changed(masks.lane, part == 1), rounds: changed(masks.rounds, part == 0),
      roundsMask: changed(masks.roundsMask, part == 3),
      model: masks.model.map { changed($0, part == 2) },
      modelCommitment: masks.modelCommitment)
  }
}
