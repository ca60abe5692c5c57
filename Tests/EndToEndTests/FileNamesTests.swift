import CommandSupport
import Testing

@Suite("No tensor's file is another one's")
struct FileNamesTests {
  private static let endings = [".npy", ".integers.npy"]

  @Test(
    arguments: [
      (["x", "x.integers"], ["x", "x.integers-2"]), (["x.integers", "x"], ["x.integers", "x-2"]),
      (["my output", "my_output"], ["my_output-2", "my_output"]),
      (["X", "x", "x-2"], ["X", "x-2", "x-2-2"]),
      (["../a", ".a", "", "/"], ["_._a", "_a", "_", "_-2"]),
      (["logits", "logits"], ["logits", "logits-2"]),
    ])
  func stems(names: [String], expected: [String]) {
    let stems = FileNames(names, endings: Self.endings).stems
    #expect(stems == expected)
    let files = stems.flatMap { stem in Self.endings.map { (stem + $0).lowercased() } }
    #expect(Set(files).count == files.count, "\(files)")
    #expect(stems.allSatisfy { !$0.contains("/") && !$0.hasPrefix(".") && !$0.isEmpty })
  }

  /// As many of one look as there may be.
  @Test func manyOfOneLook() {
    let names =
      (0..<3000).map { String(repeating: "é", count: $0 % 2 + 1) + "\($0)" } + ["__", "__"]
    let stems = FileNames(names.map { String($0.prefix(1)) }, endings: Self.endings).stems
    #expect(Set(stems).count == stems.count)
  }

  @Test("names are the bytes that somebody typed")
  func names() {
    let (first, second) = ("q\u{0307}\u{0323}", "q\u{0323}\u{0307}")
    #expect(first == second)
    #expect(NamedArgument.rest(of: second + "=file", behind: first) == nil)
    #expect(NamedArgument.rest(of: first + "=file", behind: first) == "file")
    #expect(!NamedArgument.areEqual(first, second) && NamedArgument.areEqual(first, first))
    // What follows the sign may combine with it.
    #expect(NamedArgument.rest(of: "x=\u{0338}f", behind: "x") == "\u{0338}f")
  }
}
