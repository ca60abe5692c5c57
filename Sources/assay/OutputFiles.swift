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
        name, output.shape.map(String.init).joined(separator: "×"),
        output.values.count > 10 ? shown + " …" : shown,
      ])
    }
    return table.text
  }

  /// One file for each output, named after it.
  static func write(
    _ outputs: [String: ModelInterface.RealTensor], _ interface: ModelInterface,
    to directory: String
  ) throws {
    try ArtifactFile.makeDirectory(directory)
    let names = FileNames(interface.outputs.map(\.name), endings: [".npy"])
    for (port, stem) in zip(interface.outputs, names.stems) {
      guard let output = outputs[port.name] else { continue }
      let path = "\(directory)/\(stem).npy"
      do throws(TensorFileError) {
        let value = try TensorValue(shape: output.shape, values: output.values)
        try TensorFile.writeNumpy(value, as: .float64, path: path)
      } catch {
        throw CommandError.input("\(error)")
      }
    }
  }
}

extension StageClock {
  /// The stages with what they took.
  var text: String {
    seconds.map { "\($0.stage) \(Quantity.seconds($0.seconds))" }.joined(separator: ", ")
  }
}
