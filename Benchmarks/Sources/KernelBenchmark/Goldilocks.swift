import CGoldilocks

/// Products in the cubic extension of the Goldilocks field, to compare with.
struct Goldilocks {
  private let count: Int
  private let stride: Int
  private var a: [UInt64]
  private var b: [UInt64]
  private var out: [UInt64]

  init(count: Int) {
    self.count = count
    stride = count + 24
    var generator = SystemRandomNumberGenerator()
    a = (0..<3 * stride).map { _ in generator.next() }
    b = (0..<3 * stride).map { _ in generator.next() }
    out = [UInt64](repeating: 0, count: 3 * stride)
  }

  static var hasVectors: Bool { goldilocks_has_vectors() != 0 }

  mutating func multiply() { goldilocks3_mul_vector(a, b, &out, stride, count) }

  /// Whether the vector product agrees with 128-bit arithmetic.
  mutating func isCorrect() -> Bool {
    multiply()
    var expected = out
    goldilocks3_mul_scalar(a, b, &expected, stride, count)
    return zip(out, expected).allSatisfy { goldilocks_canonical($0) == goldilocks_canonical($1) }
  }
}
