import Kernels
import Synchronization

/// Independent tasks that write to places of their own, so that results do not depend on the number
/// of threads.
package enum Parallel {
  /// Runs the tasks 0, 1, …, `count` − 1 and returns when all are done.
  package static func perform(_ count: Int, _ task: @Sendable (Int) -> Void) {
    Parallelism.loop(count) { range in
      for number in range { task(number) }
    }
  }

  /// Splits `total` into at most `most` ranges, all multiples of `unit` but for the end.
  package static func ranges(_ total: Int, unit: Int, most: Int = 32) -> [Range<Int>] {
    let units = (total + unit - 1) / unit
    let length = max(1, (units + most - 1) / most) * unit
    return stride(from: 0, to: total, by: length).map { $0..<min($0 + length, total) }
  }
}

/// The failure of the first task, in the order of the tasks, out of those that failed.
package final class FirstFailure<Failure: Error>: Sendable {
  private let recorded = Mutex<(failure: Failure, order: Int)?>(nil)

  package init() {}

  package func record(_ failure: Failure, order: Int) {
    recorded.withLock { current in
      if let known = current, known.order <= order { return }
      current = (failure, order)
    }
  }

  package var first: Failure? { recorded.withLock { $0?.failure } }
}
