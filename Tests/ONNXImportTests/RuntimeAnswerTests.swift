import Equations
import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Nodes of models give what ONNX Runtime gives")
struct RuntimeAnswerTests {
  /// Cases that are refused, by the reason.
  private static let refused: [String: (cases: Set<Int>, reason: String)] = [
    "IsInf": ([0, 1, 2], "not finite"), "IsNaN": ([0], "not finite"),
    // The mean of a loss all of whose labels are ignored.
    "NegativeLogLikelihoodTotal": ([24], "not finite"),
    "SoftmaxCrossEntropyTotal": ([24], "not finite"),
  ]

  /// Corners are aligned by the length that the scale says in ONNX's specification, and by the
  /// whole elements of it in ONNX Runtime.
  private static let different: [String: Set<Int>] = ["Resize": [9, 31, 53]]

  @Test("where a case is refused, the reason is named", arguments: refused.keys.sorted())
  func refuses(name: String) throws {
    let (places, reason) = try #require(Self.refused[name])
    let cases = try RuntimeCase.read(name)
    for place in places {
      let graph = try ONNXFile.importModel(bytes: cases[place].model().bytes)
      let error = #expect(throws: GraphError.self) { try graph.evaluate(cases[place].given()) }
      #expect(error?.description.contains(reason) == true)
    }
  }

  @Test(arguments: RuntimeCase.names)
  func agrees(name: String) throws {
    for (place, example) in try RuntimeCase.read(name).enumerated() {
      guard Self.refused[name]?.cases.contains(place) != true,
        Self.different[name]?.contains(place) != true
      else { continue }
      expectAgreement(example, "\(name) \(place): \(example.attributes)")
    }
  }

  @Test(
    "those of its optimiser and its quantiser as well, integers exactly",
    arguments: RuntimeCase.fused)
  func fused(name: String) throws {
    for (place, example) in try RuntimeCase.read(name, in: "fused").enumerated() {
      expectAgreement(example, "\(name) \(place): \(example.attributes)")
    }
  }

  private func expectAgreement(_ example: RuntimeCase, _ what: String) {
    do {
      let graph = try ONNXFile.importModel(bytes: example.model().bytes)
      try graph.validate()
      try compare(try graph.evaluate(example.given()), graph, with: example, what)
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  private func compare(
    _ results: [String: Tensor], _ graph: EquationGraph, with example: RuntimeCase, _ what: String
  ) throws {
    for output in graph.outputs {
      let place = try #require(Int(output.name.dropFirst()))
      let expected = try #require(example.outputs[place])
      let result = try #require(results[output.name])
      #expect(graph[output.value].kind.rawValue == expected.kind, "\(what)")
      #expect(result.shape == expected.shape, "\(what)")
      let numbers = expected.numbers
      let scale =
        expected.kind == "real" ? numbers.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 } : 0
      let found = result.integers?.map(Double.init) ?? result.reals.map(Double.init)
      let wrong = zip(found, numbers).enumerated().first { _, pair in
        let (a, b) = pair
        return !(a == b || a.isNaN && b.isNaN || abs(a - b) <= 2e-5 * scale)
      }
      #expect(found.count == numbers.count && wrong == nil, "\(what): \(wrong.debugDescription)")
    }
  }
}

extension RuntimeCase {
  /// A model of the one node, with operands x0, x1, … and results y0, y1, …
  fileprivate func model() throws -> Onnx_ModelProto {
    var node = Make.node(
      operation, inputs.enumerated().map { $1 == nil ? "" : "x\($0)" },
      outputs.enumerated().map { $1 == nil ? "" : "y\($0)" })
    node.domain = domain
    node.attribute = attributes.map { $1.attribute($0) }
    var model = Make.model(
      opset: Int64(domain.isEmpty ? opset : 21), [node], outputs: node.output.filter { !$0.isEmpty }
    )
    if !domain.isEmpty {
      var version = Onnx_OperatorSetIdProto()
      version.domain = domain
      version.version = Int64(opset)
      model.opsetImport.append(version)
    }
    model.graph.input = []
    for (place, value) in inputs.enumerated() {
      guard let value else { continue }
      if value.constant == true {
        model.graph.initializer.append(value.tensor("x\(place)"))
      } else {
        model.graph.input.append(
          Make.tensorInfo("x\(place)", value.shape.map(Int64.init), type: value.elements))
      }
    }
    return model
  }

  /// The values of what is no constant, by name.
  fileprivate func given() throws -> [String: Tensor] {
    var given: [String: Tensor] = [:]
    for case (let place, let value?) in inputs.enumerated() where value.constant != true {
      given["x\(place)"] =
        value.kind == "real"
        ? try Tensor(shape: value.shape, real: value.numbers.map { Float($0) })
        : try Tensor(shape: value.shape, integer: value.numbers.map { Int64($0) })
    }
    return given
  }
}

extension RuntimeCase.Value {
  fileprivate var elements: Onnx_TensorProto.DataType {
    switch (kind, type) {
    case ("real", _): .float
    case ("boolean", _): .bool
    case (_, "uint8"?): .uint8
    case (_, "int8"?): .int8
    case (_, "int32"?): .int32
    default: .int64
    }
  }

  fileprivate func tensor(_ name: String) -> Onnx_TensorProto {
    let shape = shape.map(Int64.init)
    return switch elements {
    case .float: Make.floats(name, shape, numbers.map { Float($0) })
    case .bool: Make.booleans(name, numbers.map { $0 != 0 }, shape: shape)
    case .int64: Make.integers(name, numbers.map { Int64($0) }, shape: shape)
    default: Make.integers(name, numbers.map { Int32($0) }, elements, shape: shape)
    }
  }
}

extension RuntimeCase.Attribute {
  /// Lists of reals that may hold whole numbers only.
  private static let realLists: Set<String> = ["scales", "activation_alpha", "activation_beta"]

  fileprivate func attribute(_ name: String) -> Onnx_AttributeProto {
    switch self {
    case .int(let value): Make.attribute(name, .int) { $0.i = Int64(value) }
    case .real(let value): Make.attribute(name, .float) { $0.f = Float(value) }
    case .ints(let values) where Self.realLists.contains(name):
      Make.attribute(name, .floats) { $0.floats = values.map { Float($0) } }
    case .ints(let values): Make.attribute(name, .ints) { $0.ints = values.map(Int64.init) }
    case .reals(let values):
      Make.attribute(name, .floats) { $0.floats = values.map { Float($0) } }
    case .text(let value): Make.attribute(name, .string) { $0.s = Data(value.utf8) }
    case .texts(let values):
      Make.attribute(name, .strings) { $0.strings = values.map { Data($0.utf8) } }
    }
  }
}
