/// Matrix products in double precision, exact on integers while every sum stays below 2^53.
enum Gemm {
  /// c += a·b for row-major matrices: a is m × k with rows `lda` apart, b is k × n, c is m × n.
  static func accumulate(
    _ m: Int, _ n: Int, _ k: Int, _ a: UnsafePointer<Double>, _ lda: Int,
    _ b: UnsafePointer<Double>, _ ldb: Int, _ c: UnsafeMutablePointer<Double>, _ ldc: Int
  ) {
    for i in 0..<m {
      for l in 0..<k {
        let factor = a[i * lda + l]
        for j in 0..<n { c[i * ldc + j] += factor * b[l * ldb + j] }
      }
    }
  }
}
