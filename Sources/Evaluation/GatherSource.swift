/// Where a gather takes its values from: memory, or the positions themselves.
protocol GatherSource {
  associatedtype Value: Numeric
  func value(at position: Int) -> Value
  /// The values at adjacent positions.
  func copy(from position: Int, count: Int, to target: UnsafeMutablePointer<Value>)
}

extension GatherSource {
  @inline(__always)
  func copy(from position: Int, count: Int, to target: UnsafeMutablePointer<Value>) {
    for x in 0..<count { target[x] = value(at: position &+ x) }
  }
}

/// What a tensor is stored as.
package protocol StoredElement {
  /// Of an integer; no integer is read out of reals.
  var asInt64: Int64 { get }
  /// Exact for floating-point numbers, and for integers below 2^53.
  var asDouble: Double { get }
}

extension StoredElement where Self: FixedWidthInteger {
  @inline(__always) package var asInt64: Int64 { Int64(truncatingIfNeeded: self) }
  @inline(__always) package var asDouble: Double { Double(self) }
}

extension StoredElement where Self: BinaryFloatingPoint {
  package var asInt64: Int64 { Int64(exactly: self) ?? 0 }
  @inline(__always) package var asDouble: Double { Double(self) }
}

extension Int16: StoredElement {}
extension Int32: StoredElement {}
extension Int64: StoredElement {}
extension Float: StoredElement {}
extension Double: StoredElement {}

/// The elements of a tensor as the numbers that are computed with.
struct StoredSource<Element: StoredElement, Value: LaneElement>: GatherSource {
  let elements: UnsafePointer<Element>

  @inline(__always)
  func value(at position: Int) -> Value { Value(stored: elements[position]) }

  @inline(__always)
  func copy(from position: Int, count: Int, to target: UnsafeMutablePointer<Value>) {
    // A plain loop over pointers, which the compiler can turn into vectors.
    let source = elements + position
    for x in 0..<count { target[x] = Value(stored: source[x]) }
  }
}

/// The position itself.
struct PositionSource<Value: LaneElement>: GatherSource {
  @inline(__always)
  func value(at position: Int) -> Value { Value(stored: Int64(position)) }
}

/// One, wherever there is an element.
struct PresenceSource<Value: LaneElement>: GatherSource {
  @inline(__always)
  func value(at position: Int) -> Value { 1 }
}

/// The elements as they are.
struct PlainSource<Value: Numeric>: GatherSource {
  let elements: UnsafePointer<Value>

  @inline(__always)
  func value(at position: Int) -> Value { elements[position] }

  @inline(__always)
  func copy(from position: Int, count: Int, to target: UnsafeMutablePointer<Value>) {
    target.update(from: elements + position, count: count)
  }
}
