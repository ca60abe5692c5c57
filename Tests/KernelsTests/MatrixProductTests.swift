import TestSupport
import Testing

@testable import Kernels

extension KernelTests {
  @Suite struct MatrixProducts {
    @Test(arguments: [
      [1, 1, 1], [3, 5, 7], [8, 24, 256], [9, 25, 257], [17, 100, 600], [64, 300, 65], [2, 0, 3],
    ])
    func exactForIntegers(shape: [Int]) {
      var generator = SeededGenerator(seed: 61)
      let (rows, columns, depth) = (shape[0], shape[1], shape[2])
      let a = (0..<rows * depth).map { _ in Int.random(in: -32_768...32_767, using: &generator) }
      let b = (0..<depth * columns).map { _ in Int.random(in: -32_768...32_767, using: &generator) }
      var expected = (0..<rows * columns).map { $0 - 40 }
      for i in 0..<rows {
        for k in 0..<depth {
          for j in 0..<columns {
            expected[i * columns + j] += a[i * depth + k] * b[k * columns + j]
          }
        }
      }
      let (x, y) = (a.map { Double($0) }, b.map { Double($0) })
      onEveryPath {
        var c = (0..<rows * columns).map { Double($0 - 40) }
        c.withUnsafeMutableBufferPointer { out in
          guard let out = out.baseAddress else { return }
          MatrixProduct.accumulate(x, y, into: out, rows: rows, columns: columns, depth: depth)
        }
        #expect(firstDifference(c.map { Int($0) }, expected) == nil)
      }
    }

    @Test(arguments: [0, 1, 63, 10_000])
    func loopsCoverTheirRangeOnce(count: Int) {
      let marks = IntegerVector(zeros: count, of: .int64)
      onEveryPath {
        Parallelism.loop(count, grain: 10) { range in
          marks.withMutableIntegers(as: Int64.self) { marks in
            for i in range { marks[i] += 1 }
          }
        }
      }
      #expect((0..<count).allSatisfy { marks[$0] == 4 })
    }
  }
}
