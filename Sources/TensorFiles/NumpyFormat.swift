/// NumPy's array format, versions 1 to 3.
public enum NumpyFormat {
  /// The element types that are written.
  public enum OutputType: Sendable {
    case float32
    case float64
    /// Every value must be an integer.
    case int64
  }

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Decodes a whole file; anything missing or left over is an error.
  public static func decode(_ bytes: [UInt8]) throws(TensorFileError) -> TensorValue {
    let header = try NumpyHeader(bytes)
    let count = try TensorValue.elementCount(header.shape)
    let available = bytes.count - header.dataOffset
    guard available == count * header.type.size else {
      throw TensorFileError(
        "it has \(available) bytes of data; the shape \(header.shape) of \(header.type.name) needs "
          + "\(count * header.type.size)")
    }
    if header.type.isOfWords {
      guard !header.isColumnMajor else {
        throw TensorFileError("it holds words in Fortran's order; write it in C's")
      }
      return try TensorValue(
        shape: header.shape,
        words: header.type.decodeWords(bytes[header.dataOffset...], count: count))
    }
    let values = try header.type.decode(bytes[header.dataOffset...], count: count)
    let ordered = header.isColumnMajor ? rowMajor(values, header.shape) : values
    return try TensorValue(shape: header.shape, values: ordered)
  }

  /// The bytes of a version 1 file in row-major, little-endian order. Single precision rounds to
  /// nearest; a value it can't hold is an error.
  public static func encode(
    _ value: TensorValue, as type: OutputType
  ) throws(TensorFileError) -> [UInt8] {
    let descriptor =
      switch type {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int64: "<i8"
      }
    var bytes = try header(descriptor, value.shape)
    for (index, element) in value.values.enumerated() {
      switch type {
      case .float32:
        let rounded = Float(element)
        guard rounded.isFinite else {
          throw TensorFileError("element \(index) is \(element), beyond single precision")
        }
        append(rounded.bitPattern, to: &bytes)
      case .float64: append(element.bitPattern, to: &bytes)
      case .int64:
        guard let integer = Int64(exactly: element) else {
          throw TensorFileError("element \(index) is \(element), not a 64-bit integer")
        }
        append(integer, to: &bytes)
      }
    }
    return bytes
  }

  private static func header(
    _ descriptor: String, _ shape: [Int]
  ) throws(TensorFileError) -> [UInt8] {
    let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(extents)), }"
    let unpadded = magic.count + 4 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    guard let length = UInt16(exactly: text.utf8.count) else {
      throw TensorFileError("the shape has too many axes")
    }
    var bytes = magic + [1, 0]
    append(length, to: &bytes)
    return bytes + Array(text.utf8)
  }

  private static func append(_ word: some FixedWidthInteger, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// The row-major order of elements given with the first axis running fastest.
  private static func rowMajor(_ values: [Double], _ shape: [Int]) -> [Double] {
    var strides: [Int] = []
    var stride = 1
    for extent in shape {
      strides.append(stride)
      stride *= extent
    }
    var index = [Int](repeating: 0, count: shape.count)
    var offset = 0
    return values.indices.map { _ in
      defer { advance(&index, &offset, shape, strides) }
      return values[offset]
    }
  }

  private static func advance(
    _ index: inout [Int], _ offset: inout Int, _ shape: [Int], _ strides: [Int]
  ) {
    for axis in shape.indices.reversed() {
      index[axis] += 1
      offset += strides[axis]
      if index[axis] < shape[axis] { return }
      offset -= index[axis] * strides[axis]
      index[axis] = 0
    }
  }
}
