/// The two kinds of element a graph computes with: single-precision reals, and the integers of
/// shapes and labels.
public enum ElementType: Hashable, Sendable {
  case real
  case integer
}

/// A dense row-major tensor. Its element count always equals the product of its shape.
public struct Tensor: Equatable, Sendable {
  public enum Elements: Equatable, Sendable {
    case real([Float])
    case integer([Int64])

    var count: Int {
      switch self {
      case .real(let values): values.count
      case .integer(let values): values.count
      }
    }
  }

  public let shape: [Int]
  public let elements: Elements

  /// Throws `.shape` unless the number of elements is what `shape` says.
  public init(shape: [Int], _ elements: Elements) throws(GraphError) {
    let count = try Shape.elementCount(shape)
    guard count == elements.count else {
      throw GraphError(
        .shape, "\(elements.count) elements do not fill a tensor of shape \(shape)")
    }
    self.shape = shape
    self.elements = elements
  }

  public init(shape: [Int], real values: [Float]) throws(GraphError) {
    try self.init(shape: shape, .real(values))
  }

  public init(shape: [Int], integer values: [Int64]) throws(GraphError) {
    try self.init(shape: shape, .integer(values))
  }

  /// A tensor whose count its maker has already derived from `shape`.
  init(derived shape: [Int], _ elements: Elements) {
    self.shape = shape
    self.elements = elements
  }

  public var type: TensorType {
    switch elements {
    case .real: TensorType(shape: shape, element: .real)
    case .integer: TensorType(shape: shape, element: .integer)
    }
  }

  public var count: Int { elements.count }

  /// The elements as reals; integers are converted to the nearest single-precision number.
  public var reals: [Float] {
    switch elements {
    case .real(let values): values
    case .integer(let values): values.map(Float.init)
    }
  }

  /// The elements in double precision; integers beyond 2^53 are rounded.
  public var doubles: [Double] {
    switch elements {
    case .real(let values): values.map(Double.init)
    case .integer(let values): values.map(Double.init)
    }
  }

  /// Throws `.unsupported` where an element of a computed constant is not a number: a network may
  /// mean that, but nothing can be proven of it. Infinities are refused where they are used.
  public func requireNumbers() throws(GraphError) {
    guard case .real(let values) = elements, let place = values.firstIndex(where: \.isNaN) else {
      return
    }
    throw GraphError(.unsupported, "element \(place) of the constant it computes is not a number")
  }

  /// The elements of an integer tensor; nil for a real one.
  public var integers: [Int64]? {
    if case .integer(let values) = elements { values } else { nil }
  }
}

/// Shape and element type of a tensor.
public struct TensorType: Hashable, Sendable {
  public var shape: [Int]
  public var element: ElementType

  public init(shape: [Int], element: ElementType = .real) {
    self.shape = shape
    self.element = element
  }
}
