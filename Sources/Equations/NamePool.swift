/// Names, each given once.
public struct NamePool: Sendable {
  /// The last suffix that was tried, for every name that is taken.
  private var taken: [String: Int] = [:]

  public init() {}

  public func contains(_ name: String) -> Bool { taken[name] != nil }

  /// `name`, or `name#2`, `name#3` and so on where it is taken.
  public mutating func take(_ name: String) -> String {
    guard var suffix = taken[name] else {
      taken[name] = 1
      return name
    }
    var candidate = name
    while taken[candidate] != nil {
      suffix += 1
      candidate = "\(name)#\(suffix)"
    }
    taken[name] = suffix
    taken[candidate] = 1
    return candidate
  }
}
