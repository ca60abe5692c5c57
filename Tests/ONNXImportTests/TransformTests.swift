import Foundation
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Transforms with constant weights")
struct TransformTests {
  private static func dft(
    _ shape: [Int], _ values: [Float], _ flags: [String: Int64] = [:], length: Int64? = nil
  ) throws -> ViewModel {
    ViewModel(
      Make.node("DFT", ["x"] + (length.map { _ in ["n"] } ?? []), ["y"], int: flags), opset: 17,
      inputs: ["x": try ViewModel.reals(shape, values)],
      constants: length.map { [Make.integers("n", [$0], shape: [])] } ?? [])
  }

  @Test("of real numbers, of complex ones, and back")
  func fourier() throws {
    let real = try Self.dft([1, 4, 1], [1, 2, 3, 5])
    #expect(try real.gives([1, 4, 2], [11, 0, -2, 3, -3, 0, -2, -3]))
    #expect(
      try Self.dft([1, 4, 1], [1, 2, 3, 5], ["onesided": 1]).gives(
        [1, 3, 2], [11, 0, -2, 3, -3, 0]))
    let back = try Self.dft([1, 4, 2], [11, 0, -2, 3, -3, 0, -2, -3], ["inverse": 1])
    #expect(try back.gives([1, 4, 2], [1, 0, 2, 0, 3, 0, 5, 0]))
    // (1 + 2i, 3 + 4i): the sum, and the difference.
    let complex = try Self.dft([1, 2, 2], [1, 2, 3, 4])
    #expect(try complex.gives([1, 2, 2], [4, 6, -2, -2]))
  }

  @Test("the signal is cut off or filled up with zeros")
  func length() throws {
    #expect(try Self.dft([1, 3, 1], [1, 2, 9], length: 2).gives([1, 2, 2], [3, 0, -1, 0]))
    #expect(
      try Self.dft([1, 2, 1], [1, 2], length: 4).gives([1, 4, 2], [3, 0, 1, -2, -1, 0, 1, 2]))
  }

  @Test("the axis is an operand since version 20")
  func axis() throws {
    let model = ViewModel(
      Make.node("DFT", ["x", "", "a"], ["y"]), opset: 20,
      inputs: ["x": try ViewModel.counted([2, 2, 1])],
      constants: [Make.integers("a", [0], shape: [])]
    )
    #expect(try model.gives([2, 2, 2], [4, 0, 6, 0, -2, 0, -2, 0]))
  }

  @Test("what is no transform is an error")
  func refusals() throws {
    #expect(try Self.dft([1, 4, 3], [Float](repeating: 1, count: 12)).model.importError() != nil)
    #expect(try Self.dft([1, 4, 1], [1, 2, 3, 4], ["axis": 2]).model.importError() != nil)
    #expect(try Self.dft([1, 4, 1], [1, 2, 3, 4], length: 0).model.importError() != nil)
    let both = try Self.dft([1, 4, 1], [1, 2, 3, 4], ["inverse": 1, "onesided": 1])
    #expect(try both.model.importError()?.isUnsupported == true)
    let vast = try Self.dft([1, 1, 1], [1], length: 1 << 28)
    #expect(try vast.model.importError() != nil)
  }

  @Test("windows that move along a signal")
  func moving() throws {
    func model(_ window: [Float]?, step: Int64) throws -> ViewModel {
      var constants = [
        Make.integers("s", [step], shape: []), Make.integers("n", [2], shape: []),
      ]
      if let window { constants.append(Make.floats("w", [Int64(window.count)], window)) }
      return ViewModel(
        Make.node("STFT", ["x", "s", window == nil ? "" : "w", "n"], ["y"]), opset: 17,
        inputs: ["x": try ViewModel.counted([1, 5, 1])], constants: constants)
    }
    #expect(try model(nil, step: 2).gives([1, 2, 2, 2], [3, 0, -1, 0, 7, 0, -1, 0]))
    #expect(
      try model([1, 10], step: 3).gives([1, 2, 2, 2], [21, 0, -19, 0, 54, 0, -46, 0]))
    #expect(try model([1, 2, 3], step: 1).model.importError()?.isUnsupported == false)
    #expect(try model(nil, step: 0).model.importError()?.isUnsupported == false)
  }

  @Test("grids of coordinates are seen through maps")
  func affineGrid() throws {
    func model(_ size: [Int64], _ map: Tensor, _ aligned: Int64) -> ViewModel {
      ViewModel(
        Make.node("AffineGrid", ["x", "s"], ["y"], int: ["align_corners": aligned]), opset: 20,
        inputs: ["x": map], constants: [Make.integers("s", size)])
    }
    // x' = x + 2y + 3, y' = 10·x.
    let map = try ViewModel.reals([1, 2, 3], [1, 2, 3, 10, 0, 0])
    #expect(
      try model([1, 1, 2, 2], map, 1).gives([1, 2, 2, 2], [0, -10, 2, 10, 4, -10, 6, 10]))
    #expect(
      try model([1, 1, 1, 2], map, 0).gives([1, 1, 2, 2], [2.5, -5, 3.5, 5]))
    #expect(try model([1, 1, 1, 2], map, 1).model.importError()?.isUnsupported == true)
    #expect(try model([2, 1, 2, 2], map, 0).model.importError()?.isUnsupported == false)
  }
}
