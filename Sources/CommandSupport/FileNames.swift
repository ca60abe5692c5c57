/// Names of files made from names in models, which may be anything.
///
/// All are decided together, so that no file is another tensor's: they differ from each other, also
/// where capitals do not count, with every ending that they get.
public struct FileNames: Sendable {
  /// The stems, in the order of the names.
  public let stems: [String]

  /// - Parameters:
  ///   - names: of what is to be written.
  ///   - endings: of the files that each stem gets, as ".npy".
  public init(_ names: [String], endings: [String]) {
    var chooser = Chooser(endings: endings)
    var stems = [String](repeating: "", count: names.count)
    let safe = names.map(Self.safe)
    // Whose name is a file's as it is has it before those that only come to look like it.
    for isExact in [true, false] {
      for (index, name) in names.enumerated()
      where Array(name.utf8).elementsEqual(safe[index].utf8) == isExact {
        stems[index] = chooser.choose(safe[index])
      }
    }
    self.stems = stems
  }

  /// The name with everything but letters, digits, `-`, `_` and inner dots replaced.
  private static func safe(_ name: String) -> String {
    var safe = ""
    for scalar in name.unicodeScalars.prefix(100) {
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic
          || scalar.properties.numericType != nil || scalar == "-" || scalar == "_"
          || (scalar == "." && !safe.isEmpty))
      safe.unicodeScalars.append(isPlain ? scalar : "_")
    }
    return safe.isEmpty ? "_" : safe
  }

  private struct Chooser {
    let endings: [String]
    /// Files that have an owner, in small letters.
    var taken: Set<String> = []
    /// The number to try next, by stem.
    var numbers: [String: Int] = [:]

    mutating func choose(_ stem: String) -> String {
      var candidate = stem
      while true {
        let files = endings.map { (candidate + $0).lowercased() }
        if taken.isDisjoint(with: files) {
          taken.formUnion(files)
          return candidate
        }
        let number = numbers[stem, default: 2]
        numbers[stem] = number + 1
        candidate = "\(stem)-\(number)"
      }
    }
  }
}
