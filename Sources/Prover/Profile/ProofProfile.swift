import Foundation
import Synchronization

/// What a proof's time goes into, measured while it is made. A proof that nobody measures is made
/// without it, and costs nothing more.
///
/// Measured steps do not contain each other. What of the whole is in none of them is
/// `ProofStep.transcript`, so that the steps' times add up to the whole.
public final class ProofProfile: Sendable {
  /// One time that a step ran.
  public struct Span: Sendable {
    public let step: ProofStep
    public let start: ContinuousClock.Instant
    public let duration: Duration
    /// Of all threads of the process, those that wait in a loop included.
    public let processorTime: Duration
  }

  /// Time on the clock, and on the processors.
  public struct Cost: Sendable {
    public var duration = Duration.zero
    public var processorTime = Duration.zero

    /// None yet.
    public init() {}

    init(duration: Duration, processorTime: Duration) {
      self.duration = duration
      self.processorTime = processorTime
    }

    public static func += (a: inout Cost, b: Cost) {
      a.duration += b.duration
      a.processorTime += b.processorTime
    }
  }

  private struct Record {
    var spans: [Span] = []
    var whole = Cost()
    var work = ProofWork()
  }

  private let record = Mutex(Record())

  public init() {}

  /// By ascending start; no two overlap.
  public var spans: [Span] { record.withLock { $0.spans } }

  /// The time within `whole`.
  public var whole: Cost { record.withLock { $0.whole } }

  /// What the proof is about; all zero before one is begun.
  public internal(set) var work: ProofWork {
    get { record.withLock { $0.work } }
    set { record.withLock { $0.work = newValue } }
  }

  /// The time of every step, in their order; those that never ran took none.
  public var steps: [(step: ProofStep, cost: Cost)] {
    record.withLock { record in
      var costs: [ProofStep: Cost] = [:]
      var rest = record.whole
      for span in record.spans {
        let cost = Cost(duration: span.duration, processorTime: span.processorTime)
        costs[span.step, default: Cost()] += cost
        rest.duration -= span.duration
        rest.processorTime -= span.processorTime
      }
      costs[.transcript, default: Cost()] += rest
      return ProofStep.allCases.map { ($0, costs[$0] ?? Cost()) }
    }
  }

  /// Runs a part of what is measured; parts do not contain each other.
  public func whole<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (start, processor) = (ContinuousClock.now, Self.processorTime)
    defer {
      let cost = Cost(
        duration: ContinuousClock.now - start, processorTime: Self.processorTime - processor)
      record.withLock { $0.whole += cost }
    }
    return try work()
  }

  /// Runs a step, within `whole` and not within another step.
  public func measure<Result, Failure: Error>(
    _ step: ProofStep, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let (start, processor) = (ContinuousClock.now, Self.processorTime)
    defer {
      let span = Span(
        step: step, start: start, duration: ContinuousClock.now - start,
        processorTime: Self.processorTime - processor)
      record.withLock { $0.spans.append(span) }
    }
    return try work()
  }

  /// Of all threads of the process so far.
  private static var processorTime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return .seconds(Int(time.tv_sec)) + .nanoseconds(Int(time.tv_nsec))
  }
}

extension ProofProfile? {
  /// Runs a part of what is measured, if anything is.
  func whole<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let profile = self else { return try work() }
    return try profile.whole(work)
  }

  /// Runs a step, and measures it if anything is measured.
  func measure<Result, Failure: Error>(
    _ step: ProofStep, _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let profile = self else { return try work() }
    return try profile.measure(step, work)
  }
}
