import Foundation

/// The terminal: results go to standard output, everything else to standard error.
public enum Console {
  /// Prints a line for people, without what could steer a terminal.
  public static func printError(_ text: String) {
    FileHandle.standardError.write(Data((Text.lines(text) + "\n").utf8))
  }

  /// Whether somebody is watching standard error.
  public static var isTerminal: Bool { isatty(2) == 1 }

  /// Most memory that the process has held at once, in bytes; zero where that is not known.
  public static var peakResidentBytes: Int {
    #if os(Linux)
      // What getrusage says is at least what the process that started this one held at that time.
      let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      return line?.split { !$0.isNumber }.first.flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    #else
      var usage = rusage()
      return getrusage(RUSAGE_SELF, &usage) == 0 ? Int(usage.ru_maxrss) : 0
    #endif
  }
}

/// Names the stages of a command while they run, when standard error is a terminal, and keeps how
/// long each took.
public final class StageClock {
  /// Seconds of each finished stage, in order; a stage that ran twice is listed once, added up.
  public private(set) var seconds: [(stage: String, seconds: Double)] = []
  private let isShown: Bool
  private let clock = ContinuousClock()
  private let log: (String, Double) -> Void

  /// - Parameter log: told each stage that has ended, with its seconds.
  public init(
    isShown: Bool = Console.isTerminal, log: @escaping (String, Double) -> Void = { _, _ in }
  ) {
    self.isShown = isShown
    self.log = log
  }

  /// Runs one stage.
  public func stage<Result>(_ name: String, _ work: () throws -> Result) rethrows -> Result {
    note(name)
    let start = clock.now
    defer {
      record(name, clock.now - start)
      clear()
    }
    return try work()
  }

  /// Says what is being done within a stage.
  public func note(_ text: String) {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K\(Text.line(text, limit: 200)) …".utf8))
  }

  private func clear() {
    guard isShown else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
  }

  private func record(_ name: String, _ duration: Duration) {
    let (whole, fraction) = duration.components
    let value = Double(whole) + Double(fraction) * 1e-18
    log(name, value)
    if let place = seconds.firstIndex(where: { $0.stage == name }) {
      seconds[place].seconds += value
    } else {
      seconds.append((name, value))
    }
  }
}
