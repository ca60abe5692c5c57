import FileAccess
import Foundation

/// Reading and writing tensors by path. A file's size is checked before any of it is read.
public enum TensorFile {
  /// The largest file that is read: the largest tensor in its widest format, and its header.
  public static let maximumBytes = TensorValue.maximumElements * 8 + (1 << 20)

  /// Reads a NumPy array file.
  public static func readNumpy(path: String) throws(TensorFileError) -> TensorValue {
    let bytes = try read(path)
    do throws(TensorFileError) {
      return try NumpyFormat.decode(bytes)
    } catch {
      throw error.at(path: path)
    }
  }

  /// Writes a NumPy array file, replacing what is there.
  public static func writeNumpy(
    _ value: TensorValue, as type: NumpyFormat.OutputType = .float32, path: String
  ) throws(TensorFileError) {
    do throws(TensorFileError) {
      try write(try NumpyFormat.encode(value, as: type), path: path)
    } catch {
      throw error.at(path: path)
    }
  }

  /// Reads the inputs of `{"input_data": [...]}`, one tensor for each.
  public static func readJSON(path: String) throws(TensorFileError) -> [TensorValue] {
    let bytes = try read(path)
    do throws(TensorFileError) {
      return try JSONTensors.decode(bytes)
    } catch {
      throw error.at(path: path)
    }
  }

  private static func read(_ path: String) throws(TensorFileError) -> [UInt8] {
    do throws(FileError) {
      return try FileBytes.read(path, limit: maximumBytes)
    } catch {
      throw TensorFileError(path: path, error.words)
    }
  }

  private static func write(_ bytes: [UInt8], path: String) throws(TensorFileError) {
    do {
      let file = try NewFile(path)
      try file.write(bytes)
      try file.finish()
    } catch let error as FileError {
      throw TensorFileError(path: path, error.words)
    } catch {
      throw TensorFileError(path: path, "can't be written: \(error)")
    }
  }
}
