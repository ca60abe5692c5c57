import Evaluation

/// The integers of one tensor, row-major, in the narrowest convenient width.
///
/// The storage is immutable and shared: a copy of the value is a reference, so a model of many
/// million weights is held once.
public struct IntegerBuffer: Sendable {
  /// How many bytes a value takes.
  public enum Width: Int, Sendable {
    case int16 = 2
    case int32 = 4
    case int64 = 8
  }

  public let width: Width
  public let count: Int
  private let storage: Storage

  /// Owns the memory; nobody writes to it once the buffer exists.
  private final class Storage: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) { bytes = .allocate(byteCount: byteCount, alignment: 64) }

    deinit { bytes.deallocate() }
  }

  /// Allocates `count` values and lets `body` write every byte of them, in the machine's order.
  public init(
    width: Width, count: Int, initializing body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.width = width
    self.count = count
    storage = Storage(byteCount: count * width.rawValue)
    try body(storage.bytes)
  }

  public init(_ values: [Int16]) { self.init(copying: values, width: .int16) }

  public init(_ values: [Int32]) { self.init(copying: values, width: .int32) }

  public init(_ values: [Int64]) { self.init(copying: values, width: .int64) }

  public init(_ values: [Int]) { self.init(copying: values, width: .int64) }

  /// In the narrowest width that holds all the values.
  public init(narrowing values: [Int]) {
    let least = values.min() ?? 0
    let greatest = values.max() ?? 0
    if least >= Int16.min, greatest <= Int16.max {
      self.init(values.map { Int16($0) })
    } else if least >= Int32.min, greatest <= Int32.max {
      self.init(values.map { Int32($0) })
    } else {
      self.init(values)
    }
  }

  private init<Value: FixedWidthInteger>(copying values: [Value], width: Width) {
    self.init(width: width, count: values.count) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// The value at a row-major position, which must be less than `count`.
  public subscript(position: Int) -> Int {
    precondition(position >= 0 && position < count, "position outside of the buffer")
    switch elements {
    case .int16(let values): return Int(values[position])
    case .int32(let values): return Int(values[position])
    case .int64(let values): return Int(values[position])
    }
  }

  /// All the values.
  public var values: [Int] { (0..<count).map { self[$0] } }

  /// The values as 64-bit integers: the storage itself where that is its width, else a copy.
  public func withInt64<Result>(
    _ body: (UnsafeBufferPointer<Int64>) throws -> Result
  ) rethrows -> Result {
    switch elements {
    case .int16(let values): return try widened(values, body)
    case .int32(let values): return try widened(values, body)
    case .int64(let values):
      defer { withExtendedLifetime(storage) {} }
      return try body(UnsafeBufferPointer(start: values, count: count))
    }
  }

  /// The values as they are stored, `width` bytes each, in the machine's byte order.
  public func withUnsafeBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeRawBufferPointer(storage.bytes))
  }

  private func widened<Value: FixedWidthInteger, Result>(
    _ values: UnsafePointer<Value>, _ body: (UnsafeBufferPointer<Int64>) throws -> Result
  ) rethrows -> Result {
    let copy = [Int64](unsafeUninitializedCapacity: count) { target, initialized in
      for position in 0..<count {
        target.initializeElement(at: position, to: Int64(values[position]))
      }
      initialized = count
    }
    return try copy.withUnsafeBufferPointer(body)
  }
}

extension IntegerBuffer {
  /// What keeps the memory.
  var owner: any AnyObject & Sendable { storage }

  /// The storage under its type.
  enum Elements: @unchecked Sendable {
    case int16(UnsafePointer<Int16>)
    case int32(UnsafePointer<Int32>)
    case int64(UnsafePointer<Int64>)
  }

  /// The elements as the machine reads them, valid as long as a copy of the buffer or the owner lives.
  var pointer: ElementPointer {
    switch elements {
    case .int16(let values): .int16(values)
    case .int32(let values): .int32(values)
    case .int64(let values): .int64(values)
    }
  }

  /// Valid as long as a copy of the buffer lives.
  var elements: Elements {
    switch width {
    case .int16: .int16(typed())
    case .int32: .int32(typed())
    case .int64: .int64(typed())
    }
  }

  private func typed<Value>() -> UnsafePointer<Value> {
    // A buffer of no values has no address; no value is ever read through the stand-in.
    let start = storage.bytes.baseAddress ?? UnsafeMutableRawPointer(bitPattern: 64)
    guard let start else { preconditionFailure("64 is an address") }
    return UnsafePointer(start.assumingMemoryBound(to: Value.self))
  }

  /// The least and the greatest value, or nil where there is none.
  var bounds: ClosedRange<Int>? {
    guard count > 0 else { return nil }
    switch elements {
    case .int16(let values): return Self.bounds(values, count)
    case .int32(let values): return Self.bounds(values, count)
    case .int64(let values): return Self.bounds(values, count)
    }
  }

  private static func bounds<Value: FixedWidthInteger>(
    _ values: UnsafePointer<Value>, _ count: Int
  ) -> ClosedRange<Int> {
    var least = values[0]
    var greatest = values[0]
    for position in 1..<count {
      least = min(least, values[position])
      greatest = max(greatest, values[position])
    }
    return Int(least)...Int(greatest)
  }

  /// The first position whose value is not in the range, or nil where all are: found by the bounds of
  /// all values, which are read without a check of each position.
  public func firstPosition(outside range: ClosedRange<Int>) -> Int? {
    guard let bounds, bounds.lowerBound < range.lowerBound || bounds.upperBound > range.upperBound
    else { return nil }
    return (0..<count).first { !range.contains(self[$0]) }
  }
}

/// The values of every tensor of a constraint system, in the system's order.
public struct Assignment: Sendable {
  public let tensors: [IntegerBuffer]

  public init(_ tensors: [IntegerBuffer]) { self.tensors = tensors }

  public subscript(tensor: Int) -> IntegerBuffer { tensors[tensor] }

  /// The tensor's values, row-major, as 64-bit integers; evaluated tensors are not copied.
  public func withValues<Result>(
    of tensor: Int, _ body: (UnsafeBufferPointer<Int64>) throws -> Result
  ) rethrows -> Result { try tensors[tensor].withInt64(body) }
}
