/// Names of files made from names in models, which may be anything.
public struct FileNames: Sendable {
  private var taken: Set<String> = []

  public init() {}

  /// The name with everything but letters, digits, `-`, `_` and inner dots replaced, different from
  /// all before.
  public mutating func unique(_ name: String) -> String {
    var safe = ""
    for scalar in name.unicodeScalars.prefix(100) {
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic
          || scalar.properties.numericType != nil || scalar == "-" || scalar == "_"
          || (scalar == "." && !safe.isEmpty))
      safe.unicodeScalars.append(isPlain ? scalar : "_")
    }
    if safe.isEmpty { safe = "_" }
    var candidate = safe
    var suffix = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(safe)-\(suffix)"
      suffix += 1
    }
    return candidate
  }
}
