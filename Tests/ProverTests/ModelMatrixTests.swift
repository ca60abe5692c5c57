import Argument
import ConstraintSystem
import TestSupport
import Testing

@testable import Prover
@testable import Witness

/// The matrix of a model against its definition (`Paper/` section 5), position by position.
@Suite struct ModelMatrixTests {
  /// Model tensors of these shapes and widths, and nothing else.
  private struct Model {
    let layout: Layout
    let buffers: [IntegerBuffer]

    init(_ tensors: [(shape: [Int], width: IntegerBuffer.Width)], seed: UInt64) throws {
      var random = SeededGenerator(seed: seed)
      buffers = tensors.map { shape, width in
        let values = (0..<shape.reduce(1, *)).map { _ in random.integer(in: -30000...30000) }
        return switch width {
        case .int16: IntegerBuffer(values.map { Int16($0) })
        case .int32: IntegerBuffer(values.map { Int32($0 << 12) })
        case .int64: IntegerBuffer(values.map { Int64($0) << 40 })
        }
      }
      layout = try Layout(
        ConstraintSystem(
          tensors: tensors.enumerated().map { number, tensor in
            TensorDeclaration(
              name: "tensor \(number)", shape: tensor.shape, role: .model,
              range: -(1 << 56)...1 << 56)
          }, tables: [], equalities: [], lookups: []))
    }

    /// By row and lane, a cell at a time.
    func reference() -> [[Int]] {
      let lanes = 1 << layout.modelLanesLog
      var cells = [[Int]](
        repeating: [Int](repeating: 0, count: lanes), count: layout.modelRowCount)
      for box in layout.modelRows.boxes {
        let shape = layout.system.tensors[box.owner].shape
        let sides = box.logs.map { 1 << $0 }
        for cell in 0..<1 << box.log {
          let place = zip(box.starts, Self.coordinates(of: cell, shape: sides)).map { $0 + $1 }
          for lane in 0..<lanes {
            let position = [place[0] * lanes + lane] + place.dropFirst()
            guard position[0] < shape[0] else { continue }
            let flat = zip(position, shape).reduce(0) { $0 * $1.1 + $1.0 }
            cells[box.offset + cell][lane] = buffers[box.owner][flat]
          }
        }
      }
      return cells
    }

    private static func coordinates(of cell: Int, shape: [Int]) -> [Int] {
      var rest = cell
      let reversed = shape.reversed().map { side in
        defer { rest /= side }
        return rest % side
      }
      return reversed.reversed()
    }

    func matrix() -> [[Int]] {
      let matrix = ModelMatrix(layout: layout) { buffers[$0] }
      var cells = [[Int]](
        repeating: [Int](repeating: 0, count: matrix.laneCount), count: matrix.rowCount)
      for span in matrix.spans {
        for row in 0..<span.rowCount {
          for lane in 0..<matrix.laneCount {
            cells[span.firstRow + row][lane] = span.values[lane * span.rowCount + row]
          }
        }
      }
      return cells
    }
  }

  @Test(
    arguments: [
      [([7], .int16)], [([5, 3], .int16)], [([9, 2, 3, 3], .int16)], [([64, 5, 1, 7], .int32)],
      [([13, 6], .int64), ([1, 4], .int64)],
      [([33, 5, 3, 3], .int16), ([33], .int64), ([10, 70], .int16), ([10], .int32)],
    ] as [[(shape: [Int], width: IntegerBuffer.Width)]])
  func everyValueIsAtItsPlace(_ tensors: [(shape: [Int], width: IntegerBuffer.Width)]) throws {
    let model = try Model(tensors, seed: 7)
    #expect(model.matrix() == model.reference())
  }

  @Test func shapesAtRandom() throws {
    var random = SeededGenerator(seed: 21)
    for seed in 0..<40 as Range<UInt64> {
      let tensors = (0..<random.integer(in: 1...4)).map { _ in
        (
          shape: (0..<random.integer(in: 1...4)).map { _ in random.integer(in: 1...9) },
          width: [IntegerBuffer.Width.int16, .int32, .int64][random.integer(in: 0...2)]
        )
      }
      let model = try Model(tensors, seed: seed)
      #expect(model.matrix() == model.reference(), "\(tensors)")
    }
  }

  @Test(arguments: [0, 1, 1000, 2047])
  func aValueOutsideOfItsRangeIsNamed(_ position: Int) {
    var values = [Int16](repeating: 5, count: 2048)
    #expect(IntegerBuffer(values).firstPosition(outside: -5...5) == nil)
    values[position] = 6
    values[2047] = -6
    #expect(IntegerBuffer(values).firstPosition(outside: -5...5) == position)
    #expect(IntegerBuffer(values).firstPosition(outside: -6...6) == nil)
    #expect(IntegerBuffer([Int]()).firstPosition(outside: 0...0) == nil)
  }
}
