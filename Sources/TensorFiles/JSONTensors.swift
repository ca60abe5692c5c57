/// Network inputs as JSON: `{"input_data": [...]}`, where each entry is one input, as a flat list
/// of numbers or words, or nested lists; a single flat list of these is a single input. Other keys
/// are ignored.
public enum JSONTensors {
  /// Decodes a whole file; numbers that are integers must fit a double exactly.
  public static func decode(_ bytes: [UInt8]) throws(TensorFileError) -> [TensorValue] {
    var parser = JSONParser(bytes)
    guard case .object(let members) = try parser.parse() else {
      throw TensorFileError("it is not a JSON object such as \(example)")
    }
    guard let data = members["input_data"] else {
      throw TensorFileError("it has no \"input_data\", as \(example) has")
    }
    guard case .array(let entries) = data else {
      throw TensorFileError("its \"input_data\" is not a list, as that of \(example)")
    }
    switch entries.first {
    case .number?, .string?: return [try tensor(data)]
    default: break
    }
    var result: [TensorValue] = []
    for entry in entries { result.append(try tensor(entry)) }
    return result
  }

  /// One input of two numbers, for messages.
  private static let example = "{\"input_data\": [[0.5, -1]]}"

  private static func tensor(_ value: JSONValue) throws(TensorFileError) -> TensorValue {
    let shape = shape(value)
    // A short text can claim many elements: room is made for those alone that are there.
    var values: [Double] = []
    var words: [String] = []
    try collect(value, shape[...], &values, &words)
    guard !words.isEmpty else { return try TensorValue(shape: shape, values: values) }
    guard values.isEmpty else {
      throw TensorFileError("its \"input_data\" holds both numbers and words in one input")
    }
    return try TensorValue(shape: shape, words: words)
  }

  /// The shape along the first element of each list; `collect` checks that all lists agree.
  private static func shape(_ value: JSONValue) -> [Int] {
    var shape: [Int] = []
    var current = value
    while case .array(let elements) = current {
      shape.append(elements.count)
      guard let first = elements.first else { break }
      current = first
    }
    return shape
  }

  private static func collect(
    _ value: JSONValue, _ shape: ArraySlice<Int>, _ values: inout [Double],
    _ words: inout [String]
  ) throws(TensorFileError) {
    switch value {
    case .number(let number) where shape.isEmpty: values.append(number)
    case .string(let word) where shape.isEmpty: words.append(word)
    case .array(let elements) where elements.count == shape.first:
      for element in elements { try collect(element, shape.dropFirst(), &values, &words) }
    case .array, .number, .string:
      throw TensorFileError("its \"input_data\" holds lists of different lengths or depths")
    default:
      throw TensorFileError(
        "its \"input_data\" holds something that is neither a number nor a word")
    }
  }
}
