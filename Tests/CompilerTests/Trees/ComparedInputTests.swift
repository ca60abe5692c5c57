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

/// Inputs that are only moved and compared are compared as the very numbers that they are.
@Suite("Compared inputs") struct ComparedInputTests {
  private typealias Parts = ModelParts

  private static let thresholds: [Float] = [0.1, 16_777_216]
  /// Ties, neighbours, zeros, denormals, and large beside small.
  private static let rows: [[Float]] = [
    [16_777_216, 5, 0.1], [Float(16_777_216).nextUp, 5, Float(0.1).nextUp],
    [Float(16_777_216).nextDown, -3e38, Float(0.1).nextDown], [-0.0, 1, 0],
    [.leastNonzeroMagnitude, 0, -.leastNonzeroMagnitude], [3e38, 1, -3e38],
  ]

  private func samples() throws -> [[String: Tensor]] {
    try Self.rows.map { ["x": try Tensor(shape: [1, 3], real: $0)] }
  }

  private func cast(_ input: String, _ output: String) -> Onnx_NodeProto {
    var node = Parts.node("Cast", [input], [output])
    node.attribute = [Parts.attribute("to", .int) { $0.i = 1 }]
    return node
  }

  private func list(_ name: String, _ dims: [Int64], _ values: [Float]) -> Onnx_TensorProto {
    var tensor = Parts.floats(name, values)
    tensor.dims = dims
    return tensor
  }

  private func graph(
    _ nodes: [Onnx_NodeProto], _ initializers: [Onnx_TensorProto] = []
  ) throws -> EquationGraph {
    let own = list("t", [1, 2], Self.thresholds)
    let model = Parts.model(nodes, input: [1, 3], [own] + initializers)
    return try ONNXFile.importModel(bytes: Array(try model.serializedData()))
  }

  /// The columns 2 and 0, by a product with ones and zeros or by their places.
  private func chosen(byProduct: Bool, _ comparison: String) throws -> EquationGraph {
    var places = Onnx_TensorProto()
    (places.name, places.dims, places.int64Data) = ("p", [2], [2, 0])
    places.dataType = Int32(Onnx_TensorProto.DataType.int64.rawValue)
    var gather = Parts.node("Gather", ["x", "p"], ["c"])
    gather.attribute = [Parts.attribute("axis", .int) { $0.i = 1 }]
    return try graph(
      [
        byProduct ? Parts.node("MatMul", ["x", "m"], ["c"]) : gather,
        Parts.node(comparison, ["c", "t"], ["b"]), cast("b", "y"),
      ], [places, list("m", [3, 2], [0, 1, 0, 0, 1, 0])])
  }

  @Test(
    "ties, neighbours, zeros, denormals, large beside small", arguments: [false, true],
    ["Less", "LessOrEqual", "Equal", "Greater"])
  func areComparedExactly(byProduct: Bool, comparison: String) throws {
    let graph = try chosen(byProduct: byProduct, comparison)
    #expect(graph.orderedInputs == Set(graph.inputs))
    let samples = try samples()
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    for (row, sample) in zip(Self.rows, samples) {
      let expected = zip([row[2], row[0]], Self.thresholds).map { x, t in
        switch comparison {
        case "Less": x < t
        case "LessOrEqual": x <= t
        case "Equal": x == t
        default: x > t
        }
      }
      let assignment = try model.evaluate(sample)
      try StatementChecker.check(model.circuit.system, assignment)
      let port = try #require(model.interface.outputs { assignment[$0].values }["y"])
      #expect(port.values == expected.map { $0 ? 1 : 0 }, "\(row)")
      #expect(try graph.evaluate(sample)["y"]?.doubles == expected.map { $0 ? 1 : 0 }, "\(row)")
    }
  }

  /// Trees with fewer branches than others have rows of zeros.
  @Test func aProductThatChoosesNothingIsZero() throws {
    let graph = try graph(
      [
        Parts.node("MatMul", ["x", "m"], ["c"]), Parts.node("Less", ["c", "t"], ["b"]),
        cast("b", "y"),
      ], [list("m", [3, 2], [0, 0, 0, 0, 1, 0])])
    #expect(graph.orderedInputs == Set(graph.inputs))
    let samples = try samples()
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    for (row, sample) in zip(Self.rows, samples) {
      let assignment = try model.evaluate(sample)
      try StatementChecker.check(model.circuit.system, assignment)
      let port = try #require(model.interface.outputs { assignment[$0].values }["y"])
      #expect(port.values == [row[2] < 0.1 ? 1 : 0, 1], "\(row)")
    }
  }

  /// A threshold in a place that is computed, as trees that are gathered have it.
  @Test func thresholdsInComputedPlaces() throws {
    let nodes = [
      Parts.node("LessOrEqual", ["x", "u"], ["b"]), integer("b", "i"),
      Parts.node("Gather", ["v", "i"], ["w"]), Parts.node("Less", ["x", "w"], ["d"]),
      cast("d", "y"),
    ]
    let graph = try graph(
      nodes, [list("u", [3], [0, 0, 0.1]), list("v", [2], [16_777_216, 0.1])])
    #expect(graph.orderedInputs == Set(graph.inputs))
    let samples = try samples()
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    for (row, sample) in zip(Self.rows, samples) {
      let expected = zip(row, [0, 0, 0.1] as [Float]).map { x, u in
        x < (x <= u ? 0.1 : 16_777_216) ? 1.0 : 0
      }
      let assignment = try model.evaluate(sample)
      try StatementChecker.check(model.circuit.system, assignment)
      let port = try #require(model.interface.outputs { assignment[$0].values }["y"])
      #expect(port.values == expected, "\(row)")
    }
  }

  private func integer(_ input: String, _ output: String) -> Onnx_NodeProto {
    var node = cast(input, output)
    node.attribute[0].i = 7
    return node
  }

  @Test func whatIsComputedWithIsNoPlace() throws {
    let compared = [Parts.node("Less", ["x", "s"], ["b"]), cast("b", "d")]
    let s = list("s", [1, 3], [0.1, 2, -1])
    #expect(
      try graph(compared + [Parts.node("Add", ["d", "x"], ["y"])], [s]).orderedInputs.isEmpty)
    #expect(
      try graph(
        [
          Parts.node("Mul", ["x", "s"], ["m"]), Parts.node("Less", ["m", "x"], ["b"]),
          cast("b", "y"),
        ], [s]
      ).orderedInputs.isEmpty)
    // Elements of one value, as where they are brought into order.
    let own = [Parts.node("Less", ["x", "x"], ["b"]), cast("b", "y")]
    #expect(try graph(own).orderedInputs.isEmpty)
    // A column twice, and the sum of two columns.
    for matrix in [[0, 2, 0, 0, 1, 0], [1, 1, 0, 0, 1, 0]] as [[Float]] {
      let nodes = [
        Parts.node("MatMul", ["x", "m"], ["c"]), Parts.node("Less", ["c", "t"], ["b"]),
        cast("b", "y"),
      ]
      #expect(try graph(nodes, [list("m", [3, 2], matrix)]).orderedInputs.isEmpty)
    }
  }

  @Test func theOtherSideIsRefused() throws {
    let graph = try chosen(byProduct: true, "LessOrEqual")
    let samples = try samples()
    let model = try Compiler(library: try .standard()).compile(graph, samples: samples)
    // Places are integers, so that their units fit.
    let audit = try DerivationAudit(model.derivation, of: model.circuit.system)
    #expect(audit.foreignLayers == [])
    let system = model.circuit.system
    for sample in samples {
      let honest = try model.evaluate(sample)
      for tensor in system.tensors.indices.dropFirst() where system.tensors[tensor].range == 0...1 {
        var values = system.tensors.indices.map { honest[$0].values }
        values[tensor][0] = 1 - values[tensor][0]
        #expect(
          !system.contradicted(by: Assignment(values.map { IntegerBuffer($0) })).isEmpty,
          "\(system.tensors[tensor].name)")
      }
    }
  }
}
