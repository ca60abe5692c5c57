import CommandSupport
import Compiler
import TensorFiles
import Witness

/// An output of the network, of one inference or of several ones.
struct NamedOutput {
  /// As the network calls it.
  var name: String
  var tensor: ModelInterface.RealTensor
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
      tensor: .init(shape: shape, values: samples.flatMap { $0[port.name]?.values ?? [] }))
  }
}

/// A network's outputs for people, for programs and as files.
enum OutputFiles {
  static func json(_ outputs: [NamedOutput]) -> JSONValue {
    .object(
      outputs.map { output in
        .init(
          output.name,
          .object([
            "shape": .integers(output.tensor.shape), "values": .numbers(output.tensor.values),
          ]))
      })
  }

  /// The first values of each output.
  static func table(_ outputs: [NamedOutput]) -> String {
    var table = TextTable([("output", .left), ("shape", .left), ("values", .left)])
    for output in outputs {
      let values = output.tensor.values
      let shown = values.prefix(10).map { Quantity.text($0) }.joined(separator: " ")
      table.append([
        output.name, output.tensor.shape.map(String.init).joined(separator: "×"),
        values.count > 10 ? shown + " …" : shown,
      ])
    }
    return table.text
  }

  /// One file for each output, named after it.
  static func write(
    _ outputs: [NamedOutput], to directory: String
  ) throws {
    try ArtifactFile.makeDirectory(directory)
    let names = FileNames(outputs.map(\.name), endings: [".npy"])
    for (output, stem) in zip(outputs, names.stems) {
      let path = "\(directory)/\(stem).npy"
      do throws(TensorFileError) {
        let value = try TensorValue(shape: output.tensor.shape, values: output.tensor.values)
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
