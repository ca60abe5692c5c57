import CommandSupport
import Prover

/// What ran when, in the format that Chrome and Perfetto show: the command's stages, and within them
/// the steps of the proof. Times are microseconds since the first stage began.
struct TraceFile {
  /// What such a file begins with.
  static let prefix = Array(#"{"displayTimeUni"#.utf8)

  private let events: [JSONValue]

  /// - Parameter profile: nil for the stages alone.
  init(_ clock: StageClock, _ profile: ProofProfile?) {
    let spans = profile?.spans ?? []
    guard let origin = (clock.spans.map(\.start) + spans.map(\.start)).min() else {
      events = []
      return
    }
    func event(
      _ name: String, _ category: String, _ start: ContinuousClock.Instant, _ duration: Duration,
      _ arguments: JSONValue
    ) -> JSONValue {
      .object([
        "name": .string(name), "cat": .string(category), "ph": .string("X"),
        "ts": .number((start - origin).inSeconds * 1e6), "dur": .number(duration.inSeconds * 1e6),
        "pid": .integer(1), "tid": .integer(1), "args": arguments,
      ])
    }
    events =
      clock.spans.map { event($0.stage, "command", $0.start, $0.duration, .object([:])) }
      + spans.map {
        event(
          $0.step.rawValue, $0.step.phase.rawValue, $0.start, $0.duration,
          .object(["processor_us": .number($0.processorTime.inSeconds * 1e6)]))
      }
  }

  var bytes: [UInt8] {
    let document = JSONValue.object([
      "displayTimeUnit": .string("ms"), "traceEvents": .array(events),
    ])
    return Array(document.text.utf8) + [10]
  }
}
