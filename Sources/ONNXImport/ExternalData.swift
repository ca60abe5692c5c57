import Foundation
import TensorGraph

/// Tensor data that a model keeps in other files. Only regular files inside the model's own
/// directory are read, after symbolic links are resolved.
struct ExternalData {
  private let directory: String

  /// `directory` is the folder that holds the model.
  init(directory: String) {
    self.directory = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
  }

  /// The `byteCount` bytes of `tensor`.
  func read(_ tensor: Onnx_TensorProto, byteCount: Int) throws(GraphError) -> Data {
    let fields = try Fields(tensor)
    let path = try resolve(fields.location, of: tensor.name)
    let fileSize = try size(path, of: tensor.name)
    let available = max(0, fileSize - fields.offset)
    let length = fields.length ?? available
    guard fields.offset <= fileSize, length <= available else {
      throw fault(
        tensor.name,
        "needs bytes \(fields.offset)..+\(length) of \"\(fields.location)\", which has \(fileSize)")
    }
    guard length == byteCount else {
      throw fault(
        tensor.name,
        "has \(length) bytes in \"\(fields.location)\"; its shape and type need \(byteCount)")
    }
    guard let bytes = load(path, offset: fields.offset, count: byteCount) else {
      throw fault(tensor.name, "can't be read from \"\(fields.location)\"")
    }
    return bytes
  }

  /// The file that a tensor is read from; nil for one that lies in the model, or in no file that is
  /// read.
  func path(of tensor: Onnx_TensorProto) -> String? {
    guard tensor.dataLocation == .external, let fields = try? Fields(tensor) else { return nil }
    return try? resolve(fields.location, of: tensor.name)
  }

  private struct Fields {
    var location = ""
    var offset = 0
    var length: Int?

    init(_ tensor: Onnx_TensorProto) throws(GraphError) {
      for entry in tensor.externalData {
        switch entry.key {
        case "location": location = entry.value
        case "offset": offset = try Self.number(entry.value, tensor.name)
        case "length": length = try Self.number(entry.value, tensor.name)
        default: break
        }
      }
    }

    private static func number(_ text: String, _ tensor: String) throws(GraphError) -> Int {
      guard let value = Int(text), value >= 0 else {
        throw ExternalData.fault(tensor, "has the external offset or length \"\(text)\"")
      }
      return value
    }
  }

  private func resolve(_ location: String, of tensor: String) throws(GraphError) -> String {
    let parts = location.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != ".." && $0 != "." }
    guard isPlain, !location.contains("\\"), !location.contains("\0") else {
      throw fault(
        tensor,
        "is stored at \"\(location)\"; only plain relative paths inside the model's directory "
          + "are read")
    }
    let path = URL(fileURLWithPath: directory).appendingPathComponent(location)
      .resolvingSymlinksInPath().path
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    guard path.hasPrefix(prefix) else {
      throw fault(tensor, "is stored at \"\(location)\", which leaves the model's directory")
    }
    return path
  }

  private func size(_ path: String, of tensor: String) throws(GraphError) -> Int {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
      attributes[.type] as? FileAttributeType == .typeRegular,
      let size = (attributes[.size] as? NSNumber)?.intValue
    else {
      throw fault(tensor, "is stored in \"\(path)\", which is not a readable file")
    }
    return size
  }

  private func load(_ path: String, offset: Int, count: Int) -> Data? {
    guard let file = FileHandle(forReadingAtPath: path) else { return nil }
    defer { try? file.close() }
    guard (try? file.seek(toOffset: UInt64(offset))) != nil,
      let bytes = try? file.read(upToCount: count) ?? Data(), bytes.count == count
    else { return nil }
    return bytes
  }

  private static func fault(_ tensor: String, _ reason: String) -> GraphError {
    GraphError(.value, "the tensor \"\(tensor)\" \(reason)")
  }

  private func fault(_ tensor: String, _ reason: String) -> GraphError {
    Self.fault(tensor, reason)
  }
}
