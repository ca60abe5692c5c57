import Foundation

/// How much memory the process can have.
public enum MemoryLimit {
  /// The least of the machine's memory, the process's own limit, and that of its control group, in
  /// bytes.
  public static var bytes: Int {
    var limit = Int(clamping: ProcessInfo.processInfo.physicalMemory)
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

  private static let controlGroups = [
    "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes",
  ]
}
