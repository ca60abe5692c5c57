import CommandSupport
import Compiler
import TensorFiles

/// A network's outputs for people, for programs and as files.
enum OutputFiles {
  static func json(_ outputs: [String: ModelInterface.RealTensor]) -> JSONValue {
    .object(
      outputs.keys.sorted().compactMap { name in
        outputs[name].map { output in
          .init(
            name,
            .object(["shape": .integers(output.shape), "values": .numbers(output.values)]))
        }
      })
  }

  /// The first values of each output.
  static func table(_ outputs: [String: ModelInterface.RealTensor]) -> String {
    var table = TextTable([("output", .left), ("shape", .left), ("values", .left)])
    for name in outputs.keys.sorted() {
      guard let output = outputs[name] else { continue }
      let shown = output.values.prefix(10).map { Quantity.text($0) }.joined(separator: " ")
      table.append([
        Text.ownName(name), output.shape.map(String.init).joined(separator: "×"),
        output.values.count > 10 ? shown + " …" : shown,
      ])
    }
    return table.text
  }

  /// The files of a folder, made if there is none: one for each output, by its name.
  /// - Throws: `CommandError.input`, as for every planned file.
  static func plan(
    _ interface: ModelInterface, in directory: String, _ plan: inout FilePlan
  ) throws -> [String: PlannedOutput] {
    try ArtifactFile.makeDirectory(directory)
    var names = FileNames()
    var files: [String: PlannedOutput] = [:]
    for port in interface.outputs {
      files[port.name] = try plan.writes(
        "\(directory)/\(names.unique(port.name)).npy", as: "output", .array)
    }
    return files
  }

  static func write(
    _ outputs: [String: ModelInterface.RealTensor], to files: [String: PlannedOutput]
  ) throws {
    for (name, file) in files {
      guard let output = outputs[name] else { continue }
      let bytes: [UInt8]
      do throws(TensorFileError) {
        let value = try TensorValue(shape: output.shape, values: output.values)
        bytes = try NumpyFormat.encode(value, as: .float64)
      } catch {
        throw CommandError.input("\(file.path): \(error)")
      }
      try file.write(bytes)
    }
  }
}

extension StageClock {
  /// The stages with what they took.
  var text: String {
    seconds.map { "\($0.stage) \(Quantity.seconds($0.seconds))" }.joined(separator: ", ")
  }
}
