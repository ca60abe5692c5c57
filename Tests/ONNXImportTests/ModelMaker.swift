import Foundation

@testable import ONNXImport

/// Small models built in memory, sound or not.
enum ModelMaker {
  static func model(
    opset: Int64 = 13, _ nodes: [Onnx_NodeProto], input: [Int64] = [1, 4],
    initializers: [Onnx_TensorProto] = [], outputs: [String] = ["y"]
  ) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    var version = Onnx_OperatorSetIdProto()
    version.version = opset
    model.opsetImport = [version]
    model.graph.node = nodes
    model.graph.input = [tensorInfo("x", input)]
    model.graph.initializer = initializers
    model.graph.output = outputs.map { tensorInfo($0, []) }
    return model
  }

  static func tensorInfo(
    _ name: String, _ shape: [Int64], type: Onnx_TensorProto.DataType = .float
  ) -> Onnx_ValueInfoProto {
    var info = Onnx_ValueInfoProto()
    info.name = name
    info.type.tensorType.elemType = Int32(type.rawValue)
    info.type.tensorType.shape.dim = shape.map { extent in
      var dimension = Onnx_TensorShapeProto.Dimension()
      if extent > 0 {
        dimension.dimValue = extent
      } else {
        dimension.dimParam = "n\(extent.magnitude)"
      }
      return dimension
    }
    return info
  }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], name: String = "",
    ints: [String: [Int64]] = [:], int: [String: Int64] = [:], float: [String: Float] = [:],
    text: [String: String] = [:]
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = type
    node.name = name
    node.input = inputs
    node.output = outputs
    node.attribute =
      ints.map { pair in attribute(pair.key, .ints) { $0.ints = pair.value } }
      + int.map { pair in attribute(pair.key, .int) { $0.i = pair.value } }
      + float.map { pair in attribute(pair.key, .float) { $0.f = pair.value } }
      + text.map { pair in attribute(pair.key, .string) { $0.s = Data(pair.value.utf8) } }
    return node
  }

  static func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType,
    _ set: (inout Onnx_AttributeProto) -> Void
  ) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = type
    set(&attribute)
    return attribute
  }

  static func floats(_ name: String, _ shape: [Int64], _ values: [Float]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape
    tensor.dataType = Int32(Onnx_TensorProto.DataType.float.rawValue)
    tensor.floatData = values
    return tensor
  }

  /// - Parameter shape: nil for a list.
  static func integers(
    _ name: String, _ values: [Int64], shape: [Int64]? = nil
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape ?? [Int64(values.count)]
    tensor.dataType = Int32(Onnx_TensorProto.DataType.int64.rawValue)
    tensor.int64Data = values
    return tensor
  }

  /// Integers of 8 or 32 bits.
  static func integers(
    _ name: String, _ values: [Int32], _ type: Onnx_TensorProto.DataType, shape: [Int64]
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape
    tensor.dataType = Int32(type.rawValue)
    tensor.int32Data = values
    return tensor
  }

  static func booleans(
    _ name: String, _ values: [Bool], shape: [Int64]? = nil
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = shape ?? [Int64(values.count)]
    tensor.dataType = Int32(Onnx_TensorProto.DataType.bool.rawValue)
    tensor.int32Data = values.map { $0 ? 1 : 0 }
    return tensor
  }
}

extension Onnx_ModelProto {
  var bytes: [UInt8] {
    get throws { try serializedBytes() }
  }

  /// The error that importing gives; nil where it succeeds.
  func importError(_ options: ImportOptions = .init()) throws -> ImportError? {
    let bytes = try bytes
    do throws(ImportError) {
      _ = try ONNXFile.importModel(bytes: bytes, options: options)
      return nil
    } catch {
      return error
    }
  }
}
