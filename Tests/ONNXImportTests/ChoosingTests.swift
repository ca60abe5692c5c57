import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What chooses elements by indices")
struct ChoosingTests {
  private static func integers(_ shape: [Int], _ values: [Int64]) throws -> Tensor {
    try Tensor(shape: shape, integer: values)
  }

  @Test("an index that depends on an input reads at a place that is computed")
  func privateIndex() throws {
    func rows(_ index: [Int64]) throws -> ViewModel {
      ViewModel(
        Make.node("Gather", ["t", "i"], ["y"]), inputs: ["i": try Self.integers([2, 2], index)],
        constants: [Make.floats("t", [3, 2], [1, 2, 3, 4, 5, 6])])
    }
    #expect(try rows([0, -1, 2, 1]).gives([2, 2, 2], [1, 2, 5, 6, 5, 6, 3, 4]))
    #expect(throws: GraphError.self) { try rows([0, 1, 3, 0]).result() }
    #expect(throws: GraphError.self) { try rows([0, 1, -4, 0]).result() }
    let columns = ViewModel(
      Make.node("Gather", ["x", "i"], ["y"], int: ["axis": 1]),
      inputs: ["x": try ViewModel.counted([2, 3]), "i": try Self.integers([2], [2, -3])])
    #expect(try columns.gives([2, 2], [3, 1, 6, 4]))
  }

  @Test("an index that is known moves elements")
  func knownIndex() throws {
    func columns(_ index: Onnx_TensorProto) throws -> ViewModel {
      ViewModel(
        Make.node("Gather", ["x", "i"], ["y"], int: ["axis": 1]),
        inputs: ["x": try ViewModel.counted([2, 3])], constants: [index])
    }
    #expect(try columns(Make.integers("i", [2, -3])).gives([2, 2], [3, 1, 6, 4]))
    #expect(try columns(Make.integers("i", [1], shape: [])).gives([2], [2, 5]))
    #expect(try columns(Make.integers("i", [3])).model.importError()?.isUnsupported == false)
  }

  @Test("scattered choices are sums with weights of 0 and 1, in place of many slices")
  func scattered() throws {
    // Some count from the end.
    let places: [Int64] = (0..<40).map { number in
      let place = number * number % 7
      return Int64(number % 3 == 0 ? place - 7 : place)
    }
    let wanted: [Int] = places.map { Int(($0 + 7) % 7) }
    let rows = ViewModel(
      Make.node("Gather", ["x", "i"], ["y"]), inputs: ["x": try ViewModel.counted([7, 2])],
      constants: [Make.integers("i", places, shape: [8, 5])])
    let pairs: [Float] = wanted.flatMap { row -> [Float] in
      [Float(2 * row + 1), Float(2 * row + 2)]
    }
    #expect(try rows.gives([8, 5, 2], pairs))
    let elements = ViewModel(
      Make.node("GatherElements", ["x", "i"], ["y"], int: ["axis": 1]),
      inputs: ["x": try ViewModel.counted([2, 7, 20])],
      constants: [Make.integers("i", places, shape: [2, 1, 20])])
    let single: [Float] = wanted.enumerated().map { number, row in
      Float(number / 20 * 140 + row * 20 + number % 20 + 1)
    }
    #expect(try elements.gives([2, 1, 20], single))
    for model in [rows, elements] {
      #expect(try ONNXFile.importModel(bytes: model.model.bytes).nodes.count <= 2)
    }
  }

  @Test func elements() throws {
    func chosen(_ axis: Int64, _ index: [Int64], shape: [Int64]) throws -> ViewModel {
      ViewModel(
        Make.node("GatherElements", ["x", "i"], ["y"], int: ["axis": axis]),
        inputs: ["x": try ViewModel.counted([3, 3])],
        constants: [Make.integers("i", index, shape: shape)])
    }
    #expect(try chosen(0, [1, 2, 0, 2, 0, 0], shape: [2, 3]).gives([2, 3], [4, 8, 3, 7, 2, 3]))
    #expect(try chosen(-1, [-1, 0, 2, 2], shape: [2, 2]).gives([2, 2], [3, 1, 6, 6]))
    #expect(try chosen(0, [3], shape: [1, 1]).model.importError()?.isUnsupported == false)
    #expect(try chosen(0, [0], shape: [1]).model.importError()?.isUnsupported == false)
    let open = ViewModel(
      Make.node("GatherElements", ["x", "i"], ["y"], int: ["axis": 1]),
      inputs: [
        "x": try ViewModel.counted([2, 3]), "i": try Self.integers([2, 2], [0, 2, -1, 1]),
      ])
    #expect(try open.gives([2, 2], [1, 3, 6, 5]))
  }

  @Test func blocksOfElements() throws {
    func chosen(
      _ x: [Int], _ index: [Int64], shape: [Int64], batch: Int64 = 0
    ) throws -> ViewModel {
      ViewModel(
        Make.node("GatherND", ["x", "i"], ["y"], int: ["batch_dims": batch]),
        inputs: ["x": try ViewModel.counted(x)],
        constants: [Make.integers("i", index, shape: shape)])
    }
    #expect(try chosen([2, 2], [0, 0, 1, -1], shape: [2, 2]).gives([2], [1, 4]))
    #expect(try chosen([2, 2], [1, 0], shape: [2, 1]).gives([2, 2], [3, 4, 1, 2]))
    #expect(
      try chosen([2, 2, 2], [1, 0], shape: [2, 1], batch: 1).gives([2, 2], [3, 4, 5, 6]))
    #expect(
      try chosen([2, 2], [2, 0], shape: [1, 2]).model.importError()?.isUnsupported == false)
    #expect(
      try chosen([2], [0, 0], shape: [1, 2]).model.importError()?.isUnsupported == false)
  }

  @Test func compression() throws {
    func kept(_ condition: [Bool], axis: Int64?) throws -> ViewModel {
      ViewModel(
        Make.node("Compress", ["x", "c"], ["y"], int: axis.map { ["axis": $0] } ?? [:]),
        inputs: ["x": try ViewModel.counted([3, 2])], constants: [Make.booleans("c", condition)])
    }
    #expect(try kept([false, true, true], axis: 0).gives([2, 2], [3, 4, 5, 6]))
    #expect(try kept([false, true], axis: -1).gives([3, 1], [2, 4, 6]))
    #expect(try kept([false, true, false, false, true], axis: nil).gives([2], [2, 5]))
    #expect(try kept([false, false], axis: 0).model.importError()?.isUnsupported == true)
  }

  @Test("of each index a row, whether it is known or not")
  func oneHot() throws {
    func model(_ axis: Int64, isKnown: Bool) throws -> ViewModel {
      let index: [Int64] = [0, -1, 5]
      let constants = [Make.integers("d", [3], shape: []), Make.floats("v", [2], [2, 9])]
      return ViewModel(
        Make.node("OneHot", ["i", "d", "v"], ["y"], int: ["axis": axis]),
        inputs: isKnown ? [:] : ["i": try Self.integers([3], index)],
        constants: constants + (isKnown ? [Make.integers("i", index)] : []))
    }
    for isKnown in [false, true] {
      #expect(
        try model(-1, isKnown: isKnown).gives([3, 3], [9, 2, 2, 2, 2, 9, 2, 2, 2]))
      #expect(try model(0, isKnown: isKnown).gives([3, 3], [9, 2, 2, 2, 2, 2, 2, 9, 2]))
    }
  }

  @Test("the identity has the kind of what it resembles, or its own")
  func identities() throws {
    func model(_ attributes: [String: Int64], _ x: Tensor) -> ViewModel {
      ViewModel(Make.node("EyeLike", ["x"], ["y"], int: attributes), inputs: ["x": x])
    }
    let x = try ViewModel.counted([2, 3])
    #expect(try model([:], x).gives([2, 3], [1, 0, 0, 0, 1, 0]))
    #expect(try model(["k": 1], x).gives([2, 3], [0, 1, 0, 0, 0, 1]))
    #expect(try model(["k": -9], x).gives([2, 3], [0, 0, 0, 0, 0, 0]))
    #expect(try model(["dtype": 7], x).gives([2, 3], integers: [1, 0, 0, 0, 1, 0]))
    let integers = try Self.integers([2, 2], [5, 6, 7, 8])
    #expect(try model([:], integers).gives([2, 2], integers: [1, 0, 0, 1]))
    #expect(try model([:], try ViewModel.counted([4])).model.importError() != nil)
  }

  @Test("casts cut off fractions; what a type does not hold is refused")
  func casts() throws {
    func cast(_ x: Tensor, to type: Int64) -> ViewModel {
      ViewModel(Make.node("Cast", ["x"], ["y"], int: ["to": type]), inputs: ["x": x])
    }
    let reals = try ViewModel.reals([4], [-1.75, -0.5, 0, 1.75])
    #expect(try cast(reals, to: 7).gives([4], integers: [-1, 0, 0, 1]))
    #expect(try cast(reals, to: 9).gives([4], integers: [1, 1, 0, 1]))
    #expect(try cast(reals, to: 10).gives([4], reals.reals))
    let integers = try Self.integers([3], [-2, 0, 3])
    #expect(try cast(integers, to: 1).gives([3], [-2, 0, 3]))
    #expect(try cast(integers, to: 9).gives([3], integers: [1, 0, 1]))
    let like = ViewModel(
      Make.node("CastLike", ["x", "t"], ["y"]), inputs: ["x": reals],
      constants: [Make.integers("t", [1])])
    #expect(try like.gives([4], integers: [-1, 0, 0, 1]))
    let wide = ViewModel(
      Make.node("Cast", ["c"], ["y"], int: ["to": 2]), constants: [Make.floats("c", [1], [300])])
    #expect(try wide.model.importError()?.isUnsupported == false)
  }

  @Test("before opset 7 attributes say how the second operand is broadcast")
  func legacyBroadcasting() throws {
    func sum(_ attributes: [String: Int64], _ shape: [Int64], _ values: [Float]) throws -> ViewModel
    {
      ViewModel(
        Make.node("Add", ["x", "b"], ["y"], int: attributes), opset: 6,
        inputs: ["x": try ViewModel.counted([1, 3, 2])],
        constants: [Make.floats("b", shape, values)])
    }
    #expect(
      try sum(["broadcast": 1, "axis": 1], [3], [10, 20, 30])
        .gives([1, 3, 2], [11, 12, 23, 24, 35, 36]))
    #expect(
      try sum(["broadcast": 1], [2], [10, 20]).gives([1, 3, 2], [11, 22, 13, 24, 15, 26]))
    #expect(try sum([:], [2], [10, 20]).model.importError()?.isUnsupported == false)
    #expect(
      try sum(["broadcast": 1, "axis": 2], [3, 2], [1, 2, 3, 4, 5, 6]).model.importError() != nil)
  }
}

@Suite("What moves and chooses takes tensors without elements")
struct EmptyTensorTests {
  private static let nodes: [Onnx_NodeProto] = [
    Make.node("Pad", ["e", "p"], ["y"], text: ["mode": "wrap"]),
    Make.node("Pad", ["e", "p"], ["y"], text: ["mode": "edge"]),
    Make.node("Pad", ["e", "p"], ["y"], text: ["mode": "reflect"]),
    Make.node("Gather", ["x", "i"], ["y"]), Make.node("GatherElements", ["e", "i"], ["y"]),
    Make.node("GatherND", ["x", "m"], ["y"]), Make.node("Compress", ["e", "c"], ["y"]),
    Make.node("Tile", ["e", "n"], ["y"]), Make.node("Expand", ["e", "n"], ["y"]),
    Make.node("OneHot", ["i", "d", "v"], ["y"]), Make.node("EyeLike", ["m"], ["y"]),
    Make.node("DepthToSpace", ["q"], ["y"], int: ["blocksize": 2]),
    Make.node("ReverseSequence", ["m", "n"], ["y"]),
    Make.node("CenterCropPad", ["e", "n"], ["y"]),
    Make.node("Split", ["e"], ["y"], int: ["num_outputs": 1]),
    Make.node("Einsum", ["m", "m"], ["y"], text: ["equation": "ij,ji"]),
    Make.node("Resize", ["e", "", "s"], ["y"]), Make.node("Upsample", ["e", "s"], ["y"]),
    Make.node("Resize", ["e", "", "", "n"], ["y"]),
    Make.node(
      "Resize", ["e", "", "", "n"], ["y"], text: ["keep_aspect_ratio_policy": "not_larger"]),
  ]

  /// Each is either empty, or refused; none is fatal.
  @Test(arguments: nodes.indices)
  func isHarmless(place: Int) throws {
    let node = Self.nodes[place]
    let constants = [
      Make.floats("e", [0], []), Make.floats("m", [0, 1], []), Make.floats("q", [0, 4, 1, 1], []),
      Make.integers("i", []), Make.integers("p", [1, 1]), Make.integers("n", [1]),
      Make.integers("d", [2], shape: []), Make.floats("v", [2], [0, 1]),
      Make.booleans("c", [true]), Make.floats("s", [1], [2]),
    ]
    let opset: Int64 = node.opType == "Upsample" ? 9 : 21
    let model = ViewModel(
      node, opset: opset, inputs: ["x": try ViewModel.counted([3])], constants: constants
    ).model
    do throws(ImportError) {
      let graph = try ONNXFile.importModel(bytes: (try? model.bytes) ?? [])
      #expect(graph[graph.outputs[0].value].shape.reduce(1, *) <= 4)
    } catch {
      #expect(error.description.contains("y"), "\(error)")
    }
  }
}
