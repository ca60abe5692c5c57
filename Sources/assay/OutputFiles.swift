import CommandSupport
import Compiler
import TensorFiles
import Witness

/// An output of the network, of one inference or of several ones.
struct NamedOutput {
  /// As the network calls it.
  var name: String
  var tensor: ModelInterface.RealTensor
  /// The words that its integers are the places of.
  var vocabulary: [String]?

  /// Its elements as words, where they are some.
  var words: [String]? {
    vocabulary.map { list in
      tensor.values.map { list.indices.contains(Int($0)) ? list[Int($0)] : "" }
    }
  }
}

/// The network's outputs of some inferences as real numbers, in the network's order. Several ones lie
/// along a leading axis: the output's own if the inputs were given so, and it has one of extent 1.
func realOutputs(
  _ interface: ModelInterface, _ batch: [Assignment], of inputs: GivenInputs
) -> [NamedOutput] {
  let samples = batch.map { assignment in interface.outputs { assignment[$0].values } }
  return interface.outputs.map { port in
    var shape = port.shape
    if samples.count > 1 {
      if inputs.isAlongOwnAxis, shape.first == 1 { shape.removeFirst() }
      shape.insert(samples.count, at: 0)
    }
    return NamedOutput(
      name: port.name,
      tensor: .init(shape: shape, values: samples.flatMap { $0[port.name]?.values ?? [] }),
      vocabulary: port.words)
  }
}

/// A network's outputs for people, for programs and as files.
enum OutputFiles {
  static func json(_ outputs: [NamedOutput]) -> JSONValue {
    .object(
      outputs.map { output in
        .init(
          output.name,
          .object(
            [
              .init("shape", .integers(output.tensor.shape)),
              .init("values", .numbers(output.tensor.values)),
            ] + (output.words.map { [.init("words", .array($0.map { .string($0) }))] } ?? [])))
      })
  }

  /// The first values of each output.
  static func table(_ outputs: [NamedOutput]) -> String {
    var table = TextTable([("output", .left), ("shape", .left), ("values", .left)])
    for output in outputs {
      let values = output.tensor.values
      let texts = output.words.map { $0.prefix(10).map { Text.printable($0) } }
      let shown = (texts ?? values.prefix(10).map { Quantity.text($0) }).joined(separator: " ")
      table.append([
        Text.ownName(output.name), output.tensor.shape.map(String.init).joined(separator: "×"),
        values.count > 10 ? shown + " …" : shown,
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
    let names = FileNames(interface.outputs.map(\.name), endings: [".npy"])
    var files: [String: PlannedOutput] = [:]
    for (port, stem) in zip(interface.outputs, names.stems) {
      files[port.name] = try plan.writes("\(directory)/\(stem).npy", as: "output", .array)
    }
    return files
  }

  static func write(_ outputs: [NamedOutput], to files: [String: PlannedOutput]) throws {
    for output in outputs {
      guard let file = files[output.name] else { continue }
      let bytes: [UInt8]
      do throws(TensorFileError) {
        let value = try TensorValue(shape: output.tensor.shape, values: output.tensor.values)
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
