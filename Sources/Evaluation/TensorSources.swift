/// Where the elements of a tensor are, row-major.
package enum ElementPointer: @unchecked Sendable {
  case int16(UnsafePointer<Int16>)
  case int32(UnsafePointer<Int32>)
  case int64(UnsafePointer<Int64>)
  case float(UnsafePointer<Float>)
  case double(UnsafePointer<Double>)

  /// Whether the elements are integers.
  package var isInteger: Bool {
    switch self {
    case .int16, .int32, .int64: true
    case .float, .double: false
    }
  }
}

/// The tensors that expressions read, by number, for reading on any thread.
package struct TensorSources: Sendable {
  /// Nil where there are no values yet, or no more.
  private var pointers: [ElementPointer?]
  private var shapes: [[Int]]
  /// What keeps the memory, for those that have no other keeper.
  private var owners: [(any AnyObject & Sendable)?]

  /// So many tensors without values.
  package init(count: Int = 0) {
    pointers = Array(repeating: nil, count: count)
    shapes = Array(repeating: [], count: count)
    owners = Array(repeating: nil, count: count)
  }

  package var count: Int { pointers.count }

  /// Gives a tensor its values, or takes them away. Without an owner the memory must outlive every
  /// reader.
  package mutating func set(
    _ tensor: Int, shape: [Int], _ pointer: ElementPointer?,
    owner: (any AnyObject & Sendable)? = nil
  ) {
    pointers[tensor] = pointer
    shapes[tensor] = shape
    owners[tensor] = owner
  }

  /// One more tensor; the result is its number.
  package mutating func append(
    shape: [Int], _ pointer: ElementPointer?, owner: (any AnyObject & Sendable)? = nil
  ) -> Int {
    pointers.append(pointer)
    shapes.append(shape)
    owners.append(owner)
    return pointers.count - 1
  }

  /// Where the values of a tensor are; nil where it has none.
  package subscript(tensor: Int) -> ElementPointer? {
    pointers.indices.contains(tensor) ? pointers[tensor] : nil
  }

  /// The shape of a tensor that can be read.
  package func shape(of tensor: Int) -> [Int]? { self[tensor] == nil ? nil : shapes[tensor] }

  /// The greatest absolute value of a tensor's elements, 0 where it has none.
  package func greatestMagnitude(of tensor: Int) -> Double {
    let count = shape(of: tensor)?.reduce(1, *) ?? 0
    return switch self[tensor] {
    case .int16(let values): Self.greatestMagnitude(values, count)
    case .int32(let values): Self.greatestMagnitude(values, count)
    case .int64(let values): Self.greatestMagnitude(values, count)
    case .float(let values): Self.greatestMagnitude(values, count)
    case .double(let values): Self.greatestMagnitude(values, count)
    case nil: 0
    }
  }

  private static func greatestMagnitude<Stored: StoredElement>(
    _ values: UnsafePointer<Stored>, _ count: Int
  ) -> Double {
    var greatest = 0.0
    for place in 0..<count { greatest = max(greatest, values[place].asDouble.magnitude) }
    return greatest
  }

  /// Runs a gather; a read of a tensor without values gives zeros. Integers are not gathered out of
  /// reals; integers below 2^53 are exact as reals.
  func gather<Value: LaneElement>(
    _ plan: GatherPlan, outside: Value, fixed: UnsafePointer<Int>, start: Int, count: Int,
    into target: UnsafeMutablePointer<Value>
  ) {
    switch pointers[plan.read.tensor] {
    case .int16(let values):
      plan.gather(
        StoredSource(elements: values), outside: outside, fixed: fixed, start: start, count: count,
        into: target)
    case .int32(let values):
      plan.gather(
        StoredSource(elements: values), outside: outside, fixed: fixed, start: start, count: count,
        into: target)
    case .int64(let values):
      plan.gather(
        StoredSource(elements: values), outside: outside, fixed: fixed, start: start, count: count,
        into: target)
    case .float(let values):
      plan.gather(
        StoredSource(elements: values), outside: outside, fixed: fixed, start: start, count: count,
        into: target)
    case .double(let values):
      plan.gather(
        StoredSource(elements: values), outside: outside, fixed: fixed, start: start, count: count,
        into: target)
    case nil: target.update(repeating: .zero, count: count)
    }
  }

  /// The element at a row-major position of a tensor that has values.
  func element<Value: LaneElement>(_ position: Int, of tensor: Int) -> Value {
    switch pointers[tensor] {
    case .int16(let values): Value(stored: values[position])
    case .int32(let values): Value(stored: values[position])
    case .int64(let values): Value(stored: values[position])
    case .float(let values): Value(stored: values[position])
    case .double(let values): Value(stored: values[position])
    case nil: .zero
    }
  }
}

/// Memory of numbers, freed when the last reference goes.
package final class LaneArray<Element: LaneElement>: @unchecked Sendable {
  package let base: UnsafeMutablePointer<Element>

  /// Nothing is written yet.
  package init(count: Int) { base = .allocate(capacity: max(1, count)) }

  deinit { base.deallocate() }
}
