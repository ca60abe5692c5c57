import CircuitLanguage
import Testing

@testable import Equations

@Suite struct OperatorErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    /// The text, with `«` before the place that the error must point at.
    var source: String
    /// A part of the message.
    var message: String

    init(_ source: String, _ message: String) {
      self.source = source
      self.message = message
    }

    var testDescription: String { message }
  }

  /// An operator with the given body, over x: real[n, at...], w: real[at...] and some attributes.
  private static func body(_ text: String) -> String {
    """
    operator F(x: real[n, at...], w: real[at...]; s: int, v: positive[at] = 1, m: choice(a, b) = a,
      q: axis(x), p: padding(at, v, v, v)) -> (y: real[n, at...]) onnx splitting w at r
    {
      \(text)
    }
    """
  }

  private static func function(_ text: String) -> String {
    "function f(a) = \(text)\noperator F(x: real[n]) -> (y: real[n]) onnx { y[i] = f(x[i]) }"
  }

  private static func small(_ clause: String) -> String {
    "operator F(x: real[n, m]; k: int = 0) -> (y: real[n, m]) \(clause) { y[i, j] = x[i, j] + k }"
  }

  static let cases = [
    Case("operator F«[x: real[n]) -> (y: real[n]) onnx { }", "expected '(', found '['"),
    Case("operator «let() -> () onnx { }", "'let' is a keyword"),
    Case("«operation F", "expected 'operator', 'function', 'circuit' or 'table'"),
    Case("operator F(x «real[n]) -> (y: real[n]) onnx { }", "expected ':', found 'real'"),
    Case("operator F(x: «3[n]) -> (y: real[n]) onnx { }", "expected 'real', 'int', 'bool'"),
    Case("operator F(«x: strange[n]) -> (y: real[n]) onnx { y[i] = x[i] }", "'element'"),
    Case("operator F(x: real[n]; k: «many) -> (y: real) onnx { }", "expected 'int', 'nat'"),
    Case("operator F(x: real[n]; k: choice«) -> (y: real) onnx { }", "expected '(', found ')'"),
    Case("operator F(x: real[n]; p: padding«(n)) -> (y: real) onnx { }", "takes 4 or 5 arguments"),
    Case("operator F(x: real[«2 * at...]) -> (y: real) onnx { }", "expected the name of a pack"),
    Case("operator F(x: real[«1 if k]) -> (y: real) onnx { }", "an operand has all of its axes"),
    Case("operator F(x: real[«n if k]) -> (y: real) onnx { }", "only an axis of size 1"),
    Case(
      "operator F(«x: real[a..., b...]) -> (y: real) onnx { y = sum(a..., b...) x[a..., b...] }",
      "nothing says how many axes 'a...' has"),
    Case(
      "operator F(x: real[«a * b, a * b]) -> (y: real) onnx { y = x[0, 0] }",
      "nothing says how large 'a' is"),
    Case("operator F(x: real, «x: real) -> (y: real) onnx { }", "'x' is declared twice"),
    Case("operator «F(x: real) -> () onnx { }", "the operator has no results"),
    Case("operator F(x: real) -> («y: real = 0) onnx { }", "a result has no default"),
    Case("operator «F(x...: real, z: real) -> (y: real) onnx { }", "only the last operand"),
    Case("operator «F(x: real) -> (y: real) { y = x }", "the operator says of no node"),
    Case("operator F(x: real, «z: real) -> (y: real) onnx { y = x }", "'z' is never used"),
    Case("operator F(x: real; «k: int) -> (y: real) onnx { y = x }", "'k' is never used"),
    Case("operator F(x: real) -> («y: real) onnx { z = x }", "'y' is never defined"),
    Case("operator F(x: real) -> (y: real) onnx { y = x\n «y = x }", "'y' is defined twice"),
    Case("operator F(x: real) -> (y: real) onnx { «x = x }", "'x' is declared twice"),
    Case("operator F(x: real; k: int = «n) -> (y: real) onnx { y = x + k }", "unknown name 'n'"),
    Case("operator F(x: real; k: choice(a, b) = «c) -> (y: real) onnx { }", "expected one of a, b"),
    Case("operator F(x: real[n]; «k: axis(z)) -> (y: real) onnx { }", "there is no operand 'z'"),
    Case("operator F(x: real; «k: int[at]) -> (y: real) onnx { }", "no pack of axes 'at'"),
    Case(
      "operator F(x: real) -> (y: real) onnx { y = x }\noperator F«",
      "expected '(', found 'end of file'"),

    Case(small("«tensorflow"), "expected 'onnx', 'microsoft', 'custom' or '{'"),
    Case(small("custom «{"), "expected the domain's name between quotes"),
    Case(small("onnx «5..3"), "the versions 5..3 are none"),
    Case(small("onnx 1..5 «onnx 3"), "among those of an earlier clause"),
    Case(small("onnx (x, «z)"), "no operand or attribute 'z'"),
    Case(small("onnx (x, «x)"), "'x' stands twice"),
    Case(small("onnx (; «x)"), "an operand that is an attribute has no axes"),
    Case(small("onnx «broadcasting z"), "there is no operand 'z'"),
    Case(small("onnx «transposing x if k"), "there is no flag 'k'"),
    Case(small("onnx «splitting x at k"), "'x' does not begin with a pack"),
    Case(small("onnx «reducing x over k"), "'x' is not made of two packs"),
    Case(small("onnx splitting x «{"), "expected 'at', found '{'"),
    Case(small("onnx «\"F"), "the text has no closing quote"),

    Case(body("y[i, at...] = «u[i]"), "undefined tensor 'u'"),
    Case(body("y[i, at...] = «u"), "unknown name 'u'"),
    Case(body("y[i, at...] = «x[i]"), "'x' has 1 axis and 1 pack, and is read at 1 axis"),
    Case(body("y[i, at...] = «x[at..., i]"), "'x' has 1 axis and 1 pack"),
    Case(body("«y[i] = 1"), "'y' is declared with 1 axis and 1 pack and defined with 1 axis"),
    Case(body("y[i, «i...] = 1"), "the index 'i' stands twice"),
    Case(body("y[i, at...] = «at + 1"), "'at' has a value for each axis of a pack"),
    Case(body("y[i, at...] = «v"), "'v' has a value for each axis of a pack"),
    Case(body("y[i, at...] = w[«p ...]"), "'p' has the parts 'p.before' and 'p.after'"),
    Case(body("y[i, at...] = w[at + «p.middle ...]"), "expected one of before"),
    Case(body("y[i, at...] = w[at + «v.before ...]"), "'v' is not a padding"),
    Case(body("y[i, at...] = «sin(1, 2)"), "'sin' takes 1 argument, not 2"),
    Case(body("y[i, at...] = «sine(1)"), "unknown function 'sine'"),
    Case(body("y[i, at...] = sin(«at ...)"), "'sin' takes no packs"),
    Case(body("y[i, at...] = «argmax(j, k) x[i, at...]"), "'argmax' takes one index"),
    Case(body("y[i, at...] = «sum(z of x) z[i, at...]"), "'x' is not a list of operands"),
    Case(body("y[i, at...] = sum(«x) 1"), "'x' is declared already and can't be an index"),
    Case(body("y[i, at...] = 1 for «j in 4"), "the index 'j' is not among the positions"),
    Case(body("y[i, at...] = 1 for j\n«}"), "expected 'in' and a size, found '}'"),
    Case(body("let k = «x[0, 0]"), "only sizes and attributes may stand here"),
    Case(body("let k = «sum(i) 1"), "a size is not made by a reduction"),
    Case(body("require «z == 1"), "unknown name 'z'"),
    Case(body("y[i, at...] = «inside(1)"), "expected a read of a tensor"),
    Case(body("y[i, at...] = «given(1)"), "expected the name of an operand"),
    Case(body("y[i, at...] = «constant(k)"), "expected the name of an operand"),
    Case(body("y[i, at...] = «item(v, 0)"), "expected the name of a list of integers"),
    Case(body("y[i, at...] = «1.5e"), "'1.5e' is not a number"),

    Case(function("«f(a)"), "the function 'f' calls itself"),
    Case(function("a + «b"), "unknown name 'b'"),
    Case("function «f(a) = 1", "the parameter 'a' is never used"),
    Case("function «sin(a) = a", "the function 'sin' is built in"),
    Case("function f(a) = a\nfunction «f(a) = a", "the function 'f' is defined twice"),
  ]

  @Test(arguments: cases)
  func errorsPointAtTheirPlace(example: Case) throws {
    let source = example.source.replacing("«", with: "")
    let file = SourceFile(name: "f.circuit", text: source)
    var library = OperatorLibrary()
    let error = #expect(throws: CircuitLanguageError.self) { try library.add(files: [file]) }
    #expect(error?.message.contains(example.message) == true, "\(error?.message ?? "")")
    let before = example.source.prefix { $0 != "«" }
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    #expect(error?.location?.line == line, "\(error.map { "\($0)" } ?? "")")
    #expect(error?.location?.column == column, "\(error.map { "\($0)" } ?? "")")
    #expect(library.operatorNames.isEmpty)
  }

  @Test func descriptionShowsTheLine() throws {
    let text = "operator F(x: real[n]) -> (y: real[n]) onnx {\n  y[i] = x[i] + z\n}\n"
    var library = OperatorLibrary()
    let error = #expect(throws: CircuitLanguageError.self) {
      try library.add(files: [SourceFile(name: "f.circuit", text: text)])
    }
    #expect(
      error?.description == """
        f.circuit:2:17: unknown name 'z'
            y[i] = x[i] + z
                          ^
        """)
  }
}
