import CommandSupport
import TensorFiles
import Verifier

/// Public tensors as files: `name.npy` real, `name.integers.npy` integers.
enum PublicFiles {
  private static let endings = [".npy", ".integers.npy"]

  /// Writes what accepted proofs show; those of several each in a folder named after it.
  /// - Parameter plan: has what the command reads.
  /// - Throws: `CommandError.input` for what no file holds, for a file that is read as well or is no
  ///   array, before any is written, and when one can't be written.
  static func write(
    _ list: VerdictList, to directory: String, _ plan: FilePlan
  ) throws(CommandError) {
    let folders = FileNames(
      list.outcomes.map { String($0.path.split(separator: "/").last ?? "proof") }, endings: [""])
    var files: [(folder: String, files: [File])] = []
    for (outcome, folder) in zip(list.outcomes, folders.stems) {
      guard let verified = outcome.verdict?.verified else { continue }
      let path = list.outcomes.count == 1 ? directory : "\(directory)/\(folder)"
      files.append((path, try self.files(verified)))
    }
    var plan = plan
    var outputs: [(output: PlannedOutput, bytes: [UInt8])] = []
    for (folder, files) in files {
      try ArtifactFile.makeDirectory(folder)
      for file in files {
        let path = "\(folder)/\(file.name)"
        outputs.append((try plan.writes(path, as: "--output-dir", .array), try file.bytes(path)))
      }
    }
    for (output, bytes) in outputs { try output.write(bytes) }
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
          + "integers of \(Quantity.power(-tensor.fractionalBits)), fits in no file: \(error); leave "
          + "--output-dir away")
    }
  }

  private struct File {
    let name: String
    let value: TensorValue
    let type: NumpyFormat.OutputType

    func bytes(_ path: String) throws(CommandError) -> [UInt8] {
      do throws(TensorFileError) {
        return try NumpyFormat.encode(value, as: type)
      } catch {
        throw .input("\(path): \(error)")
      }
    }
  }
}
