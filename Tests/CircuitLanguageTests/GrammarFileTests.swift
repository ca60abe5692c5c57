import Foundation
import Testing

@testable import CircuitLanguage

@Suite("The TextMate grammar")
struct GrammarFileTests {
  private func grammar() throws -> [String: Any] {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Circuits/assay.tmLanguage.json")
    let object = try JSONSerialization.jsonObject(with: try Data(contentsOf: path))
    return try #require(object as? [String: Any])
  }

  /// All patterns, however deeply they lie.
  private func patterns(_ value: Any) -> [String] {
    switch value {
    case let object as [String: Any]:
      object.flatMap { key, value -> [String] in
        if ["match", "begin", "end"].contains(key), let text = value as? String { return [text] }
        return patterns(value)
      }
    case let list as [Any]: list.flatMap(patterns)
    default: []
    }
  }

  @Test("every pattern is a regular expression, and what it includes is there")
  func patternsAreValid() throws {
    let grammar = try grammar()
    #expect(grammar["scopeName"] as? String == "source.assay")
    #expect(grammar["fileTypes"] as? [String] == ["circuit"])
    let all = patterns(grammar)
    #expect(all.count >= 8)
    for pattern in all { _ = try NSRegularExpression(pattern: pattern) }
    let repository = try #require(grammar["repository"] as? [String: Any])
    let text = String(decoding: try JSONSerialization.data(withJSONObject: grammar), as: UTF8.self)
    let includes = text.components(separatedBy: "\"include\":\"#").dropFirst()
      .map { String($0.prefix { $0 != "\"" }) }
    #expect(!includes.isEmpty)
    for name in includes { #expect(repository[name] != nil, "\(name)") }
  }

  @Test(
    "knows every keyword, and every kind of parameter and type",
    arguments: Array(Parser.keywords).sorted() + [
      "nat", "positive", "int", "bool", "small", "any", "range", "like", "i16", "u8", "operator",
      "real", "onnx",
    ])
  func keyword(word: String) throws {
    let all = patterns(try grammar())
    let line = " \(word) "
    let isKnown = try all.contains { pattern in
      let expression = try NSRegularExpression(pattern: pattern)
      return expression.matches(in: line, range: NSRange(line.startIndex..., in: line)).contains {
        (line as NSString).substring(with: $0.range).trimmingCharacters(in: .whitespaces) == word
      }
    }
    #expect(isKnown, "\(word) is in no pattern of Circuits/assay.tmLanguage.json")
  }
}
