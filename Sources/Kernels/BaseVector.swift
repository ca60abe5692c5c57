import CKernels
import FieldArithmetic

/// A vector over the base field F in the kernels' form: Montgomery forms in [0, 2p).
///
/// A value is a reference: slices share memory with the vector they come from, and kernels write
/// through them. Slicing costs nothing.
public struct BaseVector: Sendable {
  let storage: Storage
  let offset: Int
  /// The number of elements.
  public let count: Int

  /// A vector of zeros.
  public init(zeros count: Int) {
    storage = Storage(byteCount: 8 * count)
    offset = 0
    self.count = count
  }

  public init(_ elements: [Fp]) {
    self.init(zeros: elements.count)
    for (i, element) in elements.enumerated() { words[i] = element.raw }
  }

  /// The residues of integers of magnitude below 2^48.
  public init(_ integers: IntegerVector) {
    self.init(zeros: integers.count)
    assign(integers)
  }

  init(storage: Storage, offset: Int, count: Int) {
    (self.storage, self.offset, self.count) = (storage, offset, count)
  }

  /// The words, for a kernel or for code that fills a vector element by element. Valid while the
  /// vector, or a slice of it, lives.
  public var words: UnsafeMutablePointer<UInt64> {
    storage.base.assumingMemoryBound(to: UInt64.self) + offset
  }

  /// The elements of a range, sharing memory.
  public subscript(range: Range<Int>) -> BaseVector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the vector")
    return BaseVector(storage: storage, offset: offset + range.lowerBound, count: range.count)
  }

  public subscript(index: Int) -> Fp {
    get {
      precondition(index >= 0 && index < count, "index outside the vector")
      return Fp(montgomery: words[index])
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "index outside the vector")
      words[index] = newValue.raw
    }
  }

  /// The elements, in order.
  public var elements: [Fp] { (0..<count).map { self[$0] } }

  /// Overwrites a secret, with all of the memory that this vector shares.
  public func wipe() { storage.wipe() }
}

extension BaseVector {
  /// self = the elements of `source`.
  public func assign(_ source: BaseVector) {
    precondition(source.count == count, "lengths differ")
    words.update(from: source.words, count: count)
  }

  /// self = the residues of `integers`.
  public func assign(_ integers: IntegerVector) {
    precondition(integers.count == count, "lengths differ")
    ck_from_int(integers.kind, integers.pointer, words, count)
  }

  /// self = the elements with the given canonical integers, which must lie in [0, p).
  public func assignCanonical(_ integers: UnsafePointer<UInt64>) {
    ck_from_canonical(integers, words, count)
  }

  /// The canonical integers in [0, p).
  public func canonicalIntegers() -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
      if let base = buffer.baseAddress { ck_to_canonical(words, base, count) }
      initialized = count
    }
  }

  /// self = a + b, element by element; so below for the other operations.
  public func assignSum(_ a: BaseVector, _ b: BaseVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_add(a.words, b.words, words, count)
  }

  /// self = a − b.
  public func assignDifference(_ a: BaseVector, _ b: BaseVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_sub(a.words, b.words, words, count)
  }

  /// self = a·b.
  public func assignProduct(_ a: BaseVector, _ b: BaseVector) {
    precondition(a.count == count && b.count == count, "lengths differ")
    ck_mul(a.words, b.words, words, count)
  }

  /// self = s·a.
  public func assignProduct(_ s: Fp, _ a: BaseVector) {
    precondition(a.count == count, "lengths differ")
    ck_scale(a.words, s.raw, words, count)
  }

  /// The sum of the elements.
  public func sum() -> Fp { Fp(montgomery: ck_sum(words, count)) }
}
