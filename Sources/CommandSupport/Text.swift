/// How names and tensors are written for people.
public enum Text {
  /// The most characters of a name that are shown.
  public static let nameLimit = 100
  /// The most characters of a line of an error that are shown.
  public static let lineLimit = 2000

  /// Text in which nothing steers a terminal, hides, or changes the order of what stands beside it;
  /// every such scalar is written as `\u{…}`. Only the ends of lines stay.
  ///
  /// All that the programs print goes through this, or through `JSONValue`.
  public static func lines(_ text: String) -> String { escaped(text, keepsLines: true) }

  /// A name, or another text from a file, on one line: as `lines`, ends of lines written as
  /// `\u{a}`, and cut where it is too long to be read.
  public static func line(_ text: String, limit: Int = lineLimit) -> String {
    cut(escaped(text, keepsLines: false), limit)
  }

  /// A name in a key that somebody else made, as it may be shown to those who judge the key: what is
  /// not ASCII is written as `\u{…}`, so that no letter looks like another one.
  public static func printable(_ name: String, limit: Int = nameLimit) -> String {
    cut(escaped(name, keepsLines: false, isASCII: true), limit)
  }

  /// A network's own name, shown to those who made it: letters of all scripts stay.
  public static func ownName(_ name: String) -> String { line(name, limit: nameLimit) }

  /// An error for people. Lines after the first are indented, so that none of them passes for an
  /// output of its own.
  static func message(_ text: String) -> String {
    lines(text).split(separator: "\n", omittingEmptySubsequences: false)
      .map { cut(String($0), lineLimit) }.joined(separator: "\n  ")
  }

  public static func shape(_ shape: [Int]) -> String {
    shape.map(String.init).joined(separator: "×")
  }

  /// The first few values.
  public static func values(_ values: [Double]) -> String {
    let shown = values.prefix(10).map { Quantity.text($0) }.joined(separator: " ")
    return values.count > 10 ? shown + " …" : shown
  }

  private static func cut(_ text: String, _ limit: Int) -> String {
    // Scalars and not characters: one character can be as long as it likes.
    guard text.unicodeScalars.count > limit else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…"
  }

  private static func escaped(
    _ text: String, keepsLines: Bool, isASCII: Bool = false
  ) -> String {
    var result = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      let isHidden = steers(scalar, after: &marks)
      if keepsLines && scalar == "\n" {
        result.append(scalar)
      } else if isASCII && scalar == "\\" {
        // So that no name looks like what another one is written as.
        result.append(contentsOf: "\\\\".unicodeScalars)
      } else if (isASCII && !scalar.isASCII) || isHidden {
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        result.append(scalar)
      }
    }
    return String(result)
  }

  /// Whether a scalar is none that people see where it stands.
  /// - Parameter marks: how many combining marks stand right before it. A third one is too many.
  static func steers(_ scalar: Unicode.Scalar, after marks: inout Int) -> Bool {
    guard !(" "..."~").contains(scalar) else {
      marks = 0
      return false
    }
    let kind = scalar.properties.generalCategory
    marks = kind == .nonspacingMark || kind == .enclosingMark ? marks + 1 : 0
    guard marks <= 2 else { return true }
    switch kind {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned, .spaceSeparator:
      return true
    default: return scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
