import CircuitLanguage
import TensorGraph
import Testing

@testable import Equations

@Suite("Networks of one node of an operator")
struct OperatorSampleTests {
  private func library(_ text: String) throws -> OperatorLibrary {
    var library = try OperatorLibrary.standard()
    try library.add(files: [SourceFile(name: "lab.circuit", text: text)])
    return library
  }

  @Test func operandsAreInputs() throws {
    let library = try library(
      """
      operator Mix(x: real[batch, group * c, at...], w: real[c, tap...]; group: positive = 1,
        scale: real) -> (y: real[batch, group * c]) custom "lab"
      { y[n, i] = scale * x[n, i, 0 * at ...] + 0 * (sum(j, tap...) w[j, tap...]) }
      """.replacing("0 * at ...", with: "at...").replacing(
        "scale * x[n, i, at...]", with: "scale * (sum(at...) x[n, i, at...])"))
    let description = try #require(library.description(of: "Mix"))
    #expect(description.sizes == ["batch", "c"])
    #expect(description.packs == ["at", "tap"])
    #expect(description.attributeNames == ["group", "scale"])
    let sample = OperatorSample(
      sizes: ["batch": 2, "c": 3], packs: ["at": [4], "tap": [1, 2]],
      attributes: ["group": .int(2)])
    let graph = try library.graph(of: "Mix", sample)
    #expect(graph.inputs.map { graph[$0].name } == ["x", "w"])
    #expect(graph.inputs.map { graph[$0].shape } == [[2, 6, 4], [3, 1, 2]])
    #expect(graph.outputs.map { graph[$0.value].shape } == [[2, 6]])
    #expect(sample.description == "batch=2, c=3, at...=4, tap...=1×2; group=2")
    var constant = sample
    constant.hasConstants = true
    let other = try library.graph(of: "Mix", constant)
    #expect(other.inputs.map { other[$0].name } == ["x"])
  }

  /// Axes are where the packs have them.
  @Test func axesFollowPacks() throws {
    let library = try OperatorLibrary.standard()
    let softmax = try library.graph(
      of: "Softmax", OperatorSample(sizes: ["n": 3], packs: ["outer": [2, 5], "inner": [4]]))
    #expect(softmax.inputs.map { softmax[$0].shape } == [[2, 5, 3, 4]])
    #expect(softmax.outputs.map { softmax[$0.value].shape } == [[2, 5, 3, 4]])
    let sum = try library.graph(
      of: "ReduceSum", OperatorSample(packs: ["kept": [2, 3], "gone": [4]]))
    #expect(sum.outputs.map { sum[$0.value].shape } == [[2, 3, 1]])
    let product = try library.graph(
      of: "Gemm",
      OperatorSample(sizes: ["n": 2, "m": 3, "k": 4], attributes: ["transA": .int(1)]))
    #expect(product.outputs.allSatisfy { product[$0.value].shape.reduce(1, *) == 6 })
  }

  @Test func whatDoesNotFitIsAnError() throws {
    let library = try OperatorLibrary.standard()
    #expect(throws: GraphError.self) { try library.graph(of: "Nobody", OperatorSample()) }
    #expect(throws: GraphError.self) { try library.graph(of: "Gemm", OperatorSample()) }
    #expect(throws: GraphError.self) {
      try library.graph(
        of: "Relu", OperatorSample(packs: ["...": [1 << 40, 1 << 40]]))
    }
    #expect(throws: GraphError.self) {
      try library.graph(
        of: "LeakyRelu", OperatorSample(packs: ["...": [2]], attributes: ["alpha": .text("a")]))
    }
  }

  /// Nearly every operator can be had so; the others take nothing that depends on an input, or not all
  /// of their operands together.
  @Test func everyStandardOperator() throws {
    let library = try OperatorLibrary.standard()
    let others: Set<String> = [
      "BlackmanWindow", "HammingWindow", "HannWindow", "Range",
      "Attention", "AttentionOfRows",
    ]
    for description in library.descriptions {
      var sizes = Dictionary(uniqueKeysWithValues: description.sizes.map { ($0, 3) })
      // All of a head is turned.
      if description.name.hasPrefix("RotaryEmbedding"), sizes["d"] != nil { sizes["d"] = 6 }
      let packs = Dictionary(uniqueKeysWithValues: description.packs.map { ($0, [3, 3]) })
      let attributes: [String: AttributeValue] =
        description.name.hasPrefix("RoiAlign") ? ["sampling_ratio": .int(2)] : [:]
      let graph = try? library.graph(
        of: description.name, OperatorSample(sizes: sizes, packs: packs, attributes: attributes))
      #expect((graph == nil) == others.contains(description.name), "\(description.name)")
    }
  }

  /// What says the same as one of Assay's operators or functions is that one.
  @Test func ownTextsReplaceNothing() throws {
    var library = try OperatorLibrary.standard()
    try library.add(
      files: standardOperators.map { SourceFile(name: $0.name, text: $0.text) })
    #expect(library.replacements.isEmpty)
    #expect(library.descriptions == (try OperatorLibrary.standard()).descriptions)
    #expect(library.foreignFile(of: "Relu", domain: "", version: 14) == nil)
  }
}
