import Testing

@testable import CircuitLanguage

/// Whatever goes through a circuit's tree does so by recursion, so the parser bounds its depth.
@Suite("Circuits are nested to a bounded depth") struct DepthTests {
  /// A text with a part that is repeated, before and behind its middle.
  struct Kind: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var head: String
    var opening: String
    var middle: String
    var closing = ""
    var tail: String
    /// How often the part may stand.
    var limit: Int

    func text(_ count: Int) -> String {
      head + String(repeating: opening, count: count) + middle
        + String(repeating: closing, count: count) + tail
    }
  }

  private static let table = "table t(x: i16) = "
  private static let circuit = "circuit c(x: i16[n]) -> () { "
  private static let copy = " lookup x[i] in i16 }"

  static let kinds = [
    Kind(
      testDescription: "parentheses", head: table, opening: "(", middle: "x", closing: ")",
      tail: "", limit: 255),
    Kind(
      testDescription: "minus signs", head: table, opening: "- ", middle: "x", tail: "",
      limit: 127),
    Kind(
      testDescription: "a sum to the left", head: table, opening: "x + ", middle: "x", tail: "",
      limit: 127),
    Kind(
      testDescription: "a product to the left", head: table, opening: "1 * ", middle: "x",
      tail: "", limit: 127),
    Kind(
      testDescription: "powers to the right", head: circuit + "let k = ", opening: "1 ^ ",
      middle: "1", tail: copy, limit: 127),
    Kind(
      testDescription: "functions", head: table, opening: "max(1, ", middle: "x", closing: ")",
      tail: "", limit: 127),
    Kind(
      testDescription: "reductions", head: circuit + "hint y[i]: i16 = ",
      opening: "sum(l in 1) l * ",
      middle: "x[i]", tail: " lookup y[i] in i16" + copy, limit: 0),
    Kind(
      testDescription: "positions", head: circuit + "lookup ", opening: "x[", middle: "0",
      closing: "]", tail: " in i16 }", limit: 1),
    Kind(
      testDescription: "conditions", head: circuit, opening: "if n > 0 { ", middle: "",
      closing: "} ", tail: copy, limit: 64),
    Kind(
      testDescription: "alternatives", head: circuit + "if n > 0 { }",
      opening: " else if n > 1 { }",
      middle: "", tail: copy, limit: 63),
    Kind(
      testDescription: "choices", head: circuit, opening: "either { ", middle: "",
      closing: "} or { }", tail: copy, limit: 1),
  ]

  @Test(arguments: kinds) func manyLevelsAreRefused(_ kind: Kind) {
    for count in [kind.limit + 1, 200_000] where kind.limit > 1 || count == 200_000 {
      var library = CircuitLibrary()
      let error = #expect(throws: CircuitLanguageError.self) {
        try library.add(source: kind.text(count), file: "deep.circuit")
      }
      let text = error?.message ?? ""
      #expect(text.contains("deep here") || text.contains("levels here"), "\(text)")
      #expect(error?.location?.line == 1)
      #expect((error?.location?.column ?? 0) > kind.head.count)
    }
  }

  @Test(arguments: kinds.filter { $0.limit > 1 }) func fewLevelsAreRead(_ kind: Kind) throws {
    var library = CircuitLibrary()
    let text = kind.text(kind.limit)
    try library.add(source: text, file: "deep.circuit")
    let printed = SyntaxPrinter.text(
      try Parser.parse(SourceFile(name: "deep.circuit", text: text)))
    #expect(!printed.isEmpty)
  }

  /// c0 calls c1, which calls c2, …
  private func chain(_ count: Int) -> String {
    (0..<count).map { number in
      let call = number + 1 < count ? "y := c\(number + 1)(x) lookup y[i] in i16" : ""
      return "circuit c\(number)(x: i16[n]) -> (x: i16[n]) { \(call) lookup x[i] in i16 }\n"
    }.joined()
  }

  @Test(arguments: [33, 20_000]) func longChainsOfCallsAreRefused(count: Int) {
    var library = CircuitLibrary()
    let error = #expect(throws: CircuitLanguageError.self) {
      try library.add(source: chain(count), file: "calls.circuit")
    }
    #expect(error?.message.contains("call each other more than 32 deep") == true, "\(error!)")
    #expect(error?.location != nil)
  }

  @Test func shortChainsOfCallsAreRead() throws {
    var library = CircuitLibrary()
    try library.add(source: chain(32), file: "calls.circuit")
  }

  /// Each calls the next twice: 2^30 paths.
  @Test func callsAreFollowedOnce() throws {
    let text = (0..<30).map { number in
      let call =
        number + 1 < 30
        ? "y := c\(number + 1)(x) z := c\(number + 1)(x) lookup y[i] in i16 lookup z[i] in i16" : ""
      return "circuit c\(number)(x: i16[n]) -> (x: i16[n]) { \(call) lookup x[i] in i16 }\n"
    }.joined()
    var library = CircuitLibrary()
    try library.add(source: text, file: "calls.circuit")
  }
}
