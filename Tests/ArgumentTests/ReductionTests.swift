import Argument
import ConstraintSystem
import FieldArithmetic
import Hashing
import Testing
import Transcript
import Witness

@testable import ProofTestSupport
@testable import Prover

/// The argument up to the opening, its last claim being checked against the assignment itself.
@Suite struct ReductionTests {
  @Test(arguments: [
    SmallSystem.dense(rows: 1, inputs: 1, outputs: 1),
    SmallSystem.dense(rows: 1, inputs: 5, outputs: 7),
    SmallSystem.dense(rows: 3, inputs: 13, outputs: 40),
    SmallSystem.dense(rows: 2, inputs: 64, outputs: 16),
    SmallSystem.convolution(channels: 1, length: 3, outputs: 1, stride: 1),
    SmallSystem.convolution(channels: 3, length: 17, outputs: 5, stride: 2),
    SmallSystem.convolution(channels: 2, length: 9, outputs: 33, stride: 3),
    SmallSystem.embedding(rows: 11, width: 5, picks: 6),
    SmallSystem.embedding(rows: 1, width: 1, picks: 1),
    SmallSystem.embedding(rows: 64, width: 9, picks: 3),
    SmallSystem.gathering(matrices: 3, rows: 5, width: 2, picks: 4),
    SmallSystem.sorting([3, -7, 3, 0, 50, -50, 12]),
  ])
  func anHonestClaimIsTrue(_ small: SmallSystem) throws {
    #expect(try claimHolds(small))
  }

  @Test func aWrongAssignmentGivesAFalseClaimOrIsRejected() throws {
    let honest = SmallSystem.dense(rows: 2, inputs: 5, outputs: 7)
    for tensor in [1, 2, 3, 4, 5] {
      var small = honest
      var tensors = honest.assignment.tensors
      var values = tensors[tensor].values
      values[values.count / 2] += tensor == 4 ? (values[values.count / 2] == 15 ? -1 : 1) : 1
      tensors[tensor] = IntegerBuffer(narrowing: values)
      small.assignment = Assignment(tensors)
      let holds = try? claimHolds(small)
      #expect(holds != true, "a change of \(honest.system.tensors[tensor].name) passes")
    }
  }

  private func claimHolds(_ small: SmallSystem) throws -> Bool {
    let layout = try Layout(small.system)
    let publicValues = small.system.tensors.indices.map { tensor in
      small.system.tensors[tensor].role.isPublic ? small.assignment[tensor].values : nil
    }
    let statement = try Statement(
      layout: layout, header: [], publicValues: publicValues)
    let multiplicities = try Multiplicities(of: small.system, in: small.assignment)
    let responder = PlainResponder(
      ArgumentResponder(
        layout: layout, assignment: small.assignment, multiplicities: multiplicities,
        columns: try TableColumns(of: small.system.tables),
        model: ModelMatrix(layout: layout) { small.assignment[$0] }))
    var proving = ProverContext(
      domain: "test", statement: statement.bytes, responder: responder)
    _ = try reduceToOpening(&proving, statement, work: ArgumentWork(lookups: 3, lanes: 2))
    var context = VerifierContext(
      domain: "test", statement: statement.bytes, proof: proving.proof)
    let claim = try reduceToOpening(
      &context, statement, work: ArgumentWork(lookups: 3, lanes: 2))
    try context.finish()
    var sum = Fp3.zero
    for term in claim.terms {
      sum += value(of: term, small, multiplicities, layout, claim.lanePoint)
    }
    return sum == claim.value
  }

  /// ⟨tensor, ⊗ vectors⟩ by its definition.
  private func value(
    of term: RankOneTerm, _ small: SmallSystem, _ multiplicities: Multiplicities,
    _ layout: Layout, _ lanePoint: [Fp3]
  ) -> Fp3 {
    let tensors = small.system.tensors
    guard term.tensor < tensors.count else {
      let counts = multiplicities.counts[term.tensor - tensors.count]
      let shape = layout.shape(of: term.tensor)
      return counts.indices.reduce(.zero) { sum, flat in
        var rest = flat
        var weight = term.coefficient * Fp3(Int(counts[flat]))
        for axis in shape.indices.reversed() {
          weight *= term.vectors[axis][rest % shape[axis]]
          rest /= shape[axis]
        }
        return sum + weight
      }
    }
    let tensor = tensors[term.tensor]
    let lanes = 1 << layout.modelLanesLog
    var sum = Fp3.zero
    for (flat, value) in small.assignment[term.tensor].values.enumerated() {
      var weight = term.coefficient
      var rest = flat
      for axis in tensor.shape.indices.reversed() {
        let position = rest % tensor.shape[axis]
        rest /= tensor.shape[axis]
        if tensor.role == .model && axis == 0 {
          weight *= term.vectors[0][position / lanes]
          for (bit, coordinate) in lanePoint.reversed().enumerated() {
            weight *= (position % lanes) >> bit & 1 == 1 ? coordinate : .one - coordinate
          }
        } else {
          weight *= term.vectors[axis][position]
        }
      }
      sum += weight * Fp3(value)
    }
    return sum
  }
}

/// Answers for the argument alone; the witness's root is made up.
final class PlainResponder: Responder {
  private let argument: ArgumentResponder

  init(_ argument: ArgumentResponder) { self.argument = argument }

  func message(_ label: MessageLabel, count: Int) -> [Fp3] { argument.message(label) ?? [] }
  func digest(_ label: MessageLabel) -> Digest { Digest(hashing: [1]) }
  func hintElements(_ label: MessageLabel, count: Int) -> [Fp] { [] }
  func hintDigests(_ label: MessageLabel, count: Int) -> [Digest] { [] }
  func learn(_ label: MessageLabel, challenges: [Fp3]) { argument.learn(label, challenges) }
  func learn(_ label: MessageLabel, indices: [Int]) {}
}
