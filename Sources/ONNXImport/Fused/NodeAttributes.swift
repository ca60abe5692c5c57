// Attributes and constants of the nodes that fused ones are made of.
extension Onnx_AttributeProto {
  static func int(_ name: String, _ value: Int) -> Self {
    var attribute = Self(name, .int)
    attribute.i = Int64(value)
    return attribute
  }

  static func ints(_ name: String, _ values: [Int]) -> Self {
    var attribute = Self(name, .ints)
    attribute.ints = values.map(Int64.init)
    return attribute
  }

  static func float(_ name: String, _ value: Float) -> Self {
    var attribute = Self(name, .float)
    attribute.f = value
    return attribute
  }

  static func tensor(_ name: String, _ value: Onnx_TensorProto) -> Self {
    var attribute = Self(name, .tensor)
    attribute.t = value
    return attribute
  }

  private init(_ name: String, _ type: AttributeType) {
    self.init()
    self.name = name
    self.type = type
  }
}

extension Onnx_TensorProto {
  /// A list.
  static func integers(_ values: [Int]) -> Self {
    var tensor = Self()
    tensor.dataType = Int32(DataType.int64.rawValue)
    tensor.dims = [Int64(values.count)]
    tensor.int64Data = values.map(Int64.init)
    return tensor
  }

  /// Integers of 8 bits without sign.
  static func bytes(_ values: [Int64], shape: [Int]) -> Self {
    var tensor = Self()
    tensor.dataType = Int32(DataType.uint8.rawValue)
    tensor.dims = shape.map(Int64.init)
    tensor.int32Data = values.map(Int32.init)
    return tensor
  }

  static func reals(_ values: [Float], shape: [Int] = []) -> Self {
    var tensor = Self()
    tensor.dataType = Int32(DataType.float.rawValue)
    tensor.dims = shape.map(Int64.init)
    tensor.floatData = values
    return tensor
  }
}
