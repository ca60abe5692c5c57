import Foundation

/// How much memory the process can have.
public enum MemoryLimit {
  /// The least of what the machine has left, the process's own limit, and that of its control group,
  /// in bytes.
  public static var bytes: Int {
    var limit = availableBytes ?? Int(clamping: ProcessInfo.processInfo.physicalMemory)
    var own = rlimit()
    #if os(Linux)
      let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &own) == 0
    #else
      let isKnown = getrlimit(RLIMIT_AS, &own) == 0
    #endif
    if isKnown { limit = min(limit, Int(clamping: own.rlim_cur)) }
    for path in controlGroups {
      guard let text = try? String(contentsOfFile: path, encoding: .utf8),
        let group = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
      else { continue }
      limit = min(limit, group)
    }
    return limit
  }

  /// What the system could give to processes without taking it from others; nil if it does not say.
  private static var availableBytes: Int? {
    let status = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return line?.split { !$0.isNumber }.first.flatMap { Int($0) }.map { $0 * 1024 }
  }

  private static let controlGroups = [
    "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  ]
}
