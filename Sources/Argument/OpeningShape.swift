import Commitment
import ConstraintSystem
import FieldArithmetic
import Hashing

extension Layout {
  /// The model's matrix, nil without a model.
  public var modelShape: GroupShape? {
    modelRows.count == 0
      ? nil : GroupShape(rowsLog: modelRows.addressBits, lanes: 1 << modelLanesLog)
  }

  /// The witness's matrix, nil without a witness. Lanes are contiguous parts of the cells.
  ///
  /// Many lanes make long leaves to open, few lanes long codes to fold and commit again; the
  /// weights are those of the model's lanes.
  public var witnessShape: GroupShape? {
    guard witness.count > 0 else { return nil }
    var best = (rowsLog: 0, cost: Int64.max)
    for rowsLog in 0...witness.addressBits {
      let lanes = (witness.count + (1 << rowsLog) - 1) >> rowsLog
      let cost = 1181 * Int64(lanes) + 2 << Int64(rowsLog)
      if cost < best.cost, lanes <= 1 << 20 { best = (rowsLog, cost) }
    }
    return GroupShape(
      rowsLog: best.rowsLog, lanes: (witness.count + (1 << best.rowsLog) - 1) >> best.rowsLog)
  }
}

extension OpeningClaim {
  /// How the commitments that were made before the proof are opened: the model's, then those to data.
  /// - Parameter modelRoots: none without a model.
  public func committed(
    _ statement: Statement, modelRoots: [Digest]
  ) -> [OpeningStatement.Committed] {
    var committed: [OpeningStatement.Committed] = []
    if !modelRoots.isEmpty {
      committed.append(
        .init(
          roots: modelRoots, copyWeights: copyWeights,
          laneWeights: laneWeights(statement.layout)))
    }
    guard let data else { return committed }
    for (i, binding) in statement.commitments.enumerated() {
      committed.append(.init(root: binding.root, laneWeights: data.laneWeights(i)))
    }
    return committed
  }
}

/// A linear form of the tensors and of data, for the opening. The model is the first committed
/// group, if there is one; commitments to data follow.
public struct TensorForm: OpeningForm {
  private let layout: Layout
  private let terms: [RankOneTerm]
  private let data: DataForms?

  public init(layout: Layout, claim: OpeningClaim) {
    self.layout = layout
    terms = claim.terms
    data = claim.data
  }

  public func committedWeight(_ index: Int, at point: [Fp3]) -> Fp3 {
    let models = layout.modelRows.count == 0 ? 0 : 1
    guard index >= models else { return weight(layout.modelRows, point) }
    return data?.weight(index - models, at: point) ?? .zero
  }

  public func witnessWeight(at point: [Fp3]) -> Fp3 { weight(layout.witness, point) }

  private func weight(_ stack: BoxStack, _ point: [Fp3]) -> Fp3 {
    var evaluator = FormEvaluator(stack, at: point)
    var sum = Fp3.zero
    for term in terms { sum += evaluator.evaluate(term) }
    return sum
  }
}
