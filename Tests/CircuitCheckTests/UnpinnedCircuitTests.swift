import CircuitLanguage
import Testing

@testable import CircuitCheck

@Suite("Circuits that leave a prover a choice are rejected")
struct UnpinnedCircuitTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var source: String
    /// A tensor that the wrong values must be of, beside those of the output `y`; nil where the
    /// instance is no constraint system.
    var changes: String?
    /// How thoroughly must be searched to find it.
    var efforts: [CircuitTester.Effort]

    init(
      _ description: String, changes: String?, isFoundBriefly: Bool = true, _ source: String
    ) {
      testDescription = description
      self.source = source
      self.changes = changes
      efforts = [CircuitTester.Effort()] + (isFoundBriefly ? [.brief] : [])
    }
  }

  static let cases = [
    Case(
      "the remainder is not looked up", changes: "c.r",
      """
      circuit c(a: i16[n], b: i16[n]; shift: positive) -> (y: i16[n]) {
        require shift <= 14
        hint y[i] = a[i] * b[i] / 2^shift
        hint r[i]: range(2^shift) = a[i] * b[i] % 2^shift
        assert a[i] * b[i] == y[i] * 2^shift + r[i]
        lookup y[i] in i16
      }
      """),
    Case(
      "the remainder may be the divisor", changes: "y",
      """
      circuit c(x: i16[n]) -> (y: i16[n]) {
        hint y[i] = x[i] / 5
        lookup x[i] - 5 * y[i] in range(6)
        lookup y[i] in i16
      }
      """),
    Case(
      "nothing bounds the quotient", changes: nil,
      """
      circuit c(x: i16[n]) -> (y: i16[n]) {
        hint y[i] = x[i] / 4
        lookup x[i] - y[i] * 4 in range(4)
      }
      """),
    Case(
      "a truth value is any number", changes: "c.t",
      """
      circuit c(a: i16[n], b: i16[n]) -> (y: i16[n]) {
        hint t[i]: bool = a[i] < b[i]
        hint y[i] = max(a[i], b[i])
        lookup t[i] in i16
        assert y[i] == a[i] + t[i] * (b[i] - a[i])
        lookup y[i] - a[i] in u16
        lookup y[i] - b[i] in u16
      }
      """),
    Case(
      "of equal elements any is the first", changes: "c.one",
      """
      circuit c(x: i16[..., size]) -> (y: range(size)[...]) {
        require size > 1
        hint m[...]: i16 = max(j) x[..., j]
        hint y[...] = min(j in size) select(x[..., j] == m[...], j, size)
        hint one[..., k]: bool = k == y[...] for k in size
        lookup one[..., k] in bool
        lookup m[...] - x[..., j] in u16
        assert sum(k) one[..., k] == 1
        assert sum(k) one[..., k] * (m[...] - x[..., k]) == 0
        below[..., j, k] := one[..., j + k + 1] for j in size - 1, k in size - 1
        assert y[...] == sum(j in size - 1, k in size - 1) below[..., j, k]
      }
      """),
    Case(
      "zero times anything is zero", changes: "y",
      """
      circuit c(a: u16[n], b: u16[n]) -> (y: u16[n]) {
        hint y[i] = a[i] / max(b[i], 1)
        assert y[i] * b[i] == a[i]
        lookup y[i] in u16
      }
      """),
    Case(
      "a root has two signs", changes: "y",
      """
      circuit c(a: u16[n]) -> (y: i16[n]) {
        hint y[i] = min(j in 200) select(j * j == a[i], j, 255)
        assert y[i] * y[i] == a[i]
        lookup y[i] in i16
      }
      """),
    Case(
      "only the sum is as it should be", changes: "y",
      """
      circuit c(x: i16[n]) -> (y: i16[n]) {
        require n > 1
        hint y[i] = x[i]
        lookup y[i] in i16
        assert sum(i) y[i] == sum(i) x[i]
      }
      """),
    Case(
      "what a hint says binds nobody", changes: "y",
      """
      circuit c(x: i16[...]) -> (y: i16[...]) {
        hint y[...] = max(x[...], 0)
        lookup x[...] in i16
        lookup y[...] in i16
      }
      """),
    Case(
      // The limbs that the range of a is shown by change, too.
      "a change goes through a chain of hints", changes: "c.r", isFoundBriefly: false,
      """
      circuit c(x: i16[...]) -> (y: i16[...]) {
        hint a[...]: i16 = x[...] / 4
        hint r[...]: range(4) = x[...] % 4
        hint b[...]: i16 = a[...] + 5
        hint y[...] = b[...] * 2
        assert x[...] == 4 * a[...] + r[...]
        lookup r[...] in range(5)
        assert b[...] == a[...] + 5
        assert y[...] == 2 * b[...]
        lookup a[...] in i16
      }
      """),
  ]

  @Test(arguments: cases)
  func isRejected(_ test: Case) throws {
    var library = try CircuitLibrary.standard()
    try library.add(source: test.source, file: "c.circuit")
    for effort in test.efforts {
      let verdict = try CircuitTester(library, effort: effort).verdict(on: "c")
      #expect(!verdict.isAccepted)
      switch verdict.faults.first {
      case .refusedSystem(_, let error)?:
        #expect(test.changes == nil && error.message.contains("bounds a witness tensor"))
      case .wrongHint(_, _, let hint)?:
        #expect(hint.meaning == .output)
        #expect(hint.values.contains { $0.tensor == "y" }, "\(hint)")
        #expect(hint.values.contains { $0.tensor == test.changes }, "\(hint)")
      default: Issue.record("\(verdict.faults)")
      }
    }
  }

  @Test("a circuit that bounds its input too loosely, or nothing at all, is rejected")
  func inputs() throws {
    for (range, isAccepted) in [("i16", true), ("range(2^16)", true), ("i18", false)] {
      var library = try CircuitLibrary.standard()
      let offset = range == "i16" ? "" : range == "i18" ? "" : " + 2^15"
      let limbs =
        range == "i18"
        ? """
          hint low[i]: u16 = x[i] % 2^16
          hint high[i]: int(-2, 1) = x[i] / 2^16
          assert x[i] == low[i] + 2^16 * high[i]
          lookup low[i] in u16
          lookup high[i] in int(-2, 1)
        """ : "lookup x[i]\(offset) in \(range)"
      try library.add(
        source: "circuit c(x: i16[n]) -> () {\n\(limbs)\n}", file: "c.circuit")
      let verdict = try CircuitTester(library).verdict(on: "c")
      #expect(verdict.isAccepted == isAccepted, "\(range): \(verdict.faults)")
      guard !isAccepted, case .wrongHint(_, _, let hint)? = verdict.faults.first else { continue }
      #expect(hint.meaning == .input)
    }
  }

  @Test("statements that refuse what the hints compute are told")
  func refusesItself() throws {
    var library = try CircuitLibrary.standard()
    try library.add(
      source: """
        circuit c(x: i16[n]) -> (y: i16[n]) {
          hint y[i] = x[i]
          assert y[i] == x[i] + 1
        }
        """, file: "c.circuit")
    let verdict = try CircuitTester(library).verdict(on: "c")
    guard case .refusesItself(_, let statement)? = verdict.faults.first else {
      Issue.record("\(verdict.faults)")
      return
    }
    #expect(library.source(ofStatement: statement)?.place == "c.circuit:3")
    #expect(library.source(ofStatement: statement)?.text == "assert y[i] == x[i] + 1")
  }
}
