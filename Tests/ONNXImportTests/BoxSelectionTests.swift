import Equations
import TensorGraph
import Testing

@testable import ONNXImport

private typealias Make = ModelMaker

@Suite("Boxes are selected as one after the other is taken") struct BoxSelectionTests {
  /// Boxes by two corners in any order, or by their middles and sizes.
  private struct Case {
    var batches = 1
    var classes = 1
    var count: Int
    var most: Int
    var overlap: Float
    var least: Float?
    var isCentered = false
    var boxes: [Float] = []
    var scores: [Float] = []

    init(
      seed: UInt64, batches: Int, classes: Int, count: Int, most: Int, overlap: Float,
      least: Float?, isCentered: Bool
    ) {
      (self.batches, self.classes, self.count) = (batches, classes, count)
      (self.most, self.overlap, self.least, self.isCentered) = (most, overlap, least, isCentered)
      var state = seed
      func next() -> Float {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(state >> 40) / Float(1 << 24)
      }
      for _ in 0..<batches * count {
        let (a, b, c, d) = (next(), next(), 0.2 + next() / 2, 0.2 + next() / 2)
        boxes += isCentered ? [a, b, c, d] : [a + c, b, a, b + d]
      }
      scores = (0..<batches * classes * count).map { _ in next() }
    }

    /// Low and high along each axis.
    private func corners(_ batch: Int, _ place: Int) -> [Float] {
      let box = Array(boxes[(batch * count + place) * 4..<(batch * count + place + 1) * 4])
      return isCentered
        ? [box[0] - box[2] / 2, box[0] + box[2] / 2, box[1] - box[3] / 2, box[1] + box[3] / 2]
        : [min(box[0], box[2]), max(box[0], box[2]), min(box[1], box[3]), max(box[1], box[3])]
    }

    private func overlap(_ a: [Float], _ b: [Float]) -> Float {
      let common =
        max(0, min(a[1], b[1]) - max(a[0], b[0])) * max(0, min(a[3], b[3]) - max(a[2], b[2]))
      let whole = (a[1] - a[0]) * (a[3] - a[2]) + (b[1] - b[0]) * (b[3] - b[2]) - common
      return whole > 0 ? common / whole : 0
    }

    var selected: [[Int64]] {
      var rows: [[Int64]] = []
      for batch in 0..<batches {
        for group in 0..<classes {
          let number = batch * classes + group
          let own = scores[number * count..<(number + 1) * count]
          var taken: [Int] = []
          let order = own.indices.sorted { (own[$1], $0) < (own[$0], $1) }
          for place in order.map({ $0 - own.startIndex }) where taken.count < most {
            if let least, own[own.startIndex + place] <= least { continue }
            let box = corners(batch, place)
            if taken.contains(where: { overlap(corners(batch, $0), box) > overlap }) { continue }
            taken.append(place)
          }
          rows += taken.map { [Int64(batch), Int64(group), Int64($0)] }
        }
      }
      return rows
    }

    func model() -> Onnx_ModelProto {
      var names = ["b", "s", "k", "o"]
      var constants = [
        Make.integers("k", [Int64(most)], shape: [1]), Make.floats("o", [1], [overlap]),
      ]
      if let least {
        names.append("l")
        constants.append(Make.floats("l", [1], [least]))
      }
      var model = Make.model(
        opset: 11,
        [
          Make.node(
            "NonMaxSuppression", names, ["y"], int: ["center_point_box": isCentered ? 1 : 0])
        ],
        initializers: constants)
      model.graph.input = [
        Make.tensorInfo("b", [Int64(batches), Int64(count), 4]),
        Make.tensorInfo("s", [Int64(batches), Int64(classes), Int64(count)]),
      ]
      return model
    }

    func result(rows: Int) throws -> Tensor {
      let graph = try ONNXFile.importModel(
        bytes: model().bytes, options: .init(selectedRows: rows))
      let inputs = [
        "b": try Tensor(shape: [batches, count, 4], real: boxes),
        "s": try Tensor(shape: [batches, classes, count], real: scores),
      ]
      return try #require(try graph.evaluate(inputs)["y"])
    }
  }

  private static func cases() -> [Case] {
    (1..<13).map { seed in
      Case(
        seed: UInt64(seed), batches: 1 + seed % 2, classes: 1 + seed % 3, count: 5 + seed,
        most: 1 + seed % 5, overlap: [0, 0.3, 0.5, 1][seed % 4], least: seed % 3 == 0 ? nil : 0.3,
        isCentered: seed % 5 == 0)
    }
  }

  @Test("with rows of −1 behind them") func all() throws {
    for one in Self.cases() {
      let all = one.batches * one.classes * min(one.most, one.count)
      let wanted = one.selected + .init(repeating: [-1, -1, -1], count: all - one.selected.count)
      let found = try one.result(rows: all)
      #expect(found.shape == [all, 3])
      #expect(found.integers == wanted.flatMap { $0 })
    }
  }

  @Test("and fewer rows are the first of them") func some() throws {
    for one in Self.cases() where one.selected.count > 1 {
      let rows = one.selected.count - 1
      #expect(try one.result(rows: rows).integers == one.selected.prefix(rows).flatMap { $0 })
    }
  }

  @Test("and without a number of rows are refused with the number there can be")
  func refused() throws {
    let one = Self.cases()[3]
    let all = one.batches * one.classes * min(one.most, one.count)
    let error = try #require(try one.model().importError())
    #expect(error.isUnsupported)
    #expect("\(error)".contains("--selected-rows, \(all) for all"))
  }
}
