/// A dense row-major tensor as files hold it. Every element is finite and exactly what the file
/// says: an integer that a double can't hold is an error, never rounded.
public struct TensorValue: Equatable, Sendable {
  public let shape: [Int]
  public let values: [Double]
  /// The words of the file, each once, where its elements are words: `values` are their places.
  public private(set) var words: [String]?

  /// The most elements any file may hold.
  public static let maximumElements = 1 << 28

  /// Throws unless the extents are not negative, their product is the number of values and at most
  /// `maximumElements`, and every value is finite.
  public init(shape: [Int], values: [Double]) throws(TensorFileError) {
    guard try Self.elementCount(shape) == values.count else {
      throw TensorFileError("\(values.count) elements do not fill the shape \(shape)")
    }
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw TensorFileError("element \(index) is \(values[index]), not a finite number")
    }
    self.shape = shape
    self.values = values
  }

  /// A tensor of words, under the same conditions.
  public init(shape: [Int], words: [String]) throws(TensorFileError) {
    var places: [String: Int] = [:]
    var list: [String] = []
    let values = words.map { word -> Double in
      if let known = places[word] { return Double(known) }
      places[word] = list.count
      list.append(word)
      return Double(list.count - 1)
    }
    try self.init(shape: shape, values: values)
    self.words = list
  }

  /// The same elements in another shape of the same size, for files that list them flat.
  public func reshaped(to shape: [Int]) throws(TensorFileError) -> TensorValue {
    guard try Self.elementCount(shape) == values.count else {
      throw TensorFileError(
        "it has the shape \(self.shape), \(values.count) elements; \(shape) is needed")
    }
    var result = try TensorValue(shape: shape, values: values)
    result.words = words
    return result
  }

  static func elementCount(_ shape: [Int]) throws(TensorFileError) -> Int {
    guard shape.allSatisfy({ $0 >= 0 }) else {
      throw TensorFileError("the shape \(shape) has a negative extent")
    }
    if shape.contains(0) { return 0 }
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= maximumElements else {
        throw TensorFileError("the shape \(shape) has more than \(maximumElements) elements")
      }
      count = product
    }
    return count
  }
}

/// Why a tensor file could not be read or written.
public struct TensorFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Empty where the bytes did not come from a file.
  public let path: String
  public let reason: String

  public init(path: String = "", _ reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { path.isEmpty ? reason : "\(path): \(reason)" }

  func at(path: String) -> TensorFileError {
    self.path.isEmpty ? TensorFileError(path: path, reason) : self
  }
}
