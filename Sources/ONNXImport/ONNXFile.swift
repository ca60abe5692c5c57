import Equations
import FileAccess
import Foundation
import TensorGraph

/// Reading ONNX files.
public enum ONNXFile {
  /// The versions of the default operator set that are understood.
  public static let supportedOpsets = 1...28

  /// The largest model file, which is protobuf's own limit; larger models use external data.
  static let maximumBytes = 1 << 31

  /// Reads the model at `path`, with external data from the files beside it.
  public static func importModel(
    path: String, options: ImportOptions = .init()
  ) throws(ImportError) -> EquationGraph {
    try ONNXModel(path: path).graph(options)
  }

  /// Reads a model that has no external data.
  public static func importModel(
    bytes: [UInt8], options: ImportOptions = .init()
  ) throws(ImportError) -> EquationGraph {
    try ONNXModel(bytes: bytes).graph(options)
  }

  /// Reads a file holding one serialised `TensorProto`, as ONNX's own test data are kept.
  public static func readTensor(path: String) throws(ImportError) -> NamedTensor {
    try readTensor(bytes: try read(path), name: path)
  }

  /// Reads one serialised `TensorProto`.
  public static func readTensor(bytes: [UInt8]) throws(ImportError) -> NamedTensor {
    try readTensor(bytes: Data(bytes), name: "tensor")
  }

  private static func readTensor(
    bytes: Data, name: String
  ) throws(ImportError) -> NamedTensor {
    guard let tensor = try? Onnx_TensorProto(serializedBytes: bytes) else {
      throw .unreadable(path: name, reason: "it is not an ONNX tensor, or is damaged")
    }
    do throws(GraphError) {
      let decoded = try TensorDecoder(externalData: nil).decode(tensor)
      return NamedTensor(
        name: tensor.name, shape: decoded.shape, values: try decoded.exactDoubles())
    } catch {
      throw .unreadable(path: name, reason: error.reason)
    }
  }

  /// A tensor read from a file, its elements exact.
  public struct NamedTensor: Equatable, Sendable {
    /// The name in the file; often empty.
    public let name: String
    public let shape: [Int]
    public let values: [Double]
  }

  static func read(_ path: String) throws(ImportError) -> Data {
    do throws(FileError) {
      return try FileBytes.data(path, limit: maximumBytes)
    } catch {
      throw .unreadable(path: path, reason: error.words)
    }
  }
}
