import Foundation
import TensorGraph

/// Reads `TensorProto`s. A tensor's declared size must be the size of its data, wherever that is,
/// so nothing is allocated that the file does not pay for.
struct TensorDecoder {
  /// Where external data may lie; nil refuses it.
  let externalData: ExternalData?

  /// - Parameter allowsNaN: whether elements may be no numbers.
  func decode(
    _ tensor: Onnx_TensorProto, allowsNaN: Bool = false
  ) throws(GraphError) -> DecodedTensor {
    let name = tensor.name
    let format = try ElementFormat(tensor.dataType, of: name)
    let shape = try dimensions(tensor)
    let count = try Shape.elementCount(shape)
    guard !tensor.hasSegment else {
      throw GraphError(.unsupported, "the tensor \"\(name)\" is stored in segments")
    }
    let elements: DecodedTensor.Elements
    if tensor.dataLocation == .external {
      guard let externalData else {
        throw GraphError(.value, "the tensor \"\(name)\" is stored in another file")
      }
      let bytes = try externalData.read(tensor, byteCount: format.byteCount(count))
      elements = try decode(bytes, format, count: count, name: name)
    } else if tensor.hasRawData {
      elements = try decode(tensor.rawData, format, count: count, name: name)
    } else {
      elements = try decodeFields(tensor, format, count: count)
    }
    if !allowsNaN { try checkNumbers(elements, name: name) }
    return DecodedTensor(shape: shape, elements: elements, isBoolean: format.kind == .boolean)
  }

  private func dimensions(_ tensor: Onnx_TensorProto) throws(GraphError) -> [Int] {
    var shape: [Int] = []
    for extent in tensor.dims {
      guard let size = Int(exactly: extent), size >= 0 else {
        throw GraphError(.shape, "the tensor \"\(tensor.name)\" has the extent \(extent)")
      }
      shape.append(size)
    }
    return shape
  }

  private func decode(
    _ bytes: Data, _ format: ElementFormat, count: Int, name: String
  ) throws(GraphError) -> DecodedTensor.Elements {
    guard bytes.count == format.byteCount(count) else {
      throw GraphError(
        .value,
        "the tensor \"\(name)\" has \(bytes.count) bytes of data; its shape and type need "
          + "\(format.byteCount(count))")
    }
    return switch format {
    case .float: .single(load(bytes) { (bits: UInt32) in Float(bitPattern: bits) })
    case .double: .double(load(bytes) { (bits: UInt64) in Double(bitPattern: bits) })
    case .float16: .single(load(bytes, floatFromHalf))
    case .bfloat16: .single(load(bytes, floatFromBFloat))
    case .bool: .integer(load(bytes) { (byte: UInt8) in byte == 0 ? 0 : 1 })
    case .signed(bits: 4): .integer(nibbles(bytes, count).map { $0 < 8 ? $0 : $0 - 16 })
    case .unsigned(bits: 4): .integer(nibbles(bytes, count))
    case .signed(bits: 8): .integer(load(bytes) { (bits: Int8) in Int64(bits) })
    case .signed(bits: 16): .integer(load(bytes) { (bits: Int16) in Int64(bits) })
    case .signed(bits: 32): .integer(load(bytes) { (bits: Int32) in Int64(bits) })
    case .signed: .integer(load(bytes) { (bits: Int64) in bits })
    case .unsigned(bits: 8): .integer(load(bytes) { (bits: UInt8) in Int64(bits) })
    case .unsigned(bits: 16): .integer(load(bytes) { (bits: UInt16) in Int64(bits) })
    case .unsigned(bits: 32): .integer(load(bytes) { (bits: UInt32) in Int64(bits) })
    case .unsigned: .integer(try signed(load(bytes) { (bits: UInt64) in bits }, name: name))
    }
  }

  /// Integers of 4 bits, of which the first of two is in the lower half of a byte.
  private func nibbles(_ bytes: some Sequence<UInt8>, _ count: Int) -> [Int64] {
    Array(bytes.flatMap { [Int64($0 & 15), Int64($0 >> 4)] }.prefix(count))
  }

  /// Little-endian words, converted one by one.
  private func load<Word: FixedWidthInteger, Value>(
    _ bytes: Data, _ convert: (Word) -> Value
  ) -> [Value] {
    let size = MemoryLayout<Word>.size
    return bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / size).map {
        convert(Word(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * size, as: Word.self)))
      }
    }
  }

  private func decodeFields(
    _ tensor: Onnx_TensorProto, _ format: ElementFormat, count: Int
  ) throws(GraphError) -> DecodedTensor.Elements {
    let elements: DecodedTensor.Elements
    let stored: Int
    switch format {
    case .float: (elements, stored) = (.single(tensor.floatData), tensor.floatData.count)
    case .double: (elements, stored) = (.double(tensor.doubleData), tensor.doubleData.count)
    case .float16, .bfloat16:
      elements = .single(try halves(tensor, format))
      stored = tensor.int32Data.count
    case .signed(bits: 64):
      (elements, stored) = (.integer(tensor.int64Data), tensor.int64Data.count)
    case .unsigned(bits: 32), .unsigned(bits: 64):
      elements = .integer(try signed(tensor.uint64Data, name: tensor.name))
      stored = tensor.uint64Data.count
    case .bool:
      (elements, stored) = (
        .integer(tensor.int32Data.map { $0 == 0 ? 0 : 1 }), tensor.int32Data.count
      )
    case .signed(bits: 4), .unsigned(bits: 4):
      return try decode(
        Data(tensor.int32Data.map { UInt8(truncatingIfNeeded: $0) }), format, count: count,
        name: tensor.name)
    case .signed, .unsigned:
      (elements, stored) = (.integer(tensor.int32Data.map(Int64.init)), tensor.int32Data.count)
    }
    guard stored == count else {
      throw GraphError(
        .value,
        "the tensor \"\(tensor.name)\" has \(stored) elements of data; its shape needs \(count)")
    }
    return elements
  }

  private func halves(
    _ tensor: Onnx_TensorProto, _ format: ElementFormat
  ) throws(GraphError) -> [Float] {
    var result: [Float] = []
    for word in tensor.int32Data {
      guard let bits = UInt16(exactly: word) else {
        throw GraphError(.value, "the tensor \"\(tensor.name)\" holds \(word) as a 16-bit float")
      }
      if case .float16 = format {
        result.append(floatFromHalf(bits))
      } else {
        result.append(floatFromBFloat(bits))
      }
    }
    return result
  }

  private func signed(_ values: [UInt64], name: String) throws(GraphError) -> [Int64] {
    var result: [Int64] = []
    for value in values {
      guard let narrowed = Int64(exactly: value) else {
        throw GraphError(.value, "the tensor \"\(name)\" holds \(value), beyond 63 bits")
      }
      result.append(narrowed)
    }
    return result
  }

  private func checkNumbers(
    _ elements: DecodedTensor.Elements, name: String
  ) throws(GraphError) {
    let position: Int? =
      switch elements {
      case .single(let values): values.firstIndex { $0.isNaN }
      case .double(let values): values.firstIndex { $0.isNaN }
      case .integer: nil
      }
    if let position {
      throw GraphError(.value, "element \(position) of the tensor \"\(name)\" is not a number")
    }
  }
}
