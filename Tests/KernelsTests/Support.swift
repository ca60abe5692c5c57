import FieldArithmetic
import TestSupport
import Testing

@testable import Kernels

/// All tests of the module: they select the path and the threads of the whole process, so they
/// run one after the other.
@Suite(.serialized)
struct KernelTests {}

extension SeededGenerator {
  /// A word of the lazy range, every third one at an edge of it.
  mutating func lazyWord() -> UInt64 {
    let p = Fp.modulus
    let edges = [0, 1, p - 1, p, p + 1, 2 * p - 2, 2 * p - 1, 1 << 50, 1 << 38]
    return next() % 3 == 0
      ? edges[Int(next() % UInt64(edges.count))] : UInt64.random(in: 0..<2 * p, using: &self)
  }

  mutating func base(_ count: Int) -> BaseVector {
    let vector = BaseVector(zeros: count)
    for i in 0..<count { vector.words[i] = lazyWord() }
    return vector
  }

  mutating func extensionVector(_ count: Int) -> ExtensionVector {
    let vector = ExtensionVector(zeros: count)
    for k in 0..<3 { vector.plane(k).assign(base(count)) }
    return vector
  }

  mutating func scalar() -> Fp { Fp(montgomery: lazyWord()) }

  mutating func element() -> Fp3 { Fp3(scalar(), scalar(), scalar()) }

  /// Integers at the edges of the type, or of the small range, and random ones.
  mutating func integers(_ count: Int, _ type: IntegerKind) -> IntegerVector {
    switch type {
    case .int16: IntegerVector((0..<count).map { _ in integer(Int(Int16.max), Int16.self) })
    case .int32: IntegerVector((0..<count).map { _ in integer(Int(Int32.max), Int32.self) })
    case .int64: IntegerVector((0..<count).map { _ in integer((1 << 48) - 1, Int64.self) })
    }
  }

  private mutating func integer<T: KernelInteger>(_ bound: Int, _: T.Type) -> T {
    let least = T.self == Int64.self ? -bound : Int(T.min)
    let edges = [0, 1, -1, bound, least]
    let random = Int.random(in: least...bound, using: &self)
    return T(next() % 3 == 0 ? edges[Int(next() % 5)] : random)
  }
}

/// Runs a test on every path, on one thread and on several.
func onEveryPath(_ body: () -> Void) {
  let (path, threads) = (KernelPath.current, Parallelism.threads)
  defer {
    KernelPath.current = path
    Parallelism.threads = threads
  }
  for path in [KernelPath.portable, .ifma] {
    for threads in [1, 3] {
      KernelPath.current = path
      Parallelism.threads = threads
      body()
    }
  }
}

/// The first index where two arrays differ. An expectation of their equality would print all of
/// their differences when it fails.
func firstDifference<T: Equatable>(_ a: [T], _ b: [T]) -> Int? {
  guard a.count == b.count else { return min(a.count, b.count) }
  return a.indices.first { a[$0] != b[$0] }
}

/// Lengths around the vector width, and two that several threads share.
let lengths = [0, 1, 2, 7, 8, 9, 16, 61, 1024, 20_011, 33_000]

/// The same for costly references.
let shortLengths = [0, 1, 7, 8, 9, 23, 256, 9_001]

extension IntegerVector {
  var elements: [Fp] { (0..<count).map { Fp(self[$0]) } }
}
