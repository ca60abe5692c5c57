import Commitment
import FieldArithmetic
import Hashing
import Polynomials
import Prover
import Transcript

@testable import ProofTestSupport

/// The opening's prover as the definition reads: every vector an array of elements, every sum a
/// loop.
final class ReferenceOpening: Responder {
  private let parameters: OpeningParameters
  private let layout: FoldedLayout
  private let folded: [[Fp3]]
  private let committedWeights: [[Fp3]]
  private var constantPart = Fp3.zero
  // The witness's lanes, then the vector of all folded groups, and the form on it.
  private var lanes: [[Fp3]]
  private var laneWeights: [[Fp3]]
  private var lanesToFold: Int
  private var vector: [Fp3] = []
  private var weights: [Fp3] = []
  // Commitments whose positions are opened next.
  private struct Oracle {
    let copies: [ReferenceCommitment]
    let domainLog: Int
    let pieces: [FoldedLayout.Piece]
  }
  private var oracles: [Oracle]
  private var next: [Oracle] = []
  private var indices: [Int] = []
  private var opened: [(commitment: ReferenceCommitment, proof: Multiproof)] = []
  private var round = 0
  private var mask: ReferenceMask?

  /// - Parameter masks: in place of the instance's.
  init(_ instance: OpeningInstance, masks: InstanceMasks? = nil) {
    parameters = instance.parameters
    layout = parameters.layout
    folded = instance.folded
    committedWeights = instance.committedWeights
    for (lane, form) in zip(folded, committedWeights) { constantPart += innerProduct(form, lane) }
    lanes = instance.witness.map { $0.map { Fp3($0) } }
    laneWeights = instance.witnessWeights
    let shape = parameters.witness?.shape
    lanesToFold = shape?.lanesLog ?? 0
    if let shape {
      while lanes.count < 1 << lanesToFold {
        lanes.append(Array(repeating: .zero, count: shape.messageLength))
        laneWeights.append(Array(repeating: .zero, count: shape.rows))
      }
    }
    oracles = []
    for (i, copies) in instance.commitments.enumerated() {
      let log = parameters.committed[i].domainLog
      oracles.append(Oracle(copies: copies, domainLog: log, pieces: layout.committed[i]))
    }
    if let group = parameters.witness, let commitment = instance.witnessCommitment {
      oracles.append(
        Oracle(copies: [commitment], domainLog: group.domainLog, pieces: layout.witness))
    }
    mask = (masks ?? instance.masks).map { ReferenceMask($0, rounds: lanesToFold) }
    if lanesToFold == 0 { join() }
  }

  /// Puts the folded groups into one vector.
  private func join() {
    vector = Array(repeating: .zero, count: 1 << layout.log)
    weights = vector
    let share = Fp3(Fp(2).power(UInt64(parameters.witness?.shape.lanesLog ?? 0)).inverse)
    func place(_ pieces: [FoldedLayout.Piece], _ message: [Fp3], _ form: [Fp3]) {
      for piece in pieces {
        for i in 0..<1 << piece.log {
          vector[piece.offset + i] = message[piece.exponent + i]
          if piece.exponent == 0 { weights[piece.offset + i] = form[i] }
        }
      }
    }
    for (i, pieces) in layout.committed.enumerated() {
      place(pieces, folded[i], committedWeights[i].map { $0 * share })
    }
    place(layout.witness, lanes.first ?? [], laneWeights.first ?? [])
    mask?.join(layout, &vector)
  }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] {
    if label == .openingFinal { return vector }
    if let answer = mask?.message(label, weights) { return answer }
    guard lanesToFold > 0 else { return halves(vector, weights) }
    var sums = [constantPart * Fp3(Fp(2).inverse), Fp3.zero]
    let half = lanes.count / 2
    for lane in 0..<half {
      for row in laneWeights[lane].indices {
        let (low, high) = (lanes[lane][row], lanes[lane + half][row])
        let (u, v) = (laneWeights[lane][row], laneWeights[lane + half][row])
        sums[0] += low * u
        sums[1] += (high - low) * (v - u)
      }
    }
    return mask?.masked(sums) ?? sums
  }

  private func halves(_ a: [Fp3], _ b: [Fp3]) -> [Fp3] {
    let half = a.count / 2
    var sums = [Fp3.zero, Fp3.zero]
    for i in 0..<half {
      sums[0] += a[i] * b[i]
      sums[1] += (a[i + half] - a[i]) * (b[i + half] - b[i])
    }
    return sums
  }

  func learn(_ label: MessageLabel, challenges: [Fp3]) {
    if label == .openingCombiner { return combine(challenges[0]) }
    if label == .openingMaskFactor { mask?.factor = challenges[0] }
    if label == .openingMaskFold { mask?.add(challenges[0], to: &vector, &weights) }
    guard label == .openingFold else { return }
    guard lanesToFold > 0 else {
      vector = folded(vector, challenges[0])
      weights = folded(weights, challenges[0])
      return
    }
    mask?.point.append(challenges[0])
    lanes = folded(lanes, challenges[0])
    laneWeights = folded(laneWeights, challenges[0])
    constantPart *= Fp3(Fp(2).inverse)
    lanesToFold -= 1
    if lanesToFold == 0 { join() }
  }

  private func folded(_ a: [Fp3], _ challenge: Fp3) -> [Fp3] {
    let half = a.count / 2
    return (0..<half).map { a[$0] + challenge * (a[$0 + half] - a[$0]) }
  }

  private func folded(_ a: [[Fp3]], _ challenge: Fp3) -> [[Fp3]] {
    let half = a.count / 2
    return (0..<half).map { i in
      zip(a[i], a[i + half]).map { $0 + challenge * ($1 - $0) }
    }
  }

  private func combine(_ combiner: Fp3) {
    var coefficient = Fp3.one
    for oracle in oracles {
      for index in indices {
        coefficient *= combiner
        let x = EvaluationDomain(log: oracle.domainLog).point(index % (1 << oracle.domainLog))
        for piece in oracle.pieces {
          for i in 0..<1 << piece.log {
            weights[piece.offset + i] += coefficient * x.power(UInt64(piece.exponent + i))
          }
        }
      }
    }
    oracles = next
  }

  func digest(_ label: MessageLabel) -> Digest {
    let shape = parameters.rounds[round]
    round += 1
    let rows = 1 << shape.rowsLog
    let lanes = (0..<shape.lanes).map { Array(vector[$0 * rows..<($0 + 1) * rows]) }
    let commitment = ReferenceCommitment(lanes: lanes, domainLog: shape.domainLog)
    next = [
      Oracle(
        copies: [commitment], domainLog: shape.domainLog,
        pieces: FoldedLayout.whole(log: shape.rowsLog))
    ]
    return commitment.root
  }

  func learn(_ label: MessageLabel, indices drawn: [Int]) {
    indices = Set(drawn).sorted()
    opened = []
    for oracle in oracles {
      let positions = indices.map { $0 % (1 << oracle.domainLog) }
      let proof = Multiproof(depth: oracle.domainLog, positions: positions)
      opened += oracle.copies.map { ($0, proof) }
    }
  }

  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] {
    opened[0].proof.positions.flatMap { opened[0].commitment.leaves[$0] }
  }

  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] {
    let (commitment, proof) = opened.removeFirst()
    return commitment.siblings(proof)
  }
}
