/// A program with all it reads, evaluated block by block on all threads.
package struct ExpressionRun<Element: LaneElement>: Sendable {
  package let program: ExpressionProgram<Element>
  package let tensors: TensorSources
  /// The index that is fixed for the run, and its value.
  package var fixed: FixedIndex?

  package init(_ program: ExpressionProgram<Element>, tensors: TensorSources) {
    self.program = program
    self.tensors = tensors
  }

  /// Calls `body` with the values of each block: where it starts in the domain, and its values. Of
  /// several failures the one of the least block is reported, whatever the number of threads.
  @inline(__always)
  func forEachBlock(
    _ body: @Sendable (Int, UnsafeBufferPointer<Element>) throws(ExpressionFailure) -> Void
  ) throws(ExpressionFailure) {
    let block = program.blockLength
    let parts = Parallel.ranges(program.count, unit: block)
    let failures = FirstFailure<ExpressionFailure>()
    Parallel.perform(parts.count) { part in
      let worker = ExpressionWorker(program: program, tensors: tensors)
      if let fixed { worker.fixed[fixed.index] = fixed.value }
      do throws(ExpressionFailure) {
        for start in stride(from: parts[part].lowerBound, to: parts[part].upperBound, by: block) {
          let count = min(block, parts[part].upperBound - start)
          let values = try worker.values(start: start, count: count)
          try body(start, UnsafeBufferPointer(start: values, count: count))
        }
      } catch {
        failures.record(error, order: part)
      }
    }
    if let failure = failures.first { throw failure }
  }

  /// Writes the values over the whole domain.
  @inline(__always)
  func writeAll(to target: UnsafeMutablePointer<Element>) throws(ExpressionFailure) {
    nonisolated(unsafe) let target = target
    try forEachBlock { start, values in
      guard let base = values.baseAddress else { return }
      (target + start).update(from: base, count: values.count)
    }
  }
}

/// An index that runs over nothing, but has a value.
package struct FixedIndex: Sendable {
  package var index: Int
  package var value: Int

  package init(index: Int, value: Int) {
    self.index = index
    self.value = value
  }
}

extension ExpressionProgram {
  /// How many positions are evaluated at once: fewer where each takes a long reduction, so that all
  /// threads have some.
  fileprivate var blockLength: Int {
    let terms = spaces.indices.dropFirst().reduce(0) { max($0, size(ofSpace: $1)) }
    guard terms > 64 else { return ExpressionBlock.size }
    return min(ExpressionBlock.size, max(1, count / 16))
  }
}

extension ExpressionRun<Int64> {
  /// Writes the values over the whole domain.
  package func write(to target: UnsafeMutablePointer<Int64>) throws(ExpressionFailure) {
    try writeAll(to: target)
  }

  /// Writes truth values over the whole domain; others do not fit.
  package func writeTruth(to target: UnsafeMutablePointer<Int64>) throws(ExpressionFailure) {
    nonisolated(unsafe) let target = target
    try forEachBlock { start, values throws(ExpressionFailure) in
      for lane in values.indices {
        guard values[lane] | 1 == 1 else {
          throw ExpressionFailure(reason: .unfit(Double(values[lane])), position: start + lane)
        }
        target[start + lane] = values[lane]
      }
    }
  }

  /// Writes the values over the whole domain in single precision.
  package func write(to target: UnsafeMutablePointer<Float>) throws(ExpressionFailure) {
    nonisolated(unsafe) let target = target
    try forEachBlock { start, values in
      for lane in values.indices { target[start + lane] = Float(values[lane]) }
    }
  }
}

extension ExpressionRun<Double> {
  /// Writes the values over the whole domain.
  package func write(to target: UnsafeMutablePointer<Double>) throws(ExpressionFailure) {
    try writeAll(to: target)
  }

  /// Writes the values over the whole domain in single precision. With `areFinite`, what is not finite
  /// there does not fit.
  package func write(
    to target: UnsafeMutablePointer<Float>, areFinite: Bool
  ) throws(ExpressionFailure) {
    nonisolated(unsafe) let target = target
    try forEachBlock { start, values throws(ExpressionFailure) in
      var isFinite = true
      for lane in values.indices {
        let value = Float(values[lane])
        target[start + lane] = value
        isFinite = isFinite && value.isFinite
      }
      guard areFinite, !isFinite, let lane = values.firstIndex(where: { !Float($0).isFinite })
      else { return }
      throw ExpressionFailure(reason: .unfit(values[lane]), position: start + lane)
    }
  }

  /// Writes the values over the whole domain, of which each must be an integer; with `isTruth` it
  /// must be 0 or 1.
  package func write(
    to target: UnsafeMutablePointer<Int64>, isTruth: Bool
  ) throws(ExpressionFailure) {
    nonisolated(unsafe) let target = target
    try forEachBlock { start, values throws(ExpressionFailure) in
      for lane in values.indices {
        guard let value = Int64(exactly: values[lane]), !isTruth || value | 1 == 1 else {
          throw ExpressionFailure(reason: .unfit(values[lane]), position: start + lane)
        }
        target[start + lane] = value
      }
    }
  }
}
