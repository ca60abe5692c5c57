import CommandSupport
import Compiler
import Equations
import Foundation
import TensorFiles
import TensorGraph

/// A network's input as files are matched with it.
struct InputSlot {
  var name: String
  var shape: [Int]
  /// What its elements are.
  var kind = ElementKind.real
  /// Whether they may be integers all the same, of which no digit is lost: a system does not say.
  var mayBeIntegers = false
  /// The words that its integers are the places of.
  var words: [String]?

  var count: Int { shape.reduce(1, *) }

  /// A tensor for it.
  ///
  /// - Parameters:
  ///   - source: what the values are from, for errors.
  ///   - given: the words that they are the places of, where a file holds words.
  /// - Throws: `CommandError.input` for a value that the kind does not have.
  func tensor(
    _ values: some Collection<Double>, source: String, words given: [String]? = nil
  ) throws -> Tensor {
    if let given { return try tensor(values.map { given[Int($0)] }, source: source) }
    if let words, let place = values.first(where: { !(0...Double(words.count)).contains($0) }) {
      throw CommandError.input(
        "\(source): the input \"\(name)\" takes words, or their places from 0 to \(words.count), "
          + "not \(place)")
    }
    let areIntegers = mayBeIntegers && values.allSatisfy { $0 == $0.rounded() && abs($0) < 0x1p53 }
    guard kind != .real || areIntegers else {
      return try Tensor(shape: shape, real: values.map { Float($0) })
    }
    let range = kind == .boolean ? 0...1 : -0x1p53...0x1p53
    for (position, value) in values.enumerated()
    where value != value.rounded() || !range.contains(value) {
      throw CommandError.input(
        "\(source): element \(position) is \(value); the input \"\(name)\" takes "
          + (kind == .boolean ? "0 and 1" : "integers of up to 53 bits"))
    }
    return try Tensor(shape: shape, integer: values.map { Int64($0) })
  }
}

extension InputSlot {
  /// A tensor of words: each one's place, and behind all of them that of any other word.
  private func tensor(_ list: [String], source: String) throws -> Tensor {
    guard let words else {
      throw CommandError.input(
        "\(source): holds words, and the input \"\(name)\" takes numbers, or what is given does not "
          + "say which words it knows")
    }
    let places = Dictionary(words.enumerated().map { ($1, Int64($0)) }) { first, _ in first }
    return try Tensor(shape: shape, integer: list.map { places[$0] ?? Int64(words.count) })
  }
}

/// The inputs of one or several inferences.
struct GivenInputs {
  /// For each inference a tensor for each input, by name.
  var samples: [[String: Tensor]]
  /// Whether the inferences lie along the leading axis that the network's inputs have themselves, as
  /// ONNX Runtime takes them, and not along a further one.
  var isAlongOwnAxis = false
}

/// Inputs given on the command line as `[name=]file`.
enum InputArguments {
  /// As many samples as the files hold, of every input that has more than one; a network without
  /// inputs has one.
  static func samples(_ arguments: [String], _ slots: [InputSlot]) throws -> [[String: Tensor]] {
    try read(arguments, slots).samples
  }

  static func read(_ arguments: [String], _ slots: [InputSlot]) throws -> GivenInputs {
    guard !slots.isEmpty else {
      let first = try arguments.first { try !isEmpty($0) }
      guard let first else { return GivenInputs(samples: [[:]]) }
      throw CommandError.input("\(first): the network has no inputs")
    }
    var given: [String: [Tensor]] = [:]
    var areAlongOwnAxis: [Bool] = []
    for (slot, value, file) in try assign(arguments, slots) {
      let samples = try split(value, slot, file)
      given[slot.name] = samples
      guard samples.count > 1 else { continue }
      areAlongOwnAxis.append(
        file.isShaped && slot.shape.first == 1 && value.shape.count == slot.shape.count)
    }
    for slot in slots where given[slot.name] == nil {
      throw CommandError.input(
        "no value is given for the input \"\(slot.name)\" of shape \(slot.shape): add --input "
          + "\(slot.name)=file.npy")
    }
    let count = try commonCount(given, slots)
    return GivenInputs(
      samples: (0..<count).map { sample in given.mapValues { $0[$0.count == 1 ? 0 : sample] } },
      isAlongOwnAxis: !areAlongOwnAxis.isEmpty && areAlongOwnAxis.allSatisfy { $0 })
  }

  /// How many samples there are. An input that is given once goes with all of them.
  private static func commonCount(
    _ given: [String: [Tensor]], _ slots: [InputSlot]
  ) throws -> Int {
    let counts = Set(given.values.map(\.count)).subtracting([1])
    guard counts.count > 1 else { return counts.first ?? 1 }
    let found = slots.map { "\(given[$0.name]?.count ?? 0) of \"\($0.name)\"" }
    throw CommandError.input(
      "the inputs hold different numbers of samples: \(found.joined(separator: ", ")); give as many "
        + "of each, or one that goes with all")
  }

  /// Named files go to their input, the tensors of the others to the remaining ones in order.
  ///
  /// - Parameter skipsEmpty: whether tensors without elements are left out, which no network reads.
  static func assign(
    _ arguments: [String], _ slots: [InputSlot], skipsEmpty: Bool = true
  ) throws -> [(InputSlot, TensorValue, InputFile)] {
    var result: [(InputSlot, TensorValue, InputFile)] = []
    var unnamed: [(TensorValue, InputFile)] = []
    for argument in arguments {
      guard let (slot, path) = named(argument, slots) else {
        if skipsEmpty, try isEmpty(argument) { continue }
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

  /// Whether an argument's file, if there is one, holds one tensor without elements.
  private static func isEmpty(_ argument: String) throws -> Bool {
    let rest = argument.firstIndex(of: "=").map { String(argument[argument.index(after: $0)...]) }
    for path in [argument, rest].compactMap({ $0 })
    where FileManager.default.fileExists(atPath: path) {
      let tensors = try InputFile.read(path).tensors
      return tensors.count == 1 && tensors[0].shape.contains(0)
    }
    return false
  }

  private static func named(_ argument: String, _ slots: [InputSlot]) -> (InputSlot, String)? {
    // A name may hold the sign that ends it: the longest one that fits is meant.
    let matches = slots.compactMap { slot in
      NamedArgument.rest(of: argument, behind: slot.name).map { (slot, $0) }
    }
    return matches.max { $0.0.name.utf8.count < $1.0.name.utf8.count }
  }

  /// Says which names there are, where what could be a name is not one of them.
  private static func refuseUnknownName(_ argument: String, _ slots: [InputSlot]) throws {
    guard let mark = argument.firstIndex(of: "="),
      !FileManager.default.fileExists(atPath: argument)
    else { return }
    throw CommandError.input(
      "the network reads no input \"\(argument[..<mark])\"; those that it reads are "
        + "\(slots.map(\.name))")
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
      try slot.tensor(
        value.values[start..<start + slot.count], source: file.path, words: value.words)
    }
  }
}

extension EquationGraph {
  var slots: [InputSlot] {
    inputs.map {
      InputSlot(
        name: self[$0].name, shape: self[$0].shape, kind: self[$0].kind, words: self[$0].words)
    }
  }
}

extension ModelInterface {
  var slots: [InputSlot] {
    inputs.map {
      InputSlot(
        name: $0.name, shape: $0.shape, mayBeIntegers: $0.fractionalBits == 0, words: $0.words)
    }
  }
}
