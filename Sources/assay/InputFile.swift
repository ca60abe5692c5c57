import CommandSupport
import Compiler
import FileAccess
import Foundation
import ONNXImport
import TensorFiles
import TensorGraph

/// The tensors of a file, whatever its format.
struct InputFile {
  var path: String
  var tensors: [TensorValue]
  /// Whether the file says how its values are arranged.
  var isShaped: Bool

  /// Reads `.npy`, `.json` or `.pb`; of standard input (`-`) and pipes the contents say which.
  static func read(_ path: String) throws -> InputFile {
    do {
      switch try format(of: path) {
      case "npy":
        return InputFile(
          path: path, tensors: [try TensorFile.readNumpy(path: path)], isShaped: true)
      case "json":
        return InputFile(path: path, tensors: try TensorFile.readJSON(path: path), isShaped: false)
      case "pb":
        let tensor = try ONNXFile.readTensor(path: path)
        let value = try TensorValue(shape: tensor.shape, values: tensor.values)
        return InputFile(path: path, tensors: [value], isShaped: true)
      default:
        throw CommandError.input("\(path): inputs are .npy, .pb or .json files")
      }
    } catch let error as TensorFileError {
      throw CommandError.input("\(error)")
    } catch let error as ImportError {
      throw CommandError.input("\(error)")
    }
  }

  private static func format(of path: String) throws -> String {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    let isStream = path == "-" || (try? FilePlace(path).kind) == .stream
    guard isStream, !["npy", "json", "pb"].contains(ending) else { return ending }
    let start = try ArtifactFile.prefix(path, count: 64)
    if FileKind.array.claims(start) { return "npy" }
    let first = start.first { !" \t\r\n".utf8.contains($0) }
    return first == UInt8(ascii: "{") ? "json" : "pb"
  }

  /// The tensor of a file that has just one.
  func only() throws -> TensorValue {
    guard tensors.count == 1 else {
      throw CommandError.input("\(path): holds \(tensors.count) tensors where one is needed")
    }
    return tensors[0]
  }
}
