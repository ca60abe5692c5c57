import FieldArithmetic
import Hashing
import Kernels

/// Prints what the hot kernels cost, and the ratio to the Goldilocks field's extension.
///
/// The first argument is the number of threads, 1 when missing.
@main
struct KernelBenchmark {
  static let timer = Timer()

  static func main() {
    let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1
    Parallelism.threads = threads
    print("path: \(KernelPath.current), threads: \(Parallelism.threads)")
    fieldProducts()
    sumCheck()
    weights()
    transforms()
    hashing()
    matrixProduct()
    compareWithGoldilocks()
  }

  /// Vectors that fit the second-level cache.
  static func fieldProducts() {
    let count = 1 << 12
    let (a, b, out) = (Inputs.base(count), Inputs.base(count), BaseVector(zeros: count))
    report("base product", timer.nanoseconds(units: count) { out.assignProduct(a, b) })
    let (x, y) = (Inputs.extensionVector(count), Inputs.extensionVector(count))
    let (z, s) = (ExtensionVector(zeros: count), Inputs.element())
    report("extension product", timer.nanoseconds(units: count) { z.assignProduct(x, y) })
    report(
      "extension product by a scalar", timer.nanoseconds(units: count) { z.assignProduct(s, x) })
    report("term of an extension dot product", timer.nanoseconds(units: count) { _ = x.dot(y) })
  }

  static func sumCheck() {
    let count = 1 << 12
    let v = (0..<4).map { _ in Inputs.extensionVector(count) }
    let (half, s) = (Inputs.extensionVector(count / 2), Inputs.element())
    let out = ExtensionVector(zeros: count / 2)
    report(
      "fold, result element",
      timer.nanoseconds(units: count / 2) {
        out.assignFold(v[0].lowerHalf, v[0].upperHalf, at: s)
      })
    report(
      "round of a product, pair",
      timer.nanoseconds(units: count / 2) { _ = RoundValues.product(v[0], v[1]) })
    report(
      "round of the fraction tree, pair",
      timer.nanoseconds(units: count / 2) {
        _ = RoundValues.fractions(v[0], v[1], v[2], v[3], weights: half)
      })
    report(
      "layer of the fraction tree, pair",
      timer.nanoseconds(units: count / 2) {
        FractionLayer.add(v[0], v[1], intoNumerators: out, denominators: half)
      })
  }

  /// Far larger than the caches, as a model is.
  static func weights() {
    let (lanes, inner, outer) = (64, 768, 512)
    let count = outer * lanes * inner
    let (tensor, scalars) = (Inputs.weights(count), Inputs.extensionVector(lanes))
    let out = ExtensionVector(zeros: outer * inner)
    let contraction = Contraction(outer: outer, length: lanes, inner: inner)
    report(
      "int16 weight in a lane fold",
      timer.nanoseconds(units: count) { contraction(scalars, tensor, into: out) })
  }

  static func transforms() {
    for log in [12, 16, 20] {
      let lanes = (1 << 21) >> log
      let input = Inputs.base(lanes << log)
      let stride = Transform.laneStride(log: log)
      let output = BaseVector(zeros: lanes * stride)
      let butterflies = lanes * (1 << log) / 2 * log
      report(
        "butterfly of a transform of 2^\(log)",
        timer.nanoseconds(units: butterflies) {
          Transform.evaluate(input, lanes: lanes, into: output, log: log)
        })
    }
  }

  static func hashing() {
    let (leaves, laneCount) = (1 << 14, 64)
    let lanes = (0..<laneCount).map { _ in Inputs.base(leaves) }
    let key = Digest(hashing: [])
    report(
      "byte of a Merkle tree's leaves",
      timer.nanoseconds(units: leaves * laneCount * 8) {
        _ = MerkleTree(lanes: lanes, leafKey: key, nodeKey: key)
      })
  }

  static func matrixProduct() {
    let n = 512
    let (a, b) = ([Double](repeating: 3, count: n * n), [Double](repeating: -5, count: n * n))
    var c = [Double](repeating: 0, count: n * n)
    let time = timer.nanoseconds(units: n * n * n) {
      c.withUnsafeMutableBufferPointer { c in
        guard let c = c.baseAddress else { return }
        MatrixProduct.accumulate(a, b, into: c, rows: n, columns: n, depth: n)
      }
    }
    report("multiply-add of a matrix product", time)
  }

  /// One thread each, on vectors that fit the second-level cache.
  static func compareWithGoldilocks() {
    let count = 1 << 12
    var goldilocks = Goldilocks(count: count)
    guard Goldilocks.hasVectors else {
      return print("Goldilocks: this processor lacks the vector instructions")
    }
    guard goldilocks.isCorrect() else { return print("Goldilocks: wrong products") }
    Parallelism.threads = 1
    let (x, y) = (Inputs.extensionVector(count), Inputs.extensionVector(count))
    let out = ExtensionVector(zeros: count)
    let theirs = timer.nanoseconds(units: count) { goldilocks.multiply() }
    let ours = timer.nanoseconds(units: count) { out.assignProduct(x, y) }
    report("Goldilocks cubic extension product", theirs)
    report("extension product in the same run", ours)
    let verdict = theirs >= 2 * ours ? "at least twice as fast" : "less than twice as fast"
    print("ratio: \(rounded(theirs / ours)) (\(verdict))")
  }
}
