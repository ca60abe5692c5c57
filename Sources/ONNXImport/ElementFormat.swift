import Equations
import TensorGraph

/// The element types of ONNX tensors that can be read, and how each is stored.
enum ElementFormat {
  case float, double, float16, bfloat16
  /// Of 4, 8, 16, 32 or 64 bits.
  case signed(bits: Int)
  case unsigned(bits: Int)
  case bool

  /// Throws `.unsupported` for strings, complex numbers and formats of floating point with 8 bits or fewer.
  init(_ dataType: Int32, of tensor: String) throws(GraphError) {
    switch Onnx_TensorProto.DataType(rawValue: Int(dataType)) {
    case .float: self = .float
    case .double: self = .double
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .int8: self = .signed(bits: 8)
    case .int16: self = .signed(bits: 16)
    case .int32: self = .signed(bits: 32)
    case .int64: self = .signed(bits: 64)
    case .int4: self = .signed(bits: 4)
    case .uint4: self = .unsigned(bits: 4)
    case .uint8: self = .unsigned(bits: 8)
    case .uint16: self = .unsigned(bits: 16)
    case .uint32: self = .unsigned(bits: 32)
    case .uint64: self = .unsigned(bits: 64)
    case .bool: self = .bool
    case .some(let type):
      throw GraphError(.unsupported, "the tensor \"\(tensor)\" has elements of type \(type)")
    case nil:
      throw GraphError(.value, "the tensor \"\(tensor)\" has the unknown type \(dataType)")
    }
  }

  /// Bits of an element in `raw_data`.
  var bits: Int {
    switch self {
    case .float: 32
    case .double: 64
    case .float16, .bfloat16: 16
    case .signed(let bits), .unsigned(let bits): bits
    case .bool: 8
    }
  }

  /// Bytes of so many elements in `raw_data`, in which two elements of 4 bits share a byte; no number that
  /// any file has where that is too large.
  func byteCount(_ count: Int) -> Int {
    bits >= 8 ? count * (bits / 8) : count / 2 + count % 2
  }

  var kind: ElementKind {
    switch self {
    case .float, .double, .float16, .bfloat16: .real
    case .signed, .unsigned: .integer
    case .bool: .boolean
    }
  }

  /// The values of an integer format, as far as 64 bits hold them.
  var limits: ClosedRange<Double>? {
    switch self {
    case .float, .double, .float16, .bfloat16: nil
    case .signed(let bits):
      -Double(
        sign: .plus, exponent: bits - 1, significand: 1)...Double(
          sign: .plus, exponent: bits - 1, significand: 1
        ).nextDown
    case .unsigned(let bits):
      0...Double(sign: .plus, exponent: min(bits, 63), significand: 1).nextDown
    case .bool: 0...1
    }
  }
}

/// A tensor as its file holds it: exact, before it is rounded to the graph's element types.
struct DecodedTensor {
  enum Elements {
    case single([Float])
    case double([Double])
    case integer([Int64])
  }

  let shape: [Int]
  let elements: Elements
  /// Whether its integers are truth values.
  let isBoolean: Bool

  func graphTensor() throws(GraphError) -> Tensor {
    switch elements {
    case .single(let values): try Tensor(shape: shape, real: values)
    case .double(let values): try Tensor(shape: shape, real: values.map(Float.init))
    case .integer(let values): try Tensor(shape: shape, integer: values)
    }
  }

  /// The elements as doubles; an integer that a double can't hold is an error.
  func exactDoubles() throws(GraphError) -> [Double] {
    switch elements {
    case .single(let values): return values.map(Double.init)
    case .double(let values): return values
    case .integer(let values):
      var result: [Double] = []
      result.reserveCapacity(values.count)
      for (index, value) in values.enumerated() {
        guard let exact = Double(exactly: value) else {
          throw GraphError(
            .value, "element \(index) is \(value), which a double does not hold exactly")
        }
        result.append(exact)
      }
      return result
    }
  }
}

/// The single-precision value of an IEEE half-precision bit pattern.
func floatFromHalf(_ bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

/// The single-precision value of a bfloat16 bit pattern.
func floatFromBFloat(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
