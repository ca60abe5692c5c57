public import CKernels
import FieldArithmetic

/// A vector over the cubic extension E: three planes of words, one for each coordinate, in the
/// kernels' form (`BaseVector`).
///
/// A value is a reference: slices share memory with the vector they come from, and kernels write
/// through them. Slicing costs nothing.
public struct ExtensionVector: Sendable {
  let storage: Storage
  let offset: Int
  /// The distance between planes in words.
  let stride: Int
  /// The number of elements.
  public let count: Int

  /// A vector of zeros. Planes lie an odd number of cache lines apart, so that equal indices of
  /// different planes do not compete for the same cache sets.
  public init(zeros count: Int) {
    let lines = (count + 7) / 8
    stride = 8 * (lines | 1)
    storage = Storage(byteCount: 3 * 8 * stride)
    offset = 0
    self.count = count
  }

  public init(_ elements: [Fp3]) {
    self.init(zeros: elements.count)
    for (i, element) in elements.enumerated() { store(element, at: i) }
  }

  private init(storage: Storage, offset: Int, stride: Int, count: Int) {
    (self.storage, self.offset, self.stride, self.count) = (storage, offset, stride, count)
  }

  /// The elements of a range, sharing memory.
  public subscript(range: Range<Int>) -> ExtensionVector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the vector")
    return ExtensionVector(
      storage: storage, offset: offset + range.lowerBound, stride: stride, count: range.count)
  }

  /// The first half of an even number of elements: those whose leading index bit is 0.
  public var lowerHalf: ExtensionVector { self[0..<count / 2] }
  /// The second half.
  public var upperHalf: ExtensionVector { self[count / 2..<count] }

  public subscript(index: Int) -> Fp3 {
    get {
      precondition(index >= 0 && index < count, "index outside the vector")
      let word = words + index
      return Fp3(
        Fp(montgomery: word[0]), Fp(montgomery: word[stride]), Fp(montgomery: word[2 * stride]))
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "index outside the vector")
      store(newValue, at: index)
    }
  }

  private func store(_ element: Fp3, at index: Int) {
    let word = words + index
    word[0] = element.c0.raw
    word[stride] = element.c1.raw
    word[2 * stride] = element.c2.raw
  }

  /// The elements, in order.
  public var elements: [Fp3] { (0..<count).map { self[$0] } }

  /// Coordinate 0, 1 or 2 of every element, sharing memory.
  public func plane(_ coordinate: Int) -> BaseVector {
    precondition(coordinate >= 0 && coordinate < 3, "an element has three coordinates")
    return BaseVector(storage: storage, offset: offset + coordinate * stride, count: count)
  }

  /// Overwrites a secret, with all of the memory that this vector shares.
  public func wipe() { storage.wipe() }

  private var words: UnsafeMutablePointer<UInt64> {
    storage.base.assumingMemoryBound(to: UInt64.self) + offset
  }

  /// The vector as the C kernels take it; valid while the vector lives.
  public var raw: ck_ext { ck_ext(base: words, stride: stride) }
}

extension Fp3 {
  /// The element as the C kernels take it.
  public var raw: ck_fp3 { ck_fp3(c0: c0.raw, c1: c1.raw, c2: c2.raw) }

  /// An element that a C kernel gave.
  public init(_ raw: ck_fp3) {
    self.init(Fp(montgomery: raw.c0), Fp(montgomery: raw.c1), Fp(montgomery: raw.c2))
  }
}
