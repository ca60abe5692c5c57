import CircuitTestSupport
import Testing

@testable import CircuitLanguage

@Suite struct LanguageErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The text, with `«` before the place that the error must point at.
    var source: String
    /// A part of the message.
    var message: String

    /// - Parameter line: where the place is the beginning of a statement on this line.
    init(_ source: String, _ message: String, at line: Int? = nil) {
      self.source = source
      if let line {
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let margin = lines[line - 1].prefix { $0 == " " }
        lines[line - 1].replaceSubrange(margin.startIndex..<margin.endIndex, with: margin + "«")
        self.source = lines.joined(separator: "\n")
      }
      self.message = message
    }

    var testDescription: String { message }
  }

  /// A circuit with the given body, over x, y: i16[n, m] and the parameter s.
  private static func body(_ text: String) -> String {
    "circuit c(x: i16[n, m], y: i16[n, m]; s: nat) -> (z: i16[n, m]) {\n  \(text)\n}\n"
  }

  private static let copy =
    "hint z[i, j] = x[i, j] + y[i, j]\n  assert z[i, j] == x[i, j] + y[i, j]\n  "

  static let cases = [
    Case("circuit c() -> () { «@ }", "unexpected character '@'"),
    Case(
      "# comment\n\n  «circus c",
      "expected 'circuit', 'table', 'operator' or 'function', found 'circus'"),
    Case("circuit c(x «i16) -> () {}", "expected ':', found 'i16'"),
    Case("circuit «for() -> () {}", "'for' is a keyword"),
    Case("circuit c(; s: «real) -> () {}", "expected 'nat', 'positive' or 'int'"),
    Case("circuit c() -> () { require «99999999999999999999 }", "not a number of 64 bits"),
    Case("circuit c() -> () { let k = 1«", "expected '}', found 'end of file'"),
    Case("circuit c(x: «q16[n]) -> () { lookup x[i] in bool }", "unknown type 'q16'"),
    Case("circuit c(x: i16[n]) -> () { lookup x[i] in «range }", "'range' takes 1 argument"),
    Case("circuit c(«x: i16[n]) -> () { }", "argument 'x' is never used"),
    Case("circuit c(; s: nat, «s: nat) -> () { }", "'s' is declared twice"),
    Case("table t(x: i16) = «y", "undefined name 'y'"),
    Case("circuit c() -> () { }\ncircuit «c() -> () { }", "the circuit 'c' is defined twice"),
    Case(body("z[i, j] := «w[i, j] + x[i, j] + y[i, j]"), "undefined name 'w'"),
    Case(
      body(copy + "lookup (x[0, 0], y[0, j]) in rows («k, y[0, j])"), "index 'k' is never used"),
    Case(
      body(copy + "lookup (x[i, j], y[i, j]) in rows («i, y[i, j])"),
      "'i' numbers the rows, and stands for nothing else"),
    Case(
      body(copy + "lookup (x[0, 0], y[0, j]) in rows («s, y[s, j])"),
      "'s' numbers the rows, and stands for nothing else"),
    Case(body(copy + "lookup (x[0, 0], y[0, j]) in rows («3, y[0, j])"), "numbered by names"),
    Case(body(copy + "lookup x[0, 0] in «rows (y[0, 0])"), "rows have a number and a value"),
    Case(body(copy + "permute (x[0, j], y[0, j]) in «i16"), "expected 'rows', found 'i16'"),
    Case(
      body(copy + "lookup (x[0, 0], y[0, j], y[0, j]) in rows (k, y[k, j])"),
      "a row has 2 columns, not 3", at: 4),
    Case(
      body(copy + "lookup (x[0, 0] * y[0, 0], y[0, j]) in rows (k, y[k, j])"),
      "only linear expressions can be looked up in rows", at: 4),
    Case(
      body(
        "hint z[i, j] = x[i, j] + y[i, j]\n  lookup (x[0, 0], y[0, j]) in rows (k, z[k, j])"),
      "nothing constrains the hint 'z'", at: 2),
    Case(
      body(
        copy + "either {\n  lookup (x[0, 0], y[0, j]) in rows (k, y[k, j])\n  } or {\n  "
          + "lookup x[i, j] in i16\n  }"),
      "a choice is made of", at: 5),
    Case(body("assert x[«y[i, j], j] == 0\n  z[i, j] := x[i, j]"), "a position must be a sum"),
    Case(body("z[i, j] := «x[i] + y[i, j]"), "'x' has 2 axes and is read at 1 axes"),
    Case(body("z[i, j] := x[i, «k] + y[i, j]"), "undeclared index 'k'"),
    Case(body("z[i, j] := x[i, «i] + y[i, j]"), "index 'i' occurs in two positions of 'x'"),
    Case(body("z[i, j] := x[i «* j, 0] + y[i, j]"), "a position must be a sum of indices"),
    Case(body("z[i, j] := sum(«k in 3) x[i, j] * y[i, j]"), "index 'k' is never used"),
    Case(body("z[i, j] := x[i, j] + y[i, j] for «k in 3"), "index 'k' does not occur on the left"),
    Case(body("z[i, «i] := x[i, i] + y[i, i]"), "index 'i' stands twice on the left"),
    Case(body("z[i, j] := x[i, j] * y[i, j] «* x[i, j]"), "a product has at most two factors"),
    Case(body("z[i, j] := y[i, j] «* sum(k in m) x[i, k]"), "a product has at most two factors"),
    Case(body("z[i, j] := x[i, j] «/ 2 + y[i, j]"), "'/' of tensors may stand in hints only"),
    Case(body("z[i, j] := «max(x[i, j], y[i, j])"), "functions may stand in hints only"),
    Case(body("z[i, j] := x[i, j] + y[i, j] + «i"), "the value of index 'i' may stand in hints"),
    Case(
      "table t(x: i16) = x\n"
        + body(copy + "«lookup (x[i, j] * y[i, j], z[i, j]) in table t"), "only linear expressions"),
    Case(body(copy + "«bound x"), "'bound' needs the name of a hint, which 'x' is not"),
    Case(body("hint z[i, j] = x[i, j] + y[i, j]\n  bound z"), "constrains the hint 'z'", at: 2),
    Case(
      body(
        "hint z[i, j] = x[i, j] + y[i, j]\n"
          + "  either { lookup z[i, j] in bool } or { lookup y[i, j] in bool }"),
      "constrains the hint 'z'", at: 2),
    Case(body(copy + "either { «hint h[i] = x[i, 0] } or { }"), "a choice is made of"),
    Case(body(copy + "either { } «lookup x[i, j] in bool"), "expected 'or', found 'lookup'"),
    Case(body(copy + "«assert any(j) x[i, j] * y[i, j] == 0"), "only of linear expressions"),
    Case(body(copy + "assert any(j) x[i, j] == «1"), "expected '0', found '1'"),
    Case(body(copy + "assert any(«k in 3) x[i, j] == 0"), "index 'k' is never used"),
    Case(body(copy + "assert z[i, j] == «isqrt(x[i, j])"), "functions may stand in hints only"),
    Case(body(copy + "let k = «isqrt(s)"), "'isqrt' may stand in hints only"),
    Case(body(copy + "let k = «bits_of(w)"), "'bits_of' needs a tensor's name"),
    Case(
      body("z[i, j] := x[i, j] + sum(k in m) «j * y[i, k]"), "as a coefficient in a sum over it"),
    Case(body(copy + "lookup x[i, j] in «table relu"), "there is no table 'relu'"),
    Case(body(copy + "«w := d(x)"), "there is no circuit 'd'"),
    Case(body(copy + "let k = «t"), "'t' is not a parameter or a size"),
    Case(body(copy + "«hint h[i]: bool = x[i, 0]"), "nothing constrains the hint 'h'"),
    Case(body(copy + "«z[i, j] := x[i, j]"), "'z' is declared twice"),
    Case(
      body("assert x[i, j] == y[i, j]").replacing("(z:", with: "(«z:"),
      "output 'z' is never defined"),
    Case(
      body("z[i] := x[i, 0] + y[i, 0]").replacing("(z:", with: "(«z:"),
      "declared with 2 axes and defined with 1 axes"),
    Case("circuit «c(x: i16[n]) -> (y: i16[n]) { y := c(x) }", "circuit 'c' calls itself"),
  ]

  @Test(arguments: cases)
  func pointsAtThePlace(_ c: Case) throws {
    let before = c.source.prefix { $0 != "«" }
    let source = c.source.replacing("«", with: "")
    var library = CircuitLibrary()
    let error = #expect(throws: CircuitLanguageError.self) {
      try library.add(source: source, file: "test.circuit")
    }
    let line = before.count { $0.isNewline } + 1
    let column = before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0
    #expect(error?.message.contains(c.message) == true, "\(error?.message ?? "")")
    #expect(error?.location?.line == line, "\(error?.description ?? "")")
    #expect(error?.location?.column == column + 1, "\(error?.description ?? "")")
    #expect(library.circuitNames.isEmpty)
  }

  @Test func showsTheLine() throws {
    var library = CircuitLibrary()
    let error = #expect(throws: CircuitLanguageError.self) {
      try library.add(source: "# first\n  circuit c(x) -> () { }", file: "a.circuit")
    }
    #expect(
      error?.description == """
        a.circuit:2:14: expected ':', found ')'
            circuit c(x) -> () { }
                       ^
        """)
  }

  /// Columns count what people see, however a line ends and whatever stands in a comment.
  @Test(arguments: [
    ("# a\r\n  circuit c(x) -> () { }", 2, 14, "expected ':', found ')'"),
    (
      "# \u{65}\u{301}\u{1F389}\u{2028}circuit c(\u{A0}x) -> () { }", 2, 13,
      "expected ':', found ')'"
    ),
    ("\tcircuit c(\u{E9}) -> () { }", 1, 12, "unexpected character '\u{E9}'"),
    ("circuit c(\u{1}) -> () { }", 1, 11, "unexpected character '\u{1}'"),
  ])
  func countsCharacters(source: String, line: Int, column: Int, message: String) throws {
    var library = CircuitLibrary()
    let error = #expect(throws: CircuitLanguageError.self) {
      try library.add(source: source, file: "a.circuit")
    }
    #expect(error?.message == message)
    #expect(error?.location?.line == line && error?.location?.column == column)
  }

  @Test func printingReadsBack() throws {
    let own = standardCircuits.map { SourceFile(name: $0.name, text: $0.text) }
    for file in own + (try CircuitLibrary.exampleFiles()) {
      let printed = SyntaxPrinter.text(try Parser.parse(file))
      let again = SourceFile(name: file.name, text: printed)
      // The circuit files hold no parentheses but necessary ones, so that even the tokens agree.
      #expect(try Lexer.tokens(of: again).map(\.text) == Lexer.tokens(of: file).map(\.text))
      #expect(SyntaxPrinter.text(try Parser.parse(again)) == printed)
    }
  }
}
