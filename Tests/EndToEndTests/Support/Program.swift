import Foundation
import TestSupport
import Testing

/// One of the package's executables, which lie beside the tests' own.
struct Program: Sendable {
  static let assay = Program(name: "assay")
  static let verify = Program(name: "assay-verify")

  let name: String

  /// What a process left behind.
  struct Outcome: Sendable {
    /// The exit status; nil when a signal ended the process.
    var status: Int32?
    var output: String
    var error: String

    /// The members of the JSON object on standard output.
    var json: [String: Any] {
      get throws {
        let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
        return try #require(value as? [String: Any])
      }
    }
  }

  var path: String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent(name).path
  }

  /// Runs to the end.
  /// - Parameter shell: what the process does in a shell before it becomes the program.
  func run(
    _ arguments: [String], in folder: String? = nil, environment: [String: String] = [:],
    after shell: String? = nil
  ) async throws -> Outcome {
    await Places.shared.take()
    do {
      let outcome = try await runAtOnce(arguments, folder, environment, shell)
      await Places.shared.leave()
      return outcome
    } catch {
      await Places.shared.leave()
      throw error
    }
  }

  private func runAtOnce(
    _ arguments: [String], _ folder: String?, _ environment: [String: String], _ shell: String?
  ) async throws -> Outcome {
    let streams = try TemporaryFolder()
    let process = try prepare(arguments, streams, folder, environment)
    if let shell {
      process.executableURL = URL(fileURLWithPath: "/bin/sh")
      process.arguments = ["-c", shell + "; exec \"$0\" \"$@\"", path] + arguments
    }
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      process.terminationHandler = { _ in done.resume() }
      do { try process.run() } catch { done.resume(throwing: error) }
    }
    return try outcome(of: process, streams)
  }

  /// Runs and ends the process by SIGKILL after a while, unless it has ended before.
  func kill(_ arguments: [String], after delay: Duration) async throws -> Outcome {
    try await end(arguments, by: SIGKILL, after: delay)
  }

  /// Runs and sends the process a signal after a while, unless it has ended before.
  /// - Parameters:
  ///   - input: whether standard input is a pipe that says nothing until the signal is sent.
  ///   - isIgnored: whether the process is started to ignore the signal.
  func end(
    _ arguments: [String], by number: Int32, after delay: Duration, input: Bool = false,
    ignoring isIgnored: Bool = false
  ) async throws -> Outcome {
    let streams = try TemporaryFolder()
    let process = try prepare(arguments, streams, nil, [:])
    let pipe = Pipe()
    if input { process.standardInput = pipe }
    // Whoever runs the tests may have been told to ignore it.
    let disposition = isIgnored ? "--ignore-signal=\(number)" : "--default-signal=\(number)"
    if number != SIGKILL {
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [disposition, path] + arguments
    }
    try process.run()
    let identifier = process.processIdentifier
    // Until it is the program the signal may be ignored.
    let image = URL(fileURLWithPath: "/proc/\(identifier)/exe")
    while process.isRunning && number != SIGKILL && image.resolvingSymlinksInPath().path != path {
      try await Task.sleep(for: .milliseconds(1))
    }
    try await Task.sleep(for: delay)
    if process.isRunning { Foundation.kill(identifier, number) }
    // The end of its input must not be the sooner one to end it.
    for _ in 0..<1000 where input && process.isRunning && !isIgnored {
      try await Task.sleep(for: .milliseconds(5))
    }
    if isIgnored { try await Task.sleep(for: delay) }
    try pipe.fileHandleForWriting.close()
    process.waitUntilExit()
    return try outcome(of: process, streams)
  }

  private func prepare(
    _ arguments: [String], _ streams: TemporaryFolder, _ folder: String?,
    _ environment: [String: String]
  ) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    // Tests run beside each other; threads that wait should leave the processor to them.
    let base = ["OMP_WAIT_POLICY": "passive"]
    process.environment = ProcessInfo.processInfo.environment
      .merging(base) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(
      forWritingTo: URL(fileURLWithPath: streams.write([], "output")))
    process.standardError = try FileHandle(
      forWritingTo: URL(fileURLWithPath: streams.write([], "error")))
    return process
  }

  private func outcome(of process: Process, _ streams: TemporaryFolder) throws -> Outcome {
    Outcome(
      status: process.terminationReason == .exit ? process.terminationStatus : nil,
      output: String(decoding: try Fixture.bytes(streams.file("output")), as: UTF8.self),
      error: String(decoding: try Fixture.bytes(streams.file("error")), as: UTF8.self))
  }
}

/// So many processes run at once, however many tests do: each holds some descriptors of the tests' own
/// process, and Foundation does not start more beside thousands of these.
private actor Places {
  static let shared = Places()

  private var free = 16
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func leave() {
    guard waiting.isEmpty else { return waiting.removeFirst().resume() }
    free += 1
  }
}
