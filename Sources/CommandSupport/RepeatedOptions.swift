import ArgumentParser
import Foundation

/// Finds options that are given more often than once though one value is all that they have: the parser
/// takes the last and says nothing of the others.
struct RepeatedOptions {
  /// One name or all of an option's, and whether it may be given again.
  private struct Option {
    var names: [String]
    var repeats: Bool
  }

  private let root: [String: Any]

  /// - Parameter command: the command that runs, whose own description of its options is asked: that
  ///   of the whole program takes milliseconds.
  init(_ command: any ParsableCommand.Type) {
    let text = command._dumpHelp()
    let tool = try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
    root = tool?["command"] as? [String: Any] ?? [:]
  }

  /// The first option that is given twice and may not be.
  /// - Parameter arguments: without the program's name; such as the parser has accepted.
  func first(in arguments: [String]) -> String? {
    var (command, counts) = (root, [[String]: Int]())
    for argument in arguments {
      if argument == "--" { break }
      if let subcommand = Self.subcommand(argument, of: command) {
        command = subcommand
        continue
      }
      let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? argument
      guard name.hasPrefix("-"),
        let option = Self.options(of: command).first(where: { $0.names.contains(name) }),
        !option.repeats
      else { continue }
      counts[option.names, default: 0] += 1
      if counts[option.names] == 2 { return name }
    }
    return nil
  }

  private static func subcommand(_ name: String, of command: [String: Any]) -> [String: Any]? {
    let subcommands = command["subcommands"] as? [[String: Any]] ?? []
    return subcommands.first { $0["commandName"] as? String == name }
  }

  /// Options with values; flags may be said twice.
  private static func options(of command: [String: Any]) -> [Option] {
    let arguments = command["arguments"] as? [[String: Any]] ?? []
    return arguments.filter { $0["kind"] as? String == "option" }.map { argument in
      let names = (argument["names"] as? [[String: Any]] ?? []).compactMap(Self.spelling)
      return Option(names: names, repeats: argument["isRepeating"] as? Bool ?? false)
    }
  }

  private static func spelling(_ name: [String: Any]) -> String? {
    guard let text = name["name"] as? String else { return nil }
    return (name["kind"] as? String == "long" ? "--" : "-") + text
  }
}
