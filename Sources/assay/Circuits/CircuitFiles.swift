import ArgumentParser
import CircuitCheck
import CircuitLanguage
import CommandSupport
import Equations

/// Circuit files as arguments.
enum CircuitFiles {
  /// The longest text that is read.
  static let maximalLength = 1 << 20

  static func read(_ path: String) throws(CommandError) -> SourceFile {
    let bytes = try ArtifactFile.read(path, limit: maximalLength)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .input("\(path): is not UTF-8 text")
    }
    return SourceFile(name: path == "-" ? "standard input" : path, text: text)
  }

  /// Assay's own circuits and those of the files, which may use each other; what takes the place of
  /// Assay's own is announced.
  static func library(_ files: [SourceFile]) throws(CommandError) -> CircuitLibrary {
    do throws(CircuitLanguageError) {
      var library = try CircuitLibrary.standard()
      try library.add(files: files)
      for replacement in library.replacements {
        Console.warn(
          "the \(replacement.item) of \(replacement.file) takes the place of Assay's own")
      }
      return library
    } catch {
      throw .input("\(error)")
    }
  }

  /// Assay's own operators and those of the files; what takes the place of Assay's own is announced.
  static func operators(_ files: [SourceFile]) throws(CommandError) -> OperatorLibrary {
    do throws(CircuitLanguageError) {
      var library = try OperatorLibrary.standard()
      try library.add(files: files)
      ForeignTexts.announce(library)
      return library
    } catch {
      throw .input("\(error)")
    }
  }

  /// What a file defines, even where it says the same as one of Assay's own files.
  static func names(
    of file: SourceFile
  ) throws(CommandError) -> (circuits: [String], operators: [String]) {
    do throws(CircuitLanguageError) {
      return (
        try CircuitLibrary.circuitNames(in: file), try OperatorLibrary.operatorNames(in: file)
      )
    } catch {
      throw .input("\(error)")
    }
  }
}

/// Options of commands that instantiate circuits.
struct CircuitSizeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Sizes by the names that the text gives them; ...=2x3 is what the dots stand for, and at=2x3 "
        + "the axes of an operator's at..., at=none being no axis.", valueName: "name=size,…"))
  var sizes: String?

  @Option(
    help: ArgumentHelp(
      "A circuit's parameters or an operator's attributes, behind its semicolon.",
      valueName: "name=value,…"))
  var parameters: String?

  @Option(
    help: ArgumentHelp(
      "One circuit or operator of the file; unless given all but the circuits that others of the file "
        + "call.", valueName: "name"))
  var circuit: String?

  /// What is given, and whether the dots are.
  func given() throws(CommandError) -> (sizes: TrialSizes, isRestGiven: Bool) {
    var result = TrialSizes()
    var isRestGiven = false
    for (name, value) in try Self.pairs(sizes, "--sizes") {
      if name == "..." {
        isRestGiven = true
        result.rest = try Self.extents(value, name)
      } else {
        result.sizes[name] = try Self.size(value, name)
      }
    }
    for (name, value) in try Self.pairs(parameters, "--parameters") {
      guard let number = Int(value) else {
        throw .input("--parameters: \(name)=\(value) should be an integer")
      }
      result.parameters[name] = number
    }
    return (result, isRestGiven)
  }

  /// Refuses names that a circuit does not have.
  static func check(_ given: TrialSizes, _ signature: CircuitSignature) throws(CommandError) {
    let known = signature.parameters.map(\.name)
    for name in given.sizes.keys.sorted() where !signature.sizes.contains(name) {
      throw .input(
        "--sizes: the circuit \(signature.name) has no size '\(name)', but "
          + list(signature.sizes))
    }
    for name in given.parameters.keys.sorted() where !known.contains(name) {
      throw .input(
        "--parameters: the circuit \(signature.name) has no parameter '\(name)', but " + list(known)
      )
    }
    if !given.rest.isEmpty, !signature.hasRest {
      throw .input("--sizes: there is no ... in the arguments of \(signature.name)")
    }
  }

  static func list(_ names: [String]) -> String {
    names.isEmpty ? "none" : names.joined(separator: ", ")
  }

  static func pairs(
    _ text: String?, _ option: String
  ) throws(CommandError) -> [(String, String)] {
    guard let text else { return [] }
    var seen: Set<String> = []
    var pairs: [(String, String)] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw .input("\(option): '\(part)' should be name=value")
      }
      guard seen.insert(sides[0]).inserted else {
        throw .input("\(option) gives \(sides[0]) twice")
      }
      pairs.append((sides[0], sides[1]))
    }
    return pairs
  }

  static func extents(_ text: String, _ name: String) throws(CommandError) -> [Int] {
    var extents: [Int] = []
    for part in text.split(separator: "x", omittingEmptySubsequences: false) {
      extents.append(try size(String(part), name))
    }
    return extents
  }

  static func size(_ text: String, _ name: String) throws(CommandError) -> Int {
    guard let size = Int(text), size >= 1, size <= 1 << 22 else {
      throw .input("--sizes: \(name)=\(text) should be from 1 to 2^22")
    }
    return size
  }
}

extension CommandError {
  init(_ error: CircuitCheckError) { self = .input("\(error)") }
}
