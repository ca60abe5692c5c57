import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Indices that depend on an input")
struct ComputedPlaceTests {
  private func model(
    _ operation: String, _ shape: [Int], _ index: [Int], _ values: [Int64],
    updates: Tensor? = nil, int: [String: Int64] = [:], _ word: String? = nil
  ) throws -> ViewModel {
    var inputs = [
      "x": try ViewModel.counted(shape), "i": try Tensor(shape: index, integer: values),
    ]
    if let updates { inputs["u"] = updates }
    return ViewModel(
      Make.node(
        operation, ["x", "i"] + (updates == nil ? [] : ["u"]), ["y"], int: int,
        text: word.map { ["reduction": $0] } ?? [:]), inputs: inputs)
  }

  @Test("tuples of indices point to elements and blocks, from either end")
  func gathered() throws {
    #expect(
      try model("GatherND", [3, 4], [2, 2], [0, 3, -1, -4]).gives([2], [4, 9]))
    #expect(try model("GatherND", [3, 2], [2, 1], [2, -3]).gives([2, 2], [5, 6, 1, 2]))
    #expect(
      try model("GatherND", [2, 3], [2, 1], [1, 2], int: ["batch_dims": 1]).gives([2], [2, 6]))
  }

  @Test("an index beyond its axis has no answer, even where the sum would be a place")
  func beyond() throws {
    for index: [Int64] in [[0, 4], [0, -5], [3, 0], [-4, 0]] {
      #expect(throws: GraphError.self) {
        try model("GatherND", [3, 4], [1, 2], index).result()
      }
      let update = try ViewModel.reals([1], [9])
      #expect(throws: GraphError.self) {
        try model("ScatterND", [3, 4], [1, 2], index, updates: update).result()
      }
    }
    for index: Int64 in [3, -4] {
      let update = try ViewModel.reals([1, 1], [9])
      #expect(throws: GraphError.self) {
        try model("ScatterElements", [3, 2], [1, 1], [index], updates: update).result()
      }
    }
  }

  @Test("updates take places, the last of several, or are combined")
  func scattered() throws {
    let updates = try ViewModel.reals([3], [2, 4, 3])
    for (word, value) in [
      ("none", Float(3)), ("add", 10), ("mul", 24), ("max", 4), ("min", 1),
    ] {
      #expect(
        try model("ScatterND", [3], [3, 1], [0, 0, -3], updates: updates, word)
          .gives([3], [value, 2, 3]), "\(word)")
      #expect(
        try model(
          "ScatterElements", [2, 3], [1, 3], [0, 0, 0],
          updates: ViewModel.reals([1, 3], [2, 4, 3]), int: ["axis": 1], word
        ).gives([2, 3], [value, 2, 3, 4, 5, 6]), "\(word)")
    }
    let blocks = try ViewModel.reals([1, 2], [8, 9])
    #expect(
      try model("ScatterND", [3, 2], [1, 1], [1], updates: blocks)
        .gives([3, 2], [1, 2, 8, 9, 5, 6]))
    // Along the other axis there is one update: what is behind it stays.
    #expect(
      try model(
        "ScatterElements", [2, 3], [2, 1], [1, 0], updates: ViewModel.reals([2, 1], [8, 9]),
        int: ["axis": 0]
      ).gives([2, 3], [9, 2, 3, 8, 5, 6]))
  }

  @Test("what is too much to compare is refused")
  func tooMuch() throws {
    let many = try model(
      "ScatterND", [1 << 12], [1 << 11, 1], [Int64](repeating: 0, count: 1 << 11),
      updates: ViewModel.counted([1 << 11]))
    #expect(try many.model.importError()?.isUnsupported == true)
  }
}
