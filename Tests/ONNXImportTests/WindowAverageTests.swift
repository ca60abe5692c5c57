import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

/// A quantised average, and what single precision makes of it.
private struct Average {
  var type = Onnx_TensorProto.DataType.uint8
  var scale: Float
  var zero: Int32
  var kernel: [Int64]
  var pads: [Int64] = [0, 0, 0, 0]
  var countsPadding = false
  var ownScale: Float
  var ownZero: Int32
  var shape: [Int64] = [1, 1, 5, 6]

  private func point(_ name: String, _ value: Int32) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    (tensor.name, tensor.dataType, tensor.int32Data) = (name, Int32(type.rawValue), [value])
    return tensor
  }

  func graph(_ operation: String = "AveragePool") throws -> EquationGraph {
    var attributes = ["kernel_shape": kernel, "pads": pads]
    if operation != "AveragePool" { attributes = [:] }
    let flag = operation == "AveragePool" ? ["count_include_pad": countsPadding ? 1 : 0] : [:]
    var model = Make.model(
      opset: 17,
      [
        Make.node("DequantizeLinear", ["x", "s", "z"], ["a"]),
        Make.node(operation, ["a"], ["b"], ints: attributes, int: flag.mapValues { Int64($0) }),
        Make.node("QuantizeLinear", ["b", "t", "u"], ["y"]),
      ],
      initializers: [
        Make.floats("s", [], [scale]), point("z", zero), Make.floats("t", [], [ownScale]),
        point("u", ownZero),
      ])
    model.graph.input = [Make.tensorInfo("x", shape, type: type)]
    return try ONNXFile.importModel(bytes: model.bytes)
  }

  var limits: ClosedRange<Float> { type == .uint8 ? 0...255 : -128...127 }

  /// As a processor computes it, one window after the other.
  func expected(_ x: [Int64]) -> [Int64] {
    let (height, width) = (Int(shape[2]), Int(shape[3]))
    let (rows, columns) = (Int(kernel[0]), Int(kernel[1]))
    var result: [Int64] = []
    for top in -Int(pads[0])...height + Int(pads[2]) - rows {
      for left in -Int(pads[1])...width + Int(pads[3]) - columns {
        var (sum, count) = (Float(0), Float(0))
        for i in top..<top + rows {
          for j in left..<left + columns {
            guard (0..<height).contains(i), (0..<width).contains(j) else { continue }
            sum += scale * Float(x[i * width + j] - Int64(zero))
            count += 1
          }
        }
        let mean = sum / (countsPadding ? Float(rows * columns) : count)
        let rounded = (mean / ownScale + Float(ownZero)).rounded(.toNearestOrEven)
        result.append(Int64(min(max(rounded, limits.lowerBound), limits.upperBound)))
      }
    }
    return result
  }
}

@Suite("Averages of integers that single precision adds up") struct WindowAverageTests {
  private static let scales: [Float] = [0.0123, 0.717, 1.0e-4, 3.3, 0.015625, 0.1]

  /// Looks for a counterexample among windows of which many are half way between two integers.
  private func search(_ average: Average, rounds: Int) throws {
    let graph = try average.graph()
    #expect(graph.nodes.allSatisfy { graph[$0.output].kind != .real })
    #expect(!graph.layers.contains { $0.isSummedInSingle })
    var random = SystemRandomNumberGenerator()
    let range = Int64(average.limits.lowerBound)...Int64(average.limits.upperBound)
    let count = average.shape.reduce(1, *)
    for _ in 0..<rounds {
      let x = (0..<count).map { _ in Int64.random(in: range, using: &random) }
      let input = try Tensor(shape: average.shape.map(Int.init), integer: x)
      #expect(try graph.evaluate(["x": input])["y"]?.integers == average.expected(x), "\(x)")
    }
  }

  @Test(arguments: scales) func ofEqualScales(scale: Float) throws {
    for (type, zero) in [(Onnx_TensorProto.DataType.uint8, Int32(128)), (.uint8, 0), (.int8, -3)] {
      var average = Average(
        type: type, scale: scale, zero: zero, kernel: [2, 2], ownScale: scale, ownZero: zero)
      try search(average, rounds: 10)
      average.kernel = [3, 2]
      try search(average, rounds: 10)
    }
  }

  @Test(arguments: [false, true]) func besideAnImage(countsPadding: Bool) throws {
    for scale in Self.scales {
      try search(
        Average(
          scale: scale, zero: 77, kernel: [3, 4], pads: [1, 2, 2, 1], countsPadding: countsPadding,
          ownScale: scale / 2, ownZero: 5), rounds: 10)
    }
  }

  /// Of scales for which no sum is near the middle of two integers nothing is rounded.
  @Test func ofOtherScales() throws {
    let average = Average(
      scale: 0.0173, zero: 128, kernel: [2, 2], ownScale: 0.01314159, ownZero: 100)
    let equal = Average(
      scale: 0.0131, zero: 128, kernel: [2, 2], ownScale: 0.0131, ownZero: 100)
    #expect(try average.graph().nodes.count < equal.graph().nodes.count)
    try search(average, rounds: 40)
  }

  /// What ONNX Runtime adds up in an order of its own is named; where it counts integers it is not.
  @Test func sumsOfAnyOrder() throws {
    var average = Average(
      scale: 0.0123, zero: 128, kernel: [2, 2], ownScale: 0.0123, ownZero: 128)
    func named() throws -> [String] {
      try ["ReduceMean", "GlobalAveragePool"].filter {
        try average.graph($0).layers.contains { $0.isSummedInSingle }
      }
    }
    #expect(try named() == ["ReduceMean"])
    average.ownScale = 100
    #expect(try named() == [])
  }

  /// No order of the terms loses more than it is said to, nor leaves the range.
  @Test(arguments: scales) func bounds(scale: Float) throws {
    var random = SystemRandomNumberGenerator()
    let units = SingleUnits(scale, -128...127)
    for count in [1, 2, 9, 64] {
      for same in [false, true] {
        for _ in 0..<100 {
          let x = (0..<count).map { _ in same ? -127 : Int.random(in: -128...127, using: &random) }
          let sum = Double(x.reduce(Float(0)) { $0 + scale * Float($1) }) / units.unit
          let exact = Double(x.reduce(0, +)) * units.factor
          #expect(abs(sum - exact) <= (units.isExact(count) ? 0 : units.error(count)))
          #expect(units.range(count).contains(Int(sum)))
          #expect(abs(sum) < Double(1 << (SingleUnits.digits + units.excess(count))))
        }
      }
    }
  }
}
