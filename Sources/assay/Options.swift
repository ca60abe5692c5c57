import ArgumentParser
import CircuitLanguage
import CommandSupport
import Compiler
import Equations
import Foundation
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
    Heap.prepare()
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
    help: ArgumentHelp(
      "The size of a symbolic dimension. Unless given it is that of the given files, and 1 for a "
        + "leading axis.", valueName: "name=size"))
  var dimension: [String] = []

  @Option(
    name: [.customLong("until"), .customLong("output-tensor")],
    help: ArgumentHelp(
      "A tensor that is an output instead of the model's own, which leaves off all that comes after "
        + "it, such as a final Softmax or what is not supported.", valueName: "tensor"))
  var outputTensor: [String] = []

  @Option(
    help: ArgumentHelp(
      "How many rows the result of NonMaxSuppression has: the first ones of the boxes that it selects, and "
        + "rows of -1 behind them.", valueName: "count"))
  var selectedRows: Int?

  @Option(
    help: ArgumentHelp(
      "Folder with more operators, which nodes of the network can then be, and circuits. Layers that use "
        + "circuits of one's own are not Assay's own: keys show these files to everybody, and "
        + "assay-verify wants --allow-foreign-circuits.",
      valueName: "folder"),
    completion: .directory)
  var circuits: String?

  /// Notes the files that the network is read from.
  func plan(_ plan: inout FilePlan) throws {
    try plan.reads(model, as: "the network")
    try plan.reads(named: constant, as: "--constant")
    guard let circuits else { return }
    // A folder that can't be read is for the compiler to refuse.
    for name in (try? FileManager.default.contentsOfDirectory(atPath: circuits)) ?? []
    where name.hasSuffix(".circuit") {
      try plan.reads("\(circuits)/\(name)", as: "--circuits")
    }
  }

  /// Reads the network.
  /// - Parameters:
  ///   - files: lists of `[name=]file` for its inputs, whose shapes settle what the model leaves open.
  ///     What was taken from them is said on standard error.
  ///   - shapes: of inputs by name, which settle it where the options do not, as far as they fit.
  ///   - external: told each further file that holds tensors of the network.
  func load(
    files: [[String]] = [], shapes: [String: [Int]] = [:],
    external: (String) throws -> Void = { _ in }
  ) throws -> EquationGraph {
    var options = try importOptions()
    let network = try imported { () throws(ImportError) in try ONNXModel(path: model) }
    for path in network.externalFiles { try external(path) }
    for input in network.inputs {
      guard let shape = shapes[input.name], input.leavesOpen(shape, besides: options.dimensions)
      else { continue }
      options.inputShapes[input.name] = shape
    }
    let shapes = try FileShapes(network, options, files)
    func graph(_ leading: [FileShapes.Place: Int]) throws -> EquationGraph {
      let options = shapes.options(leading: leading)
      return try imported { () throws(ImportError) in try network.graph(options) }
    }
    let axis = LeadingAxis(sizes: shapes.leading.mapValues(\.size), network: graph)
    let (result, isWhole) = try axis.choose { graph in
      files.compactMap { try? InputArguments.samples($0, graph.slots) }
    }
    if let note = shapes.note(leading: isWhole ? shapes.leading : [:]) {
      Console.printError("note: \(Text.line(note))")
    }
    return result
  }

  private func importOptions() throws -> ImportOptions {
    if let selectedRows, !(1...1 << 16).contains(selectedRows) {
      throw CommandError.input("--selected-rows \(selectedRows): from 1 to \(1 << 16)")
    }
    var options = ImportOptions(
      outputs: outputTensor, selectedRows: selectedRows,
      operators: try ForeignTexts(circuits).operators())
    for argument in dimension {
      let (name, size) = try Self.split(argument, of: "--dimension")
      guard let size = Int(size), size > 0 else {
        throw CommandError.input("--dimension \(argument): the size must be a positive integer")
      }
      guard options.dimensions.updateValue(size, forKey: name) == nil else {
        throw CommandError.input("--dimension gives the size of \"\(name)\" twice")
      }
    }
    for argument in constant {
      let (name, path) = try Self.split(argument, of: "--constant")
      let value = try InputFile.read(path).only()
      let constant = ImportOptions.ConstantInput(shape: value.shape, values: value.values)
      guard options.constants.updateValue(constant, forKey: name) == nil else {
        throw CommandError.input("--constant gives the value of \"\(name)\" twice")
      }
    }
    return options
  }

  private func imported<Result>(
    _ work: () throws(ImportError) -> Result
  ) throws -> Result {
    do throws(ImportError) {
      return try work()
    } catch {
      throw error.isUnsupported
        ? CommandError.unsupported("\(model): \(error.words)") : .input(error.words)
    }
  }

  /// The compiler with the circuits it is to use.
  func compiler(_ options: CompileOptions = CompileOptions()) throws -> Compiler {
    var compiler = Compiler(library: try ForeignTexts(circuits).circuits(), options: options)
    compiler.checksAllSamples = circuits != nil
    return compiler
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
    switch error {
    case .unsupported(let nodes):
      self = .unsupported(
        ([BudgetReport.count(nodes.count, "unsupported node") + ":"]
          + nodes.map { "  " + Text.line($0.description) }).joined(separator: "\n"))
    case .scales: self = .unsupported(Text.line("\(error)"))
    case .inaccurate: self = .unsupported(Text.lines("\(error)"))
    default: self = .input(Text.line("\(error)"))
    }
  }
}
