import CKernels

/// Matrix products of integers held in double precision.
public enum MatrixProduct {
  /// c += a·b for row-major a (rows × depth), b (depth × columns) and c (rows × columns), dense.
  ///
  /// The result is exact while every partial sum stays below 2^53 in magnitude.
  public static func accumulate(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, into c: UnsafeMutablePointer<Double>,
    rows: Int, columns: Int, depth: Int
  ) {
    ck_gemm_f64(rows, columns, depth, a, depth, b, columns, c, columns)
  }
}
