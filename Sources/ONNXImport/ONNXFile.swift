import FileAccess
import Foundation
import SwiftProtobuf
import TensorGraph

/// Reading ONNX files.
public enum ONNXFile {
  /// The versions of the default operator set that are understood.
  public static let supportedOpsets = 7...22

  /// The largest model file, which is protobuf's own limit; larger models use external data.
  static let maximumBytes = 1 << 31

  /// Reads the model at `path`, with external data from the files beside it.
  public static func importModel(
    path: String, options: ImportOptions = .init()
  ) throws(ImportError) -> FloatGraph {
    let bytes = try read(path)
    let directory = URL(fileURLWithPath: path).resolvingSymlinksInPath()
      .deletingLastPathComponent().path
    return try importModel(
      bytes: bytes, name: path, externalData: ExternalData(directory: directory), options: options)
  }

  /// Reads a model that has no external data.
  public static func importModel(
    bytes: [UInt8], options: ImportOptions = .init()
  ) throws(ImportError) -> FloatGraph {
    try importModel(bytes: Data(bytes), name: "model", externalData: nil, options: options)
  }

  private static func importModel(
    bytes: Data, name: String, externalData: ExternalData?, options: ImportOptions
  ) throws(ImportError) -> FloatGraph {
    guard let model = try? Onnx_ModelProto(serializedBytes: bytes) else {
      throw .unreadable(path: name, reason: "it is not an ONNX model, or is damaged")
    }
    guard model.hasGraph else {
      throw .unreadable(path: name, reason: "it is not an ONNX model: it has no graph")
    }
    var importer = GraphImporter(
      opset: try opset(of: model), options: options,
      decoder: TensorDecoder(externalData: externalData))
    return try importer.importGraph(model.graph)
  }

  private static func opset(of model: Onnx_ModelProto) throws(ImportError) -> Int {
    let imports = model.opsetImport.filter { $0.domain.isEmpty || $0.domain == "ai.onnx" }
    guard imports.count == 1 else {
      throw .unsupportedModel(
        reason: "the model names \(imports.count) versions of the ONNX operator set, not one")
    }
    guard let version = Int(exactly: imports[0].version), supportedOpsets.contains(version) else {
      throw .unsupportedModel(
        reason: "the model uses opset \(imports[0].version); \(supportedOpsets.lowerBound) to "
          + "\(supportedOpsets.upperBound) are supported: convert it with onnx.version_converter")
    }
    return version
  }

  /// Reads a file holding one serialised `TensorProto`, as ONNX's own test data are kept.
  public static func readTensor(path: String) throws(ImportError) -> NamedTensor {
    let bytes = try read(path)
    guard let tensor = try? Onnx_TensorProto(serializedBytes: bytes) else {
      throw .unreadable(path: path, reason: "it is not an ONNX tensor, or is damaged")
    }
    do throws(GraphError) {
      let decoded = try TensorDecoder(externalData: nil).decode(tensor)
      return NamedTensor(
        name: tensor.name, shape: decoded.shape, values: try decoded.exactDoubles())
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
  }

  /// A tensor read from a file, its elements exact.
  public struct NamedTensor: Equatable, Sendable {
    /// The name in the file; often empty.
    public let name: String
    public let shape: [Int]
    public let values: [Double]
  }

  private static func read(_ path: String) throws(ImportError) -> Data {
    do throws(FileError) {
      return try FileBytes.data(path, limit: maximumBytes)
    } catch {
      throw .unreadable(path: path, reason: error.words)
    }
  }
}
