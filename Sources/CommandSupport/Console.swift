import Foundation

/// The terminal: results go to standard output, everything else to standard error.
public enum Console {
  /// Writes a result, and the end of its line, to standard output, without what could steer a terminal.
  /// - Throws: `CommandError.input` when standard output is closed, full or can't be written: whoever
  ///   asked has no result then, and must not take the exit status for one.
  public static func write(_ text: String) throws(CommandError) {
    guard let failure = write(Text.lines(text) + "\n", to: STDOUT_FILENO) else { return }
    throw .input("the result can't be written to standard output: \(describe(failure))")
  }

  /// Ends standard output. Some file systems say only then that they could not keep what was written.
  /// - Throws: as `write` does.
  static func close() throws(CommandError) {
    guard Foundation.close(STDOUT_FILENO) != 0 else { return }
    throw .input("the result can't be written to standard output: \(describe(errno))")
  }

  /// Writes a line for people to standard error, as far as it can be written, without what could steer
  /// a terminal.
  public static func printError(_ text: String) { printError(raw: Text.lines(text) + "\n") }

  /// Writes a warning on a line of its own, whatever names are in it.
  public static func warn(_ text: String) { printError("warning: " + Text.line(text)) }

  static func printError(raw text: String) { _ = write(text, to: STDERR_FILENO) }

  /// Puts something in the place of standard streams that are closed, so that no file that is opened
  /// takes their number, and has a closed pipe be an error instead of the process's end.
  static func prepare() {
    signal(SIGPIPE, SIG_IGN)
    // In ascending order: a file gets the least number that is free. What is opened for reading can't
    // be written, so a result for a closed standard output is not taken for written.
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO]
    where fcntl(stream, F_GETFD) == -1 && errno == EBADF {
      _ = open("/dev/null", O_RDONLY)
    }
  }

  /// - Returns: the system's error; nil when all is written.
  private static func write(_ text: String, to stream: Int32) -> Int32? {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Foundation.write(stream, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }

  private static func describe(_ error: Int32) -> String { String(cString: strerror(error)) }

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
  /// When each stage ran, in the order in which they ended.
  public private(set) var spans:
    [(stage: String, start: ContinuousClock.Instant, duration: Duration)] = []
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
      let duration = clock.now - start
      spans.append((name, start, duration))
      record(name, duration.inSeconds)
      clear()
    }
    return try work()
  }

  /// Says what is being done within a stage.
  public func note(_ text: String) {
    guard isShown else { return }
    Console.printError(raw: "\r\u{1B}[K\(Text.line(text, limit: 200)) …")
  }

  private func clear() {
    guard isShown else { return }
    Console.printError(raw: "\r\u{1B}[K")
  }

  private func record(_ name: String, _ value: Double) {
    log(name, value)
    if let place = seconds.firstIndex(where: { $0.stage == name }) {
      seconds[place].seconds += value
    } else {
      seconds.append((name, value))
    }
  }
}

extension Duration {
  public var inSeconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
