import Commitment
import FieldArithmetic
import Hashing
import Polynomials
import Prover
import TestSupport
import Transcript

/// What hides an instance's opening.
struct InstanceMasks {
  /// Of the length of a witness's lane.
  let lane: [Fp3]
  /// As long, zero in the rows; the coordinates of the rounds' polynomials are at the end.
  let rounds: [Fp]
  /// By committed group; nil for a public one.
  let committed: [[Fp3]?]

  init(lane: [Fp3], rounds: [Fp], committed: [[Fp3]?]) {
    self.lane = lane
    self.rounds = rounds
    self.committed = committed
  }

  /// Random masks; nil if the parameters do not hide.
  init?(_ parameters: OpeningParameters, _ random: inout SeededGenerator) {
    guard parameters.hiding != nil, let witness = parameters.witness?.shape else { return nil }
    lane = random.elements(witness.messageLength)
    rounds = Array(repeating: .zero, count: witness.rows) + random.base(witness.tail)
    var committed: [[Fp3]?] = []
    for group in parameters.committed {
      committed.append(
        group.shape.tail == 0 ? nil : random.elements(group.shape.messageLength))
    }
    self.committed = committed
  }

  /// The messages of the lanes that are committed with the witness. A group's mask f on a shorter
  /// domain is f(Y^(2^s)) on the witness's.
  func witnessLanes(_ parameters: OpeningParameters) -> [[Fp]] {
    let log = parameters.witness?.domainLog ?? 0
    var masks = [lane]
    for (group, mask) in zip(parameters.committed, committed) {
      guard let mask else { continue }
      var spread: [Fp3] = []
      for coefficient in mask {
        let zeros = (1 << (log - group.domainLog)) - 1
        spread += [coefficient] + Array(repeating: .zero, count: zeros)
      }
      masks.append(spread)
    }
    return [rounds]
      + masks.flatMap { mask in
        [\Fp3.c0, \.c1, \.c2].map { coordinate in mask.map { $0[keyPath: coordinate] } }
      }
  }
}

/// Committed random data with a random linear form on them.
struct OpeningInstance: OpeningForm {
  /// What is opened in place of what is committed.
  enum Replacement: Equatable {
    case nothing, witness
    /// The witness with one added to the first row of each lane.
    case raisedWitness
    case copy(group: Int, copy: Int)
  }

  let parameters: OpeningParameters
  /// The opened data: messages by group, copy and lane.
  let committed: [[[[Fp]]]]
  let witness: [[Fp]]
  let copyWeights: [[Fp3]]
  let laneWeights: [[Fp3]]
  /// The committed groups' folded lanes, and the form on them.
  let folded: [[Fp3]]
  let committedWeights: [[Fp3]]
  let witnessWeights: [[Fp3]]
  let commitments: [[ReferenceCommitment]]
  let witnessCommitment: ReferenceCommitment?
  let masks: InstanceMasks?

  /// - Parameters:
  ///   - other: an instance whose data are opened in place of what is committed.
  ///   - isBlank: whether the data are all zero; tails are random all the same.
  ///   - corrupt: changes the codewords that are committed with the witness.
  init(
    parameters: OpeningParameters, seed: UInt64 = 1, replacing other: OpeningInstance? = nil,
    _ replacement: Replacement = .nothing, isBlank: Bool = false,
    corrupt: ((inout [[Fp]]) -> Void)? = nil
  ) {
    var random = SeededGenerator(seed: seed)
    self.parameters = parameters
    var committed = parameters.committed.map { group in
      (0..<group.copies).map { _ in random.messages(group.shape, isBlank) }
    }
    var witness = parameters.witness.map { random.messages($0.shape, isBlank) } ?? []
    for lane in witness.indices {
      for i in 0..<parameters.roundCoefficients {
        witness[lane][witness[lane].count - 1 - i] = .zero
      }
    }
    commitments = zip(parameters.committed, committed).map { group, copies in
      copies.map { ReferenceCommitment(lanes: $0, domainLog: group.domainLog) }
    }
    let masks = InstanceMasks(parameters, &random)
    let lanes = witness + (masks?.witnessLanes(parameters) ?? [])
    witnessCommitment = parameters.witness.map {
      ReferenceCommitment(lanes: lanes, domainLog: $0.domainLog, corrupt: corrupt)
    }
    self.masks = masks
    switch replacement {
    case .nothing: break
    case .witness: witness = other?.witness ?? []
    case .raisedWitness: witness = witness.map { [$0[0] + .one] + $0.dropFirst() }
    case .copy(let group, let copy): committed[group][copy] = other?.committed[group][copy] ?? []
    }
    copyWeights = parameters.committed.map { random.copyWeights($0.copies) }
    laneWeights = parameters.committed.map { random.laneWeights($0) }
    folded = parameters.committed.indices.map { [copyWeights, laneWeights] group in
      var sum = Array(
        repeating: Fp3.zero, count: parameters.committed[group].shape.messageLength)
      for (copy, weight) in zip(committed[group], copyWeights[group]) {
        for (lane, factor) in zip(copy, laneWeights[group]) {
          for (i, value) in lane.enumerated() { sum[i] += weight * factor * value }
        }
      }
      return sum
    }
    committedWeights = parameters.committed.map { random.elements($0.shape.rows) }
    let rows = parameters.witness?.shape.rows ?? 0
    witnessWeights = witness.map { _ in random.elements(rows) }
    self.committed = committed
    self.witness = witness
  }

  var value: Fp3 {
    var sum = Fp3.zero
    for (lane, weights) in zip(folded, committedWeights) { sum += innerProduct(weights, lane) }
    for (lane, weights) in zip(witness, witnessWeights) { sum += innerProduct(weights, lane) }
    return sum
  }

  var statement: OpeningStatement {
    OpeningStatement(
      parameters: parameters,
      committed: commitments.indices.map {
        .init(
          roots: commitments[$0].map(\.root), copyWeights: copyWeights[$0],
          laneWeights: laneWeights[$0])
      }, witnessRoot: witnessCommitment?.root)
  }

  func committedWeight(_ index: Int, at point: [Fp3]) -> Fp3 {
    Multilinear.value(of: committedWeights[index], at: point)
  }

  func witnessWeight(at point: [Fp3]) -> Fp3 {
    Multilinear.value(of: witnessWeights.flatMap { $0 }, at: point)
  }

  func prove(_ responder: some Responder, value: Fp3? = nil) throws(ProofError) -> [UInt8] {
    var context = ProverContext(domain: "opening test", statement: [], responder: responder)
    try verifyOpening(&context, statement, form: self, value: value ?? self.value)
    return context.proof
  }

  func verify(_ proof: [UInt8], value: Fp3? = nil) throws(ProofError) {
    var context = VerifierContext(domain: "opening test", statement: [], proof: proof)
    try verifyOpening(&context, statement, form: self, value: value ?? self.value)
    try context.finish()
  }

  /// The error with which a proof is rejected; nil for an accepted one.
  func rejection(of proof: [UInt8], value: Fp3? = nil) -> ProofError? {
    do throws(ProofError) {
      try verify(proof, value: value)
      return nil
    } catch {
      return error
    }
  }
}
