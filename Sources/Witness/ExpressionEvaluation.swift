import ConstraintSystem
import Evaluation

/// An expression over a domain, with all it reads.
struct ExpressionEvaluation: Sendable {
  let run: ExpressionRun<Int64>
  let domain: StepDomain
  let tables: TableColumns

  init(
    _ expression: HintExpression, over domain: StepDomain, tensors: TensorElements,
    tables: TableColumns
  ) throws(EvaluationError) {
    do {
      let program = try ExpressionProgram(
        expression, over: domain, tables: tables, tensors: tensors.sources)
      run = ExpressionRun(program, tensors: tensors.sources)
    } catch {
      throw .malformed(step: domain.step, reason: error.reason)
    }
    self.domain = domain
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
  /// reported, whatever the number of threads. Within a loop they are those of one part.
  func write(
    to target: UnsafeMutablePointer<Int64>, part: Int = 0
  ) throws(EvaluationError) {
    var run = run
    run.fixed = domain.place(ofPart: part)
    do throws(ExpressionFailure) { try run.write(to: target) } catch {
      throw self.error(error, part: part)
    }
  }

  /// The error in terms of the target's axes.
  func error(_ failure: ExpressionFailure, part: Int = 0) -> EvaluationError {
    let step = domain.step
    let place = part * run.program.count + failure.position
    let position = coordinates(of: place, shape: domain.shape)
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
