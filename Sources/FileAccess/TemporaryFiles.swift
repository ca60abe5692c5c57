import Foundation
import Synchronization

/// The files that take their places only once they are whole: a process that is told to end removes
/// them first.
///
/// SIGKILL, a crash of the process and a loss of power leave them: `.assay-….tmp`, beside the file
/// that they were to become, to be deleted by hand.
public enum TemporaryFiles {
  private static let paths = Mutex<Set<String>>([])

  static func insert(_ path: String) { _ = paths.withLock { $0.insert(path) } }

  static func remove(_ path: String) { _ = paths.withLock { $0.remove(path) } }

  /// Does what no signal may end halfway. The body must make and remove no temporary files.
  static func uninterrupted<Result>(_ body: () throws -> Result) rethrows -> Result {
    try paths.withLock { _ in try body() }
  }

  /// Has SIGINT, SIGTERM and SIGHUP remove what is unfinished before they end the process.
  ///
  /// To be called once, by a program, before it has a second thread: a thread of its own waits for
  /// the signals, which all others leave to it. Those that the process was told to ignore it ignores.
  public static func removeOnSignals() {
    var waited = sigset_t()
    sigemptyset(&waited)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      let before = signal(number, SIG_DFL)
      if unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
        signal(number, SIG_IGN)
      } else {
        sigaddset(&waited, number)
      }
    }
    pthread_sigmask(SIG_BLOCK, &waited, nil)
    let set = waited
    let thread = Thread { wait(for: set) }
    thread.stackSize = 1 << 18
    thread.start()
  }

  private static func wait(for set: sigset_t) {
    var set = set
    var number: Int32 = 0
    while sigwait(&set, &number) != 0 {}
    // Held until the process has ended, so that nobody makes another one.
    paths.withLock { paths in
      for path in paths { unlink(path) }
      // As if nobody had waited: whoever started the process sees which signal it was.
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      raise(number)
      _exit(128 + number)
    }
  }
}
