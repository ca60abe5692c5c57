import CircuitLanguage
import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import Equations

@Suite struct OperatorLibraryTests {
  /// `Circuits/operators` is where the texts are edited; `Circuits/embed.sh` copies them into the
  /// sources.
  @Test func embeddedOperatorsAreTheFiles() throws {
    let folder = URL(fileURLWithPath: Fixture.package).appendingPathComponent("Circuits")
    for (name, text) in standardOperators {
      let file = folder.appendingPathComponent(String(name.dropFirst("Circuits/".count)))
      #expect(try String(contentsOf: file, encoding: .utf8) == text, "\(name)")
    }
    let files = try FileManager.default.contentsOfDirectory(
      atPath: folder.appendingPathComponent("operators").path)
    #expect(files.count { $0.hasSuffix(".circuit") } == standardOperators.count)
  }

  private static func library(_ texts: String...) throws -> OperatorLibrary {
    var library = try OperatorLibrary.standard()
    for (place, text) in texts.enumerated() {
      try library.add(files: [SourceFile(name: "\(place).circuit", text: text)])
    }
    return library
  }

  /// Of a node with one operand.
  private static func apply(
    _ library: OperatorLibrary, _ operation: String, domain: String = "",
    _ attributes: [String: AttributeValue] = [:], opset: Int = 20
  ) throws -> [Float]? {
    var builder = EquationGraphBuilder()
    let x = builder.addConstant(named: "x", try Tensor(shape: [2], real: [-1, 3]))
    let node = OperatorNode(
      operation: operation, domain: domain, opset: opset,
      layer: builder.addLayer(named: "n", operation: operation), name: "n", operands: [x],
      attributes: attributes, outputs: ["y"])
    let results = try library.instantiate(node, into: &builder)
    return results?[0].flatMap { builder.constantValue($0)?.reals }
  }

  @Test func foreignOperatorOfOwnDomain() throws {
    let library = try Self.library(
      """
      circuit c(x: i16[n]) -> (y: i16[n]) { hint y[i] = x[i]
        assert y[i] == x[i] }
      operator Twice(x: real[...]; k: int) -> (y: real[...]) custom "lab" { y[...] = k * x[...] }
      table t(x: i16) = x
      """)
    #expect(try Self.apply(library, "Twice", domain: "lab", ["k": .int(2)]) == [-2, 6])
    #expect(try Self.apply(library, "Twice") == nil)
    #expect(library.knows("Twice", domain: "lab"))
    #expect(!library.knows("Twice", domain: ""))
    #expect(library.replacements.isEmpty)
  }

  /// What only takes a part of an operand moves elements, and a copy is the operand itself.
  @Test func partsAreViews() throws {
    let library = try Self.library(
      """
      operator Part(x: real[n]) -> (y: real[n / 2], z: real[n], w: real[n]) custom "lab" {
        y[i] = x[2 * i + 1]
        z[i] = x[i]
        w[i] = x[i + 1]
      }
      """)
    var builder = EquationGraphBuilder()
    let x = try builder.addInput(named: "x", shape: [4])
    let node = OperatorNode(
      operation: "Part", domain: "lab", opset: 1,
      layer: builder.addLayer(named: "n", operation: "Part"), name: "n", operands: [x],
      outputs: ["y", "z", "w"])
    let results = try #require(try library.instantiate(node, into: &builder))
    #expect(results[1] == x)
    for (place, result) in results.enumerated() {
      try builder.addOutput(named: "o\(place)", try #require(result))
    }
    let graph = try builder.finish()
    #expect(graph.nodes.count == 2)
    #expect(graph.nodes[0].definition == .view(.slice([.init(start: 1, count: 2, step: 2)])))
    // The last element of w reads outside, which a view can't.
    #expect(!graph.nodes[1].definition.isView)
  }

  @Test func replacementIsAnnounced() throws {
    let library = try Self.library(
      "operator Relu(x: number[...]) -> (y: number[...]) onnx { y[...] = max(x[...], 1) }")
    #expect(library.replacements == [.init(item: "operator Relu", file: "0.circuit")])
    #expect(try Self.apply(library, "Relu") == [1, 3])
    #expect(try Self.apply(OperatorLibrary.standard(), "Relu") == [0, 3])
  }

  @Test func operatorsOfOneNodeAreRefused() throws {
    let text = """
      operator A(x: real[...]) -> (y: real[...]) custom "lab" 3 { y[...] = x[...] }
      operator B(x: number[n]) -> (y: number[n]) custom "lab" "A" 1..3 { y[i] = x[i] }
      """
    let error = #expect(throws: CircuitLanguageError.self) { try Self.library(text) }
    #expect(error?.message == "a node can be this operator and 'A'")
    #expect(error?.location?.line == 2)
    // Other versions, kinds or ranks are other nodes.
    _ = try Self.library(text.replacing("1..3", with: "1..2"))
    _ = try Self.library(text.replacing("number", with: "int"))
    _ = try Self.library(
      text.replacing("[...]", with: "[n, m]").replacing("x[n, m]", with: "x[i, j]")
        .replacing("y[n, m] =", with: "y[i, j] ="))
  }

  @Test func functionsOfAssayStayWhatTheyAre() throws {
    let error = #expect(throws: CircuitLanguageError.self) {
      try Self.library("function sigmoid(x) = x")
    }
    #expect(error?.message.contains("is one of Assay's") == true)
    let library = try Self.library(
      "operator S(x: real[...]) -> (y: real[...]) custom \"lab\" { y[...] = clamp(x[...], 0, 2) }")
    #expect(try Self.apply(library, "S", domain: "lab") == [0, 2])
  }

  @Test func addingIsAllOrNothing() throws {
    var library = OperatorLibrary()
    let sound = "operator A(x: real) -> (y: real) custom \"lab\" { y = x }"
    #expect(throws: CircuitLanguageError.self) {
      try library.add(files: [
        SourceFile(name: "a", text: sound), SourceFile(name: "b", text: "operator B("),
      ])
    }
    #expect(library.operatorNames.isEmpty)
  }

  @Test func versionsAreChosen() throws {
    let library = try Self.library(
      """
      operator New(x: real[...]) -> (y: real[...]) custom "lab" "V" 4 { y[...] = x[...] + 4 }
      operator Old(x: real[...]) -> (y: real[...]) custom "lab" "V" 2..3 { y[...] = x[...] + 2 }
      """)
    #expect(try Self.apply(library, "V", domain: "lab", opset: 9) == [3, 7])
    #expect(try Self.apply(library, "V", domain: "lab", opset: 3) == [1, 5])
    let error = #expect(throws: GraphError.self) {
      try Self.apply(library, "V", domain: "lab", opset: 1)
    }
    #expect(error?.code == .unsupported)
  }
}

@Suite struct OperatorDescriptionTests {
  @Test func softmax() throws {
    let descriptions = try OperatorLibrary.standard().descriptions
    let softmax = try #require(descriptions.first { $0.name == "Softmax" })
    #expect(softmax.nodes.map(\.text) == ["Softmax 13", "Softmax 1..12"])
    #expect(softmax.operands == ["x: real[outer..., n, inner...]"])
    #expect(softmax.attributes == ["axis: axis(x) = -1"])
    #expect(softmax.results == ["y: real[outer..., n, inner...]"])
    #expect(softmax.equations.count == 3)
    #expect(softmax.equations[0] == "top[outer..., inner...] = max(j) x[outer..., j, inner...]")
    #expect(softmax.file == "Circuits/operators/softmax.circuit")
    #expect(softmax.isOwn)
  }

  @Test func everyOperatorHasEquations() throws {
    for description in try OperatorLibrary.standard().descriptions {
      #expect(!description.equations.isEmpty, "\(description.name)")
      #expect(!description.nodes.isEmpty, "\(description.name)")
      // Comments and braces are not among them.
      for line in description.equations {
        #expect(!line.contains("#") && !line.contains("{") && !line.contains("}"), "\(line)")
      }
    }
  }

  /// What is printed of a signature is read again as the same.
  @Test func signaturesReadBack() throws {
    for description in try OperatorLibrary.standard().descriptions {
      let attributes =
        description.attributes.isEmpty
        ? "" : "; " + description.attributes.joined(separator: ", ")
      let text = """
        operator Again(\(description.operands.joined(separator: ", "))\(attributes))
          -> (\(description.results.joined(separator: ", "))) onnx { a = 1 }
        """
      guard
        case .operation(let again)? = try OperatorParser.parse(SourceFile(name: "a", text: text))
          .first
      else {
        Issue.record("\(description.name)")
        continue
      }
      let printed = OperatorDescription(again, file: "", isOwn: false)
      #expect(printed.operands == description.operands)
      #expect(printed.attributes == description.attributes)
      #expect(printed.results == description.results)
    }
  }
}
