import ArgumentParser
import CircuitLanguage
import CommandSupport
import Compiler
import Kernels
import Logging
import ONNXImport
import TensorGraph

/// Options of every command that computes much.
struct MachineOptions: ParsableArguments {
  @Option(help: "Threads to compute on; all processors unless given.")
  var threads: Int?

  @Option(help: "What to log to standard error.")
  var logLevel = LogLevel.warning

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads must be at least 1") }
  }

  func apply() {
    if let threads { Parallelism.threads = threads }
    let level = logLevel.level
    LoggingSystem.bootstrap { label in
      var handler = StreamLogHandler.standardError(label: label)
      handler.logLevel = level
      return handler
    }
  }
}

/// Whether files that can't be made again may be lost, for every command that writes files.
struct ReplacementOptions: ParsableArguments {
  @Flag(
    help: ArgumentHelp(
      "Replace what can't be made again, and say what is lost: keys, openings, commitments and "
        + "files of other kinds."))
  var force = false
}

extension StageClock {
  /// A clock that logs every stage.
  static func logging() -> StageClock {
    let log = Logger(label: "assay")
    return StageClock { stage, seconds in
      log.debug("finished a stage", metadata: ["stage": "\(stage)", "seconds": "\(seconds)"])
    }
  }
}

/// How much is logged.
enum LogLevel: String, CaseIterable, ExpressibleByArgument {
  case trace, debug, info, warning, error

  var level: Logger.Level {
    switch self {
    case .trace: .trace
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}

/// Options of every command that reads a network.
struct NetworkOptions: ParsableArguments {
  @Argument(
    help: "The network, an ONNX file; - for standard input.",
    completion: .file(extensions: ["onnx"]))
  var model: String

  @Option(
    help: ArgumentHelp("Turns an input into a constant of the network.", valueName: "name=file"))
  var constant: [String] = []

  @Option(
    help: ArgumentHelp("The size of a symbolic dimension; 1 unless given.", valueName: "name=size"))
  var dimension: [String] = []

  @Option(
    help: ArgumentHelp("Folder with more circuit files for layers.", valueName: "folder"),
    completion: .directory)
  var circuits: String?

  /// Notes the files that the network is read from.
  func plan(_ plan: inout FilePlan) throws {
    try plan.reads(model, as: "the network")
    try plan.reads(named: constant, as: "--constant")
  }

  /// Reads the network.
  func load() throws -> FloatGraph {
    var options = ImportOptions()
    for argument in dimension {
      let (name, size) = try Self.split(argument, of: "--dimension")
      guard let size = Int(size), size > 0 else {
        throw CommandError.input("--dimension \(argument): the size must be a positive integer")
      }
      options.dimensions[name] = size
    }
    for argument in constant {
      let (name, path) = try Self.split(argument, of: "--constant")
      let value = try InputFile.read(path).only()
      options.constants[name] = .init(shape: value.shape, values: value.values)
    }
    do throws(ImportError) {
      return try ONNXFile.importModel(path: model, options: options)
    } catch {
      throw error.isUnsupported
        ? CommandError.unsupported("\(model): \(error.words)") : .input(error.words)
    }
  }

  /// The compiler with the circuits it is to use.
  func compiler(_ options: CompileOptions = CompileOptions()) throws -> Compiler {
    do throws(CircuitLanguageError) {
      var library = try CircuitLibrary.standard()
      if let circuits { try library.add(directory: circuits) }
      return Compiler(library: library, options: options)
    } catch {
      throw CommandError.input("\(error)")
    }
  }

  static func split(_ argument: String, of option: String) throws -> (String, String) {
    guard let mark = argument.firstIndex(of: "="), mark != argument.startIndex else {
      throw CommandError.input("\(option) \(argument): should be name=value")
    }
    return (String(argument[..<mark]), String(argument[argument.index(after: mark)...]))
  }
}

extension ImportError {
  /// The description, in which names of the network begin no line of their own.
  fileprivate var words: String {
    guard case .unsupportedNodes(let nodes) = self else { return Text.line(description) }
    return
      ([BudgetReport.count(nodes.count, "unsupported node") + ":"]
      + nodes.map { "  " + Text.line($0.description) }).joined(separator: "\n")
  }
}

extension CommandError {
  /// In which names of the network begin no line of their own.
  init(_ error: CompileError) {
    guard case .unsupported(let nodes) = error else {
      self = .input(Text.line("\(error)"))
      return
    }
    self = .unsupported(
      ([BudgetReport.count(nodes.count, "unsupported node") + ":"]
        + nodes.map { "  " + Text.line($0.description) }).joined(separator: "\n"))
  }
}
