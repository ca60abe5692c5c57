import CommandSupport
import TensorFiles
import Verifier

/// Public tensors as files: `name.npy` real, `name.integers.npy` integers.
enum PublicFiles {
  private static let endings = [".npy", ".integers.npy"]

  /// Writes what accepted proofs show; those of several each in a folder named after it.
  ///
  /// The names are whatever the key's publisher chose: no file but an array is replaced, and none that
  /// was read.
  /// - Throws: `CommandError.input` for what no file holds and for what would be lost, before any file
  ///   is written, and when one can't be written.
  static func write(
    _ list: VerdictList, to directory: String, _ plan: inout FilePlan
  ) throws(CommandError) {
    let folders = FileNames(
      list.outcomes.map { String($0.path.split(separator: "/").last ?? "proof") }, endings: [""])
    var files: [(folder: String, files: [File])] = []
    for (outcome, folder) in zip(list.outcomes, folders.stems) {
      guard let verified = outcome.verdict?.verified else { continue }
      let path = list.outcomes.count == 1 ? directory : "\(directory)/\(folder)"
      files.append((path, try self.files(verified)))
    }
    var outputs: [(file: PlannedOutput, bytes: [UInt8])] = []
    for (folder, files) in files {
      try ArtifactFile.makeDirectory(folder)
      for file in files {
        let output = try plan.writes("\(folder)/\(file.name)", as: "--output-dir", .array)
        outputs.append((output, try file.bytes))
      }
    }
    for (file, bytes) in outputs { try file.write(bytes) }
  }

  private static func files(_ verified: VerifiedInference) throws(CommandError) -> [File] {
    let names = FileNames(verified.tensors.map(\.name), endings: endings)
    var files: [File] = []
    for (tensor, stem) in zip(verified.tensors, names.stems) {
      let values =
        [(tensor.reals, NumpyFormat.OutputType.float64)]
        + [(tensor.values.map(Double.init), .int64)]
      for (ending, (values, type)) in zip(endings, values) {
        files.append(File(name: stem + ending, value: try value(values, tensor), type: type))
      }
    }
    return files
  }

  private static func value(
    _ values: [Double], _ tensor: VerifiedInference.PublicTensor
  ) throws(CommandError) -> TensorValue {
    do throws(TensorFileError) {
      return try TensorValue(shape: tensor.shape, values: values)
    } catch {
      throw .input(
        "the proof is right, but the public \(tensor.role) \"\(Text.printable(tensor.name))\", "
          + "integers of \(Quantity.unit(tensor.fractionalBits)), fits in no file: \(error); leave "
          + "--output-dir away")
    }
  }

  private struct File {
    let name: String
    let value: TensorValue
    let type: NumpyFormat.OutputType

    var bytes: [UInt8] {
      get throws(CommandError) {
        do throws(TensorFileError) {
          return try NumpyFormat.encode(value, as: type)
        } catch {
          throw .input("\(name): \(error)")
        }
      }
    }
  }
}
