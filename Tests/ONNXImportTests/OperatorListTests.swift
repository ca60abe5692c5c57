import Equations
import Foundation
import ONNXImport
import TestSupport
import Testing

@Suite("The list of operators that people read")
struct OperatorListTests {
  /// The names between two texts of the README.
  private func names(from start: String, to end: String) throws -> [String] {
    let text = String(decoding: try Fixture.bytes(Fixture.package + "/README.md"), as: UTF8.self)
      .replacing("\n  ", with: " ")
    let rest = try #require(text.components(separatedBy: start).dropFirst().first)
    let list = try #require(rest.components(separatedBy: end).first)
    return list.components(separatedBy: ", ").map { $0.filter { !$0.isWhitespace } }
  }

  @Test func readme() throws {
    let descriptions = try OperatorLibrary.standard().descriptions
    func nodes(_ domain: String) -> [String] {
      Set(descriptions.flatMap(\.nodes).filter { $0.domain == domain }.map(\.operation)).sorted()
    }
    let computing = try names(from: "shows their equations): ", to: ". These only move")
    #expect(computing == nodes(""))
    let moving = try names(from: "say something about shapes: ", to: ". Of the domain")
    #expect(moving == ONNXModel.movingOperators.filter { !computing.contains($0) })
    let control = try names(from: "become nodes of others: ", to: "; and so do")
    #expect(control == ONNXModel.controlOperators)
    #expect(try names(from: "`com.microsoft`: ", to: ". ") == nodes("com.microsoft"))
    #expect(try names(from: "into others: ", to: ". Quantised") == ONNXModel.fusedOperators)
    #expect(try names(from: "`ai.onnx.ml`: ", to: ". ") == ONNXModel.classicalOperators)
  }
}
