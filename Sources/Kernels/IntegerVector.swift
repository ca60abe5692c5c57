import CKernels

/// An integer type of tensors.
public protocol KernelInteger: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable {
  static var kernelKind: IntegerKind { get }
}

/// The integer types of tensors by name.
public enum IntegerKind: Sendable {
  case int16, int32, int64

  /// The bytes of one integer.
  public var byteCount: Int {
    switch self {
    case .int16: 2
    case .int32: 4
    case .int64: 8
    }
  }

  var raw: ck_int_kind {
    switch self {
    case .int16: CK_I16
    case .int32: CK_I32
    case .int64: CK_I64
    }
  }
}

extension Int16: KernelInteger { public static var kernelKind: IntegerKind { .int16 } }
extension Int32: KernelInteger { public static var kernelKind: IntegerKind { .int32 } }
extension Int64: KernelInteger { public static var kernelKind: IntegerKind { .int64 } }
extension Int: KernelInteger { public static var kernelKind: IntegerKind { .int64 } }

/// A vector of integers of magnitude below 2^48 that kernels read: owned memory, or a view of
/// memory that another object keeps alive, such as a mapped file. Slicing costs nothing.
public struct IntegerVector: @unchecked Sendable {
  public let type: IntegerKind
  /// The number of integers.
  public let count: Int
  let pointer: UnsafeMutableRawPointer
  private let owner: AnyObject?

  /// A copy of the integers.
  public init<T: KernelInteger>(_ integers: some Collection<T>) {
    self.init(zeros: integers.count, of: T.kernelKind)
    let words = pointer.assumingMemoryBound(to: T.self)
    for (i, integer) in integers.enumerated() { words[i] = integer }
  }

  /// Owned memory full of zeros.
  public init(zeros count: Int, of type: IntegerKind) {
    let storage = Storage(byteCount: count * type.byteCount)
    self.init(type: type, count: count, pointer: storage.base, owner: storage)
  }

  /// A view of memory that stays valid and unchanged while `owner` lives; it is not written to.
  public init<T: KernelInteger>(viewing memory: UnsafeBufferPointer<T>, owner: AnyObject?) {
    // An empty buffer may have no address; none is read then.
    let empty = Storage(byteCount: 0)
    let address = memory.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) }
    self.init(
      type: T.kernelKind, count: memory.count, pointer: address ?? empty.base,
      owner: address == nil ? empty : owner)
  }

  private init(type: IntegerKind, count: Int, pointer: UnsafeMutableRawPointer, owner: AnyObject?) {
    (self.type, self.count, self.pointer, self.owner) = (type, count, pointer, owner)
  }

  var kind: ck_int_kind { type.raw }

  /// The integers of a range, sharing memory.
  public subscript(range: Range<Int>) -> IntegerVector {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "slice outside the vector")
    return IntegerVector(
      type: type, count: range.count, pointer: pointer + range.lowerBound * type.byteCount,
      owner: owner)
  }

  public subscript(index: Int) -> Int {
    precondition(index >= 0 && index < count, "index outside the vector")
    return switch type {
    case .int16: Int(pointer.assumingMemoryBound(to: Int16.self)[index])
    case .int32: Int(pointer.assumingMemoryBound(to: Int32.self)[index])
    case .int64: Int(pointer.assumingMemoryBound(to: Int64.self)[index])
    }
  }

  /// The memory, to fill an owned vector; T must be the vector's type.
  public func withMutableIntegers<T: KernelInteger, R>(
    as: T.Type, _ body: (UnsafeMutableBufferPointer<T>) throws -> R
  ) rethrows -> R {
    precondition(T.kernelKind == type, "another integer type")
    return try body(
      UnsafeMutableBufferPointer(start: pointer.assumingMemoryBound(to: T.self), count: count))
  }
}
