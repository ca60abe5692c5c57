import CircuitLanguage
import ConstraintSystem
import Equations
import Foundation
import TensorGraph
import TestSupport
import Testing
import Witness

@testable import Compiler
@testable import NetworkTestSupport
@testable import ONNXImport

/// What holds words of different lists is brought to one list before a node takes it together.
@Suite("Words of several lists") struct MeetingWordTests {
  private typealias Parts = ModelParts

  /// Numbers from 0 on become the words, all others the last.
  private func encoder(_ input: String, _ output: String, _ words: [String]) -> Onnx_NodeProto {
    var node = Parts.node("LabelEncoder", [input], [output], domain: "ai.onnx.ml")
    let known = words.dropLast()
    node.attribute = [
      Parts.attribute("keys_floats", .floats) { $0.floats = known.indices.map { Float($0) } },
      Parts.attribute("values_strings", .strings) { $0.strings = known.map { Data($0.utf8) } },
      Parts.attribute("default_string", .string) { $0.s = Data((words.last ?? "").utf8) },
    ]
    return node
  }

  /// - Parameter last: what is made of the words `a` and `b` of the number `x`.
  private func model(_ last: Onnx_NodeProto) -> Onnx_ModelProto {
    let nodes = [
      encoder("x", "a", ["tea", "milk", "none"]), encoder("x", "b", ["none", "tea", "rum"]), last,
    ]
    var model = Parts.model(nodes, input: [1, 1], [])
    var version = Onnx_OperatorSetIdProto()
    (version.domain, version.version) = ("ai.onnx.ml", 3)
    model.opsetImport.append(version)
    return model
  }

  private func concatenation() -> Onnx_NodeProto {
    var node = Parts.node("Concat", ["a", "b"], ["y"])
    node.attribute = [Parts.attribute("axis", .int) { $0.i = 1 }]
    return node
  }

  private func samples() throws -> [[String: Tensor]] {
    try [0, 1, 2].map { ["x": try Tensor(shape: [1, 1], real: [$0])] }
  }

  @Test func areToldApartWhereTheyMeet() throws {
    let graph = try ONNXFile.importModel(
      bytes: Array(try model(concatenation()).serializedData()))
    let list = try #require(graph.outputs.first.flatMap { graph[$0.value].words })
    #expect(list == ["tea", "milk", "none", "rum"])
    let samples = try samples()
    let compiled = try Compiler(library: try .standard()).compile(graph, samples: samples)
    let expected = [["tea", "none"], ["milk", "tea"], ["none", "rum"]]
    for (sample, words) in zip(samples, expected) {
      let reals = try #require(try graph.evaluate(sample)["y"])
      #expect(reals.doubles.map { list[Int($0)] } == words)
      let assignment = try compiled.evaluate(sample)
      try StatementChecker.check(compiled.circuit.system, assignment)
      let port = try #require(compiled.interface.outputs { assignment[$0].values }["y"])
      #expect(port.values.map { list[Int($0)] } == words)
    }
  }

  @Test func areComparedAsWords() throws {
    let graph = try ONNXFile.importModel(
      bytes: Array(try model(Parts.node("Equal", ["a", "b"], ["y"])).serializedData()))
    for (sample, isSame) in zip(try samples(), [0.0, 0, 0]) {
      #expect(try graph.evaluate(sample)["y"]?.doubles == [isSame])
    }
    let same = encoder("x", "c", ["tea", "rum"])
    var other = model(Parts.node("Equal", ["a", "c"], ["y"]))
    other.graph.node.insert(same, at: 2)
    let second = try ONNXFile.importModel(bytes: Array(try other.serializedData()))
    for (sample, isSame) in zip(try samples(), [1.0, 0, 0]) {
      #expect(try second.evaluate(sample)["y"]?.doubles == [isSame])
    }
  }

  /// A word in another place than the one that it has.
  @Test func aForgedWordIsRefused() throws {
    let graph = try ONNXFile.importModel(
      bytes: Array(try model(concatenation()).serializedData()))
    let samples = try samples()
    let compiled = try Compiler(library: try .standard()).compile(graph, samples: samples)
    let system = compiled.circuit.system
    for sample in samples {
      let honest = try compiled.evaluate(sample)
      for tensor in system.tensors.indices where system.tensors[tensor].name.contains("words_1") {
        for change in [-1, 1] {
          var values = system.tensors.indices.map { honest[$0].values }
          values[tensor][0] += change
          let names = system.contradicted(by: Assignment(values.map { IntegerBuffer($0) }))
          #expect(!names.isEmpty, "\(system.tensors[tensor].name)")
        }
      }
    }
    #expect(system.tensors.contains { $0.name.contains("words_1") })
  }

  @Test func numbersReadOutOfWordsAreRefused() throws {
    var cast = Parts.node("Cast", ["a"], ["y"])
    cast.attribute = [Parts.attribute("to", .int) { $0.i = 7 }]
    let bytes = Array(try model(cast).serializedData())
    let error = #expect(throws: ImportError.self) { try ONNXFile.importModel(bytes: bytes) }
    #expect("\(try #require(error))".contains("out of words"))
  }
}
