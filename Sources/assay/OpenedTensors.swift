import CommandSupport
import Compiler
import Prover
import TensorGraph
import Verifier
import Witness

/// Private tensors that a proof shows to be what was committed to before, as `--opening name=file`
/// says it.
struct OpenedTensors {
  /// With the port whose values it has.
  private(set) var openings:
    [(port: ModelInterface.Port, path: String, stored: StoredDataOpening)] =
      []

  /// - Throws: `CommandError.input` for a name that is no private tensor, and for a file that does
  ///   not fit it.
  init(_ arguments: [String], _ interface: ModelInterface) throws {
    let ports = interface.inputs + interface.outputs
    for argument in arguments {
      let (port, path) = try NamedFile.split(argument, of: "--opening", among: ports)
      guard !openings.contains(where: { $0.port.tensor == port.tensor }) else {
        throw CommandError.input("--opening names \"\(port.name)\" twice")
      }
      let stored = try DataFiles.read(path)
      try Self.check(stored, port, path)
      openings.append((port, path, stored))
    }
  }

  private static func check(
    _ stored: StoredDataOpening, _ port: ModelInterface.Port, _ path: String
  ) throws {
    let (bits, count) = (stored.opening.commitment.fractionalBits, stored.opening.values.count)
    guard bits == port.fractionalBits else {
      throw CommandError.input(
        "\(path): holds integers with \(bits) fractional bits and \"\(port.name)\" has "
          + "\(port.fractionalBits): commit with the key of this model, or compile the model with "
          + "--input-bits \(port.name)=\(bits)")
    }
    let size = port.shape.reduce(1, *)
    guard count % size == 0 else {
      throw CommandError.input(
        "\(path): holds \(count) integers; \"\(port.name)\" of the shape \(port.shape) has \(size) in "
          + "each inference")
    }
    let values = stored.opening.values
    for position in 0..<count where !port.range.contains(values[position]) {
      throw CommandError.input(
        "\(path): the integer \(values[position]) at position \(position) is outside of "
          + "\(port.range), the range of \"\(port.name)\"")
    }
  }

  /// What a proof takes from the openings, by tensor.
  var sources: [Int: DataSource] {
    Dictionary(uniqueKeysWithValues: openings.map { ($0.port.tensor, .stored($0.stored)) })
  }

  /// The inputs of all inferences: those given, and those that only openings hold.
  /// - Parameter arguments: of `--input`.
  func samples(
    _ arguments: [String], _ interface: ModelInterface
  ) throws -> GivenInputs {
    let held = openings.filter { interface.inputs.contains($0.port) }
    let (given, files) = (interface.slots, arguments.filter { !$0.isEmpty })
    // An input that is given as well is checked against the opening once it is an integer.
    let isGiven = Set(
      held.map(\.port.name).filter { name in
        files.contains { NamedArgument.rest(of: $0, behind: name) != nil }
      })
    let slots = given.filter { slot in
      isGiven.contains(slot.name) || !held.contains { $0.port.name == slot.name }
    }
    guard slots.count < given.count else { return try InputArguments.read(files, slots) }
    let opened = try Dictionary(
      uniqueKeysWithValues: held.filter { !isGiven.contains($0.port.name) }.map {
        ($0.port.name, try Self.split($0.port, $0.stored))
      })
    let read = slots.isEmpty ? nil : try InputArguments.read(files, slots)
    guard !slots.isEmpty || files.isEmpty else {
      throw CommandError.input("--input \(files[0]): all inputs come from openings")
    }
    let counts = Set(opened.values.map(\.count) + (read.map { [$0.samples.count] } ?? []))
    guard let count = counts.first, counts.count == 1 else {
      throw CommandError.input(
        "inputs and openings hold different numbers of samples: \(counts.sorted())")
    }
    let samples = (0..<count).map { index in
      opened.mapValues { $0[index] }.merging(read?.samples[index] ?? [:]) { $1 }
    }
    return GivenInputs(samples: samples, isAlongOwnAxis: read?.isAlongOwnAxis ?? false)
  }

  private static func split(
    _ port: ModelInterface.Port, _ stored: StoredDataOpening
  ) throws -> [Tensor] {
    let reals = stored.opening.values.values.map {
      Float(FixedPoint.real($0, fractionalBits: port.fractionalBits))
    }
    let size = port.shape.reduce(1, *)
    return try stride(from: 0, to: reals.count, by: size).map {
      try Tensor(shape: port.shape, real: Array(reals[$0..<$0 + size]))
    }
  }

  /// Checks that what the network computes is what was committed to, and that no opening is used up.
  func check(_ batch: [Assignment]) throws {
    for (port, path, stored) in openings {
      let (found, committed) = (batch.flatMap { $0[port.tensor].values }, stored.opening.values)
      guard found.count == committed.count else {
        throw CommandError.input(
          "\(path): holds \(committed.count) integers where the proof's \"\(port.name)\" has "
            + "\(found.count)")
      }
      for position in 0..<found.count where found[position] != committed[position] {
        throw CommandError.input(
          "\(path): is the opening of other data: \"\(port.name)\" is \(found[position]) at position "
            + "\(position), and \(committed[position]) was committed to")
      }
      try requireLeft(path, stored)
    }
  }

  private func requireLeft(_ path: String, _ stored: StoredDataOpening) throws {
    do {
      guard try stored.slots.states().freeCount == 0 else { return }
    } catch {
      throw CommandError.input("\(error)")
    }
    throw CommandError.exhausted(
      "\(path): all \(stored.slots.count) proofs that the commitment was made for are made: commit to "
        + "the data again (assay commit --proofs …), and publish the new commitment")
  }
}

/// Arguments of the form `name=file`.
enum NamedFile {
  /// - Throws: `CommandError.input` unless the name is that of a private tensor.
  static func split(
    _ argument: String, of option: String, among ports: [ModelInterface.Port]
  ) throws -> (ModelInterface.Port, String) {
    // A name may hold the sign that ends it: the longest one that fits is meant.
    let matches = ports.compactMap { port in
      NamedArgument.rest(of: argument, behind: port.name).map { (port, $0) }
    }
    let longest = matches.max { $0.0.name.utf8.count < $1.0.name.utf8.count }
    guard let (port, path) = longest else {
      throw CommandError.input(
        "\(option) \(argument): should be name=file, the name one of the model's private tensors "
          + "\(ports.filter { !$0.isPublic }.map(\.name))")
    }
    guard !port.isPublic else {
      throw CommandError.input(
        "\(option) \(argument): \"\(port.name)\" is public, so the proof shows it: compile the model "
          + "with --visibility \(port.name)=private")
    }
    return (port, path)
  }
}
