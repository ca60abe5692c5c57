import ConstraintSystem
import TestSupport
import Testing
import Witness

/// Matrix products that are too large for one tile, against three nested loops.
@Suite struct TilingTests {
  @Test(arguments: [
    (batch: 1, m: 300, n: 5, k: 600), (batch: 1, m: 2, n: 70, k: 1 << 16),
    (batch: 2, m: 140, n: 3, k: 2000), (batch: 5, m: 1, n: 40, k: 9),
    (batch: 1, m: 20, n: 1000, k: 27),
  ])
  func batchedProduct(batch: Int, m: Int, n: Int, k: Int) throws {
    var generator = SeededGenerator(seed: UInt64(m + n))
    let a = randomBuffer(batch * m * k, &generator, in: -32768...32767)
    let b = randomBuffer(batch * n * k, &generator, in: -32768...32767)
    let wide = -(1 << 47)...(1 << 47)
    let circuit = circuit(
      [
        tensor("a", [batch, m, k], .model), tensor("b", [batch, n, k], .publicInput),
        tensor("y", [batch, n, m], .witness, range: wide),
      ], indices(batch, n, m, k),
      .sumOfProducts([
        product(
          read(0, index(0), index(2), index(3)), read(1, index(0), index(1), index(3)), over: [3])
      ]))
    let result = try Evaluator.evaluate(circuit, model: [0: a], inputs: [1: b])[2].values
    let (x, y) = (a.values, b.values)
    var position = 0
    for number in 0..<batch {
      for j in 0..<n {
        for i in 0..<m {
          var sum = 0
          for l in 0..<k { sum += x[(number * m + i) * k + l] * y[(number * n + j) * k + l] }
          guard sum == result[position] else {
            Issue.record("batch \(number), row \(i), column \(j): \(result[position]), not \(sum)")
            return
          }
          position += 1
        }
      }
    }
    #expect(position == result.count)
  }
}
