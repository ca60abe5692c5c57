import CommandSupport
import Compiler
import Equations
import TensorGraph

/// Who sees what, as `--visibility` says it: `input`, `output`, `model` or the name of a tensor, each
/// with `=public` or `=private`, separated by commas.
struct VisibilityArguments {
  private var groups: [String: Visibility] = [:]
  private var tensors: [String: Visibility] = [:]

  private static let groupNames = ["input", "output", "model"]

  /// - Throws: `CommandError.input` for what is no such list, or says something twice.
  init(_ arguments: [String]) throws {
    for argument in arguments.flatMap({ $0.split(separator: ",") }) {
      guard let mark = argument.lastIndex(of: "="), mark != argument.startIndex,
        let visibility = Self.visibility(argument[argument.index(after: mark)...])
      else {
        throw CommandError.input(
          "--visibility \(argument): should be name=public or name=private, the name being input, "
            + "output, model or that of a tensor")
      }
      let name = String(argument[..<mark])
      guard groups[name] == nil, tensors[name] == nil else {
        throw CommandError.input("--visibility says twice who sees \"\(name)\"")
      }
      if Self.groupNames.contains(name) {
        groups[name] = visibility
      } else {
        tensors[name] = visibility
      }
    }
  }

  private static func visibility(_ text: Substring) -> Visibility? {
    switch text {
    case "public": .public
    case "private": .private
    default: nil
    }
  }

  /// What this means for a network.
  /// - Throws: `CommandError.input` for a name that the network does not have.
  func resolve(for graph: EquationGraph) throws -> ModelVisibility {
    var result = ModelVisibility()
    if let model = groups["model"] { result.model = model }
    if let inputs = groups["input"] { result.inputs.others = inputs }
    if let outputs = groups["output"] { result.outputs.others = outputs }
    let (inputs, outputs) = (graph.inputs.map { graph[$0].name }, graph.outputs.map(\.name))
    for (name, visibility) in tensors.sorted(by: { $0.key < $1.key }) {
      let isInput = inputs.contains { NamedArgument.areEqual($0, name) }
      let isOutput = outputs.contains { NamedArgument.areEqual($0, name) }
      guard isInput || isOutput else {
        throw CommandError.input(
          "--visibility \(name): the network has no input or output of that name; its inputs are "
            + "\(inputs) and its outputs \(outputs)")
      }
      if isInput { result.inputs.named[name] = visibility }
      if isOutput { result.outputs.named[name] = visibility }
    }
    return result
  }
}

/// Fractional bits of inputs, as `--input-bits name=bits` says them.
enum InputBits {
  static func parse(_ arguments: [String]) throws -> [String: Int] {
    var result: [String: Int] = [:]
    for argument in arguments {
      let (name, text) = try NetworkOptions.split(argument, of: "--input-bits")
      guard let bits = Int(text), (-64...64).contains(bits) else {
        throw CommandError.input("--input-bits \(argument): the bits must be an integer")
      }
      guard result.updateValue(bits, forKey: name) == nil else {
        throw CommandError.input("--input-bits gives the bits of \"\(name)\" twice")
      }
    }
    return result
  }
}
