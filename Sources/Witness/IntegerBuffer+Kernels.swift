import Kernels

extension IntegerBuffer {
  /// The same memory for the kernels, which keeps it alive. Kernels take integers of magnitude below
  /// 2^48.
  public var vector: IntegerVector {
    switch elements {
    case .int16(let values): IntegerVector(viewing: view(values), owner: owner)
    case .int32(let values): IntegerVector(viewing: view(values), owner: owner)
    case .int64(let values): IntegerVector(viewing: view(values), owner: owner)
    }
  }

  private func view<Value>(_ values: UnsafePointer<Value>) -> UnsafeBufferPointer<Value> {
    UnsafeBufferPointer(start: values, count: count)
  }
}
