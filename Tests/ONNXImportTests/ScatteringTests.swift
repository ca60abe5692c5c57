import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("What is put at places by indices")
struct ScatteringTests {
  private static func elements(
    _ axis: Int64, _ index: [Int64], shape: [Int64], _ updates: [Float], _ word: String? = nil
  ) throws -> ViewModel {
    ViewModel(
      Make.node(
        "ScatterElements", ["x", "i", "u"], ["y"], int: ["axis": axis],
        text: word.map { ["reduction": $0] } ?? [:]),
      inputs: [
        "x": try ViewModel.counted([2, 3]),
        "u": try ViewModel.reals(shape.map(Int.init), updates),
      ], constants: [Make.integers("i", index, shape: shape)])
  }

  @Test("elements take places along an axis, the last of several, or are combined")
  func alongAnAxis() throws {
    #expect(
      try Self.elements(1, [2, 0, -1, 1], shape: [2, 2], [10, 20, 30, 40])
        .gives([2, 3], [20, 2, 10, 4, 40, 30]))
    #expect(
      try Self.elements(0, [1, 0, 1], shape: [1, 3], [10, 20, 30])
        .gives([2, 3], [1, 20, 3, 10, 5, 30]))
    for (word, value) in [
      ("none", Float(3)), ("add", 10), ("mul", 24), ("max", 4), ("min", 1),
    ] {
      #expect(
        try Self.elements(1, [0, 0, 0], shape: [1, 3], [2, 4, 3], word)
          .gives([2, 3], [value, 2, 3, 4, 5, 6]), "\(word)")
    }
    #expect(
      try Self.elements(1, [2, 2], shape: [2, 1], [-5, 9], "min").gives(
        [2, 3], [1, 2, -5, 4, 5, 6]))
  }

  @Test func blocks() throws {
    func model(
      _ index: [Int64], shape: [Int64], _ updates: Tensor, _ word: String = "none"
    ) throws -> ViewModel {
      ViewModel(
        Make.node("ScatterND", ["x", "i", "u"], ["y"], text: ["reduction": word]),
        inputs: ["x": try ViewModel.counted([3, 2]), "u": updates],
        constants: [Make.integers("i", index, shape: shape)])
    }
    let rows = try ViewModel.reals([2, 2], [10, 20, 30, 40])
    #expect(try model([2, -3], shape: [2, 1], rows).gives([3, 2], [30, 40, 3, 4, 10, 20]))
    #expect(try model([1, 1], shape: [2, 1], rows, "add").gives([3, 2], [1, 2, 43, 64, 5, 6]))
    let single = try ViewModel.reals([2], [10, 20])
    #expect(try model([0, 1, 2, 0], shape: [2, 2], single).gives([3, 2], [1, 10, 3, 4, 20, 6]))
  }

  @Test("what does not fit is an error")
  func refusals() throws {
    let wrong = [
      try Self.elements(1, [3], shape: [1, 1], [1]),
      try Self.elements(1, [0, 0, 0], shape: [3, 1], [1, 2, 3]),
      try Self.elements(0, [0], shape: [1], [1]),
      try Self.elements(0, [0], shape: [1, 1], [1], "sum"),
    ]
    for model in wrong { #expect(try model.model.importError()?.isUnsupported == false) }
    let many = try Self.elements(
      1, [Int64](repeating: 0, count: 3), shape: [1, 3], [1, 1, 1], "add")
    #expect(try many.gives([2, 3], [4, 2, 3, 4, 5, 6]))
  }

  @Test("blocks that overlap in an image are added, and what is in the padding is lost")
  func image() throws {
    func blocks(_ shape: [Int], _ pads: [Int64], _ strides: [Int64]) throws -> ViewModel {
      ViewModel(
        Make.node(
          "Col2Im", ["x", "s", "b"], ["y"],
          ints: ["pads": pads, "strides": strides, "dilations": [1, 1]]),
        inputs: ["x": try ViewModel.counted(shape)],
        constants: [Make.integers("s", [2, 2]), Make.integers("b", [1, 2])])
    }
    // Two blocks of one row, next to each other.
    #expect(
      try blocks([1, 2, 2], [0, 0, 0, 0], [1, 1]).gives([1, 1, 2, 2], [1, 3, 2, 4]))
    // Three blocks in each row of a padded image: elements 1, 2, 3 of the first row come first.
    #expect(
      try blocks([1, 2, 6], [0, 1, 0, 1], [1, 1]).gives([1, 1, 2, 2], [9, 11, 15, 17]))
    #expect(
      try blocks([1, 2, 3], [0, 0, 0, 0], [1, 1]).model.importError()?.isUnsupported == false)
    #expect(
      try blocks([1, 3, 2], [0, 0, 0, 0], [1, 1]).model.importError()?.isUnsupported == false)
    #expect(
      try blocks([1, 2, 2], [0, 0, 0, 0], [1, 0]).model.importError()?.isUnsupported == false)
  }
}
