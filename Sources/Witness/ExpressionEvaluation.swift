import ConstraintSystem

/// An expression over a domain, with all it reads: evaluated block by block on all threads.
struct ExpressionEvaluation: Sendable {
  let program: ExpressionProgram
  let step: String
  /// Of the target, for positions in errors; as many values as the domain.
  let shape: [Int]
  let tensors: TensorElements
  let tables: TableColumns

  /// The first `domainRank` of the indices span the domain; `step` and `shape` tell in errors what
  /// is computed and where.
  init(
    _ expression: HintExpression, indices: [StatementIndex], domainRank: Int, step: String,
    shape: [Int], tensors: TensorElements, tables: TableColumns
  ) throws(EvaluationError) {
    do {
      program = try ExpressionProgram(
        expression, indices: indices, domainRank: domainRank, tables: tables,
        tensors: tensors)
    } catch {
      throw .malformed(step: step, reason: error.reason)
    }
    self.step = step
    self.shape = shape
    self.tensors = tensors
    self.tables = tables
  }

  /// The values over the whole domain.
  func values() throws(EvaluationError) -> [Int64] {
    var result = [Int64](repeating: 0, count: program.count)
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
    let parts = Parallel.ranges(program.count, unit: ExpressionWorker.block)
    nonisolated(unsafe) let target = target
    let failures = FirstFailure<ExpressionWorker.Failure>()
    Parallel.perform(parts.count) { part in
      let worker = ExpressionWorker(program, tensors: tensors, tables: tables)
      do throws(ExpressionWorker.Failure) {
        for start in stride(
          from: parts[part].lowerBound, to: parts[part].upperBound, by: ExpressionWorker.block)
        {
          let count = min(ExpressionWorker.block, parts[part].upperBound - start)
          let values = try worker.evaluate(start: start, count: count)
          (target + start).update(from: values, count: count)
        }
      } catch {
        failures.record(error, order: part)
      }
    }
    if let failure = failures.first { throw self.error(failure) }
  }

  /// The error in terms of the target's axes.
  func error(_ failure: ExpressionWorker.Failure) -> EvaluationError {
    let position = coordinates(of: failure.position, shape: shape)
    switch failure.reason {
    case .overflow: return .overflow(step: step, position: position)
    case .division(let divisor): return .division(step: step, position: position, divisor: divisor)
    case .tableMiss(let table, let value):
      return .tableMiss(
        step: step, position: position, table: tables.name(ofTable: table), value: value)
    }
  }
}
