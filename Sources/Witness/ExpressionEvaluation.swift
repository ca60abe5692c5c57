import ConstraintSystem
import Evaluation

/// An expression over a domain, with all it reads.
struct ExpressionEvaluation: Sendable {
  let run: ExpressionRun<Int64>
  let step: String
  /// Of the target, for positions in errors; as many values as the domain.
  let shape: [Int]
  let tables: TableColumns

  /// The first `domainRank` of the indices span the domain; `step` and `shape` tell in errors what
  /// is computed and where.
  init(
    _ expression: HintExpression, indices: [StatementIndex], domainRank: Int, step: String,
    shape: [Int], tensors: TensorElements, tables: TableColumns
  ) throws(EvaluationError) {
    do {
      let program = try ExpressionProgram(
        expression, indices: indices, domainRank: domainRank, tables: tables,
        tensors: tensors.sources)
      run = ExpressionRun(program, tensors: tensors.sources)
    } catch {
      throw .malformed(step: step, reason: error.reason)
    }
    self.step = step
    self.shape = shape
    self.tables = tables
  }

  /// The values over the whole domain.
  func values() throws(EvaluationError) -> [Int64] {
    var result = [Int64](repeating: 0, count: run.program.count)
    var failure: EvaluationError?
    result.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      do throws(EvaluationError) { try write(to: base) } catch { failure = error }
    }
    if let failure { throw failure }
    return result
  }

  /// Writes the values over the whole domain. Of several errors the one at the least block is
  /// reported, whatever the number of threads.
  func write(to target: UnsafeMutablePointer<Int64>) throws(EvaluationError) {
    do throws(ExpressionFailure) { try run.write(to: target) } catch { throw self.error(error) }
  }

  /// The error in terms of the target's axes.
  func error(_ failure: ExpressionFailure) -> EvaluationError {
    let position = coordinates(of: failure.position, shape: shape)
    switch failure.reason {
    case .overflow: return .overflow(step: step, position: position)
    case .division(let divisor): return .division(step: step, position: position, divisor: divisor)
    case .lookupMiss(let table, let value):
      return .tableMiss(
        step: step, position: position, table: tables.name(ofTable: table), value: value)
    case .noElement(let place, let size):
      return .noElement(step: step, position: position, place: place, size: size)
    case .noTerm, .unfit:
      return .malformed(step: step, reason: "it fails as no hint can, at \(position)")
    }
  }
}
