import TensorGraph
import Testing

@testable import Equations

@Suite struct AdapterTests {
  private func window(
    _ sizes: [Int], _ kernel: [Int], strides: [Int]? = nil, dilations: [Int]? = nil
  ) -> SlidingWindow {
    let ones = sizes.map { _ in 1 }
    return SlidingWindow(
      sizes: sizes, kernel: kernel, strides: strides ?? ones, dilations: dilations ?? ones)
  }

  @Test func paddingIsWhatONNXSays() throws {
    let window = window([7, 5], [3, 2], strides: [2, 2])
    let none = try window.padding(pads: nil, automatic: nil, roundingUp: false)
    #expect(none == Padding(before: [0, 0], after: [0, 0], extra: [0, 0]))
    let given = try window.padding(pads: [1, 0, 2, 1], automatic: "NOTSET", roundingUp: false)
    #expect(given == Padding(before: [1, 0], after: [2, 1], extra: [0, 0]))
    let upper = try window.padding(pads: [9, 9, 9, 9], automatic: "SAME_UPPER", roundingUp: false)
    #expect(upper == Padding(before: [1, 0], after: [1, 1], extra: [0, 0]))
    let lower = try window.padding(pads: nil, automatic: "SAME_LOWER", roundingUp: false)
    #expect(lower == Padding(before: [1, 1], after: [1, 0], extra: [0, 0]))
    let valid = try window.padding(pads: [1, 1, 1, 1], automatic: "VALID", roundingUp: false)
    #expect(valid == none)
  }

  @Test func sizesAreRoundedUp() throws {
    // 7 elements in windows of 2 every 3: the third begins at the last element.
    let fits = try window([7], [2], strides: [3]).padding(
      pads: nil, automatic: nil, roundingUp: true)
    #expect(fits.extra == [1])
    let outside = try window([5], [2], strides: [3]).padding(
      pads: [0, 1], automatic: nil, roundingUp: true)
    #expect(outside.extra == [0])
  }

  @Test func wrongWindows() {
    let cases: [(SlidingWindow, [Int]?, String?)] = [
      (window([4], [5]), nil, nil), (window([4], [0]), nil, nil), (window([4], [2, 2]), nil, nil),
      (window([4], [2], strides: [0]), nil, nil), (window([4], [2], dilations: [-1]), nil, nil),
      (window([4], [2]), [1], nil), (window([4], [2]), [-1, 0], nil),
      (window([4], [2]), nil, "SAME"), (window([4], [1 << 29]), nil, nil),
    ]
    for (window, pads, automatic) in cases {
      #expect(throws: GraphError.self) {
        try window.padding(pads: pads, automatic: automatic, roundingUp: false)
      }
    }
  }

  @Test func transposedPadding() throws {
    let window = window([4], [3], strides: [2])
    func padding(
      pads: [Int]? = nil, automatic: String? = nil, outputShape: [Int]? = nil, beyond: Int = 0
    ) throws -> [Int] {
      let padding = try window.transposedPadding(
        pads: pads, automatic: automatic, outputShape: outputShape, beyond: [beyond])
      return [padding.before[0], padding.after[0]]
    }
    #expect(try padding() == [0, 0])
    #expect(try padding(pads: [1, 2]) == [1, 2])
    #expect(try padding(automatic: "SAME_UPPER") == [0, 1])
    #expect(try padding(automatic: "SAME_LOWER") == [1, 0])
    #expect(try padding(automatic: "SAME_UPPER", outputShape: [6]) == [1, 2])
    // Longer than what the kernel reaches.
    #expect(try padding(outputShape: [11]) == [0, -2])
    #expect(throws: GraphError.self) { try padding(pads: [5, 4]) }
    #expect(throws: GraphError.self) { try padding(outputShape: [0]) }
    #expect(throws: GraphError.self) { try padding(beyond: -1) }
    #expect(throws: GraphError.self) { try padding(automatic: "OTHER") }
  }

  @Test func reducedAxes() throws {
    let some = try ReducedAxes(rank: 4, axes: [3, 1], emptyIsNone: false)
    #expect(some.kept == [0, 2])
    #expect(some.gone == [1, 3])
    #expect(some.order == [0, 2, 1, 3])
    #expect(try ReducedAxes(rank: 2, axes: nil, emptyIsNone: false).kept == [])
    #expect(try ReducedAxes(rank: 2, axes: [], emptyIsNone: false).gone == [0, 1])
    #expect(try ReducedAxes(rank: 2, axes: [], emptyIsNone: true).gone == [])
    #expect(throws: GraphError.self) { try ReducedAxes(rank: 2, axes: [1, 1], emptyIsNone: false) }
  }
}
