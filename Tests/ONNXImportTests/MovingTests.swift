import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What moves and repeats elements")
struct MovingTests {
  private func pad(
    _ x: Tensor, _ pads: [Int64], _ mode: String, axes: [Int64]? = nil, value: Float? = nil
  ) -> ViewModel {
    var constants = [Make.integers("p", pads)]
    if let value { constants.append(Make.floats("v", [], [value])) }
    if let axes { constants.append(Make.integers("a", axes)) }
    let operands = ["x", "p", value == nil ? "" : "v", axes == nil ? "" : "a"]
    return ViewModel(
      Make.node("Pad", operands, ["y"], text: ["mode": mode]), inputs: ["x": x],
      constants: constants)
  }

  @Test("pads repeat what is inside")
  func padsOfModes() throws {
    let x = try ViewModel.counted([3])
    #expect(try pad(x, [2, 2], "edge").gives([7], [1, 1, 1, 2, 3, 3, 3]))
    #expect(try pad(x, [2, 2], "reflect").gives([7], [3, 2, 1, 2, 3, 2, 1]))
    #expect(try pad(x, [2, 3], "wrap").gives([8], [2, 3, 1, 2, 3, 1, 2, 3]))
    let matrix = try ViewModel.counted([2, 2])
    #expect(
      try pad(matrix, [1, 0, 0, 1], "reflect").gives([3, 3], [3, 4, 3, 1, 2, 1, 3, 4, 3]))
    #expect(try pad(matrix, [1, 0], "edge", axes: [-1]).gives([2, 3], [1, 1, 2, 3, 3, 4]))
    #expect(try pad(x, [1, 1], "mirror").model.importError()?.isUnsupported == false)
  }

  @Test("pads are filled with a value, and cut off where they are negative")
  func padsOfValues() throws {
    let x = try ViewModel.counted([3])
    #expect(try pad(x, [-1, 2], "constant", value: 7).gives([4], [2, 3, 7, 7]))
    #expect(try pad(x, [-2, 2], "edge").gives([3], [3, 3, 3]))
    let matrix = try ViewModel.counted([1, 2])
    #expect(
      try pad(matrix, [1, 0, 0, 1], "constant", value: 9).gives([2, 3], [9, 9, 9, 1, 2, 9]))
    #expect(try pad(x, [-2, -1], "constant").model.importError() != nil)
    let first = Make.node("Pad", ["x"], ["y"], ints: ["pads": [1, 0]], float: ["value": 5])
    #expect(try ViewModel(first, opset: 2, inputs: ["x": x]).gives([4], [5, 1, 2, 3]))
  }

  @Test func tiles() throws {
    let x = try ViewModel.counted([2, 2])
    func tile(_ repeats: [Int64]) -> ViewModel {
      ViewModel(
        Make.node("Tile", ["x", "n"], ["y"]), inputs: ["x": x],
        constants: [Make.integers("n", repeats)])
    }
    #expect(try tile([1, 2]).gives([2, 4], [1, 2, 1, 2, 3, 4, 3, 4]))
    #expect(try tile([2, 1]).gives([4, 2], [1, 2, 3, 4, 1, 2, 3, 4]))
    #expect(try tile([1]).model.importError()?.isUnsupported == false)
    #expect(try tile([1, -1]).model.importError()?.isUnsupported == false)
    let first = ViewModel(
      Make.node("Tile", ["x", "n", "a"], ["y"]), opset: 1, inputs: ["x": x],
      constants: [Make.integers("n", [2]), Make.integers("a", [1])])
    #expect(try first.gives([2, 4], [1, 2, 1, 2, 3, 4, 3, 4]))
  }

  @Test func expansions() throws {
    func expand(_ shape: [Int64]) throws -> ViewModel {
      ViewModel(
        Make.node("Expand", ["x", "s"], ["y"]), inputs: ["x": try ViewModel.counted([3, 1])],
        constants: [Make.integers("s", shape)])
    }
    #expect(try expand([3, 2]).gives([3, 2], [1, 1, 2, 2, 3, 3]))
    #expect(try expand([2, 1, 1]).gives([2, 3, 1], [1, 2, 3, 1, 2, 3]))
    #expect(try expand([2]).gives([3, 2], [1, 1, 2, 2, 3, 3]))
    #expect(try expand([2, 2]).model.importError()?.isUnsupported == false)
  }

  @Test("channels become blocks of positions, and back")
  func blocks() throws {
    let x = try ViewModel.counted([1, 8, 1, 1])
    func spread(_ mode: String) -> ViewModel {
      ViewModel(
        Make.node(
          "DepthToSpace", ["x"], ["y"], int: ["blocksize": 2], text: ["mode": mode]),
        inputs: ["x": x])
    }
    #expect(try spread("DCR").gives([1, 2, 2, 2], [1, 3, 5, 7, 2, 4, 6, 8]))
    #expect(try spread("CRD").gives([1, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]))
    let image = try ViewModel.reals([1, 2, 2, 2], [1, 3, 5, 7, 2, 4, 6, 8])
    let gathered = Make.node("SpaceToDepth", ["x"], ["y"], int: ["blocksize": 2])
    #expect(
      try ViewModel(gathered, inputs: ["x": image]).gives([1, 8, 1, 1], x.reals))
    let odd = ViewModel(gathered, inputs: ["x": try ViewModel.counted([1, 1, 3, 2])])
    #expect(try odd.model.importError()?.isUnsupported == false)
  }

  @Test func sequencesAreTurned() throws {
    let x = try ViewModel.counted([2, 3])
    func turned(_ lengths: [Int64], _ axes: [String: Int64]) -> ViewModel {
      ViewModel(
        Make.node("ReverseSequence", ["x", "n"], ["y"], int: axes), inputs: ["x": x],
        constants: [Make.integers("n", lengths)])
    }
    #expect(
      try turned([2, 3], ["batch_axis": 0, "time_axis": 1]).gives([2, 3], [2, 1, 3, 6, 5, 4]))
    // By default the first axis is the time.
    #expect(try turned([1, 2, 0], [:]).gives([2, 3], [1, 5, 3, 4, 2, 6]))
    #expect(try turned([3, 1, 1], [:]).model.importError()?.isUnsupported == false)
    #expect(try turned([1, 1], [:]).model.importError()?.isUnsupported == false)
  }

  @Test("axes are cropped and padded around their middle")
  func centres() throws {
    func centred(_ x: Tensor, _ sizes: [Int64], axes: [Int64]? = nil) -> ViewModel {
      ViewModel(
        Make.node(
          "CenterCropPad", ["x", "s"], ["y"], ints: axes.map { ["axes": $0] } ?? [:]),
        inputs: ["x": x], constants: [Make.integers("s", sizes)])
    }
    let x = try ViewModel.counted([5])
    #expect(try centred(x, [3]).gives([3], [2, 3, 4]))
    #expect(try centred(x, [2]).gives([2], [2, 3]))
    #expect(try centred(x, [8]).gives([8], [0, 1, 2, 3, 4, 5, 0, 0]))
    let matrix = try ViewModel.counted([3, 1])
    #expect(try centred(matrix, [1, 3]).gives([1, 3], [0, 2, 0]))
    #expect(try centred(matrix, [2], axes: [-2]).gives([2, 1], [1, 2]))
    #expect(try centred(matrix, [2, 2], axes: [0]).model.importError()?.isUnsupported == false)
  }

  @Test("the last part of a split may be shorter")
  func unevenSplits() throws {
    let node = Make.node("Split", ["x"], ["a", "b", "c"], int: ["num_outputs": 3])
    let model = ViewModel(node, inputs: ["x": try ViewModel.counted([7])])
    let graph = try ONNXFile.importModel(bytes: model.model.bytes)
    let parts = try graph.evaluate(model.inputs)
    #expect(parts["a"]?.reals == [1, 2, 3])
    #expect(parts["b"]?.reals == [4, 5, 6])
    #expect(parts["c"]?.reals == [7])
  }
}
