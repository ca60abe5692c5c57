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

/// A network's input as files are matched with it.
struct InputSlot {
  var name: String
  var shape: [Int]

  var count: Int { shape.reduce(1, *) }
}

/// Inputs given on the command line as `[name=]file`.
enum InputArguments {
  /// As many samples as the files hold, of every input.
  static func samples(
    _ arguments: [String], _ slots: [InputSlot]
  ) throws -> [[String: Tensor]] {
    var given: [String: [Tensor]] = [:]
    for (slot, value, file) in try assign(arguments, slots) {
      given[slot.name] = try split(value, slot, file)
    }
    for slot in slots where given[slot.name] == nil {
      throw CommandError.input(
        "no value is given for the input \"\(slot.name)\" of shape \(slot.shape): add --input "
          + "\(slot.name)=file.npy")
    }
    let counts = Set(given.values.map(\.count))
    guard let count = counts.first, counts.count == 1 else {
      throw CommandError.input("the inputs hold different numbers of samples: \(counts.sorted())")
    }
    return (0..<count).map { sample in given.mapValues { $0[sample] } }
  }

  /// Named files go to their input, the tensors of the others to the remaining ones in order.
  private static func assign(
    _ arguments: [String], _ slots: [InputSlot]
  ) throws -> [(InputSlot, TensorValue, InputFile)] {
    var result: [(InputSlot, TensorValue, InputFile)] = []
    var unnamed: [(TensorValue, InputFile)] = []
    for argument in arguments {
      guard let (slot, path) = named(argument, slots) else {
        try refuseUnknownName(argument, slots)
        let file = try InputFile.read(argument)
        unnamed += file.tensors.map { ($0, file) }
        continue
      }
      guard !result.contains(where: { $0.0.name == slot.name }) else {
        throw CommandError.input("the input \"\(slot.name)\" is given twice")
      }
      let file = try InputFile.read(path)
      result.append((slot, try file.only(), file))
    }
    let taken = Set(result.map(\.0.name))
    let free = slots.filter { !taken.contains($0.name) }
    guard unnamed.count <= free.count else {
      throw CommandError.input(
        "\(unnamed.count) tensors are given for the \(free.count) inputs "
          + "\(free.map(\.name)) of the network")
    }
    for (slot, (value, file)) in zip(free, unnamed) { result.append((slot, value, file)) }
    return result
  }

  private static func named(_ argument: String, _ slots: [InputSlot]) -> (InputSlot, String)? {
    for slot in slots where argument.hasPrefix(slot.name + "=") {
      return (slot, String(argument.dropFirst(slot.name.count + 1)))
    }
    return nil
  }

  /// Says which names there are, where what could be a name is not one of them.
  private static func refuseUnknownName(_ argument: String, _ slots: [InputSlot]) throws {
    guard let mark = argument.firstIndex(of: "="),
      !FileManager.default.fileExists(atPath: argument)
    else { return }
    throw CommandError.input(
      "the network has no input \"\(argument[..<mark])\"; its inputs are \(slots.map(\.name))")
  }

  /// The samples along a leading axis, or the one that there is. Axes of extent 1 in front do not
  /// matter, nor does the shape of a file that has none.
  private static func split(
    _ value: TensorValue, _ slot: InputSlot, _ file: InputFile
  ) throws -> [Tensor] {
    func trimmed(_ shape: [Int]) -> [Int] { Array(shape.drop { $0 == 1 }) }
    let isOne = value.values.count == slot.count
    let fits =
      isOne
      ? !file.isShaped || trimmed(value.shape) == trimmed(slot.shape)
      : slot.count > 0 && value.values.count > 0 && value.values.count % slot.count == 0
        && (!file.isShaped || trimmed(Array(value.shape.dropFirst())) == trimmed(slot.shape)
          || value.shape.dropFirst() == slot.shape.dropFirst())
    guard fits else {
      throw CommandError.input(
        "\(file.path): has the shape \(value.shape); the input \"\(slot.name)\" needs "
          + "\(slot.shape)")
    }
    return try stride(from: 0, to: value.values.count, by: slot.count).map { start in
      try Tensor(
        shape: slot.shape, real: value.values[start..<start + slot.count].map { Float($0) })
    }
  }
}

extension FloatGraph {
  var slots: [InputSlot] { inputs.map { InputSlot(name: self[$0].name, shape: self[$0].shape) } }
}

extension ModelInterface {
  var slots: [InputSlot] { inputs.map { InputSlot(name: $0.name, shape: $0.shape) } }
}
