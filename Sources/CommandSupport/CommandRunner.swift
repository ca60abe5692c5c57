import ArgumentParser
import FileAccess
import Foundation

/// Runs commands under the exit statuses of this package: 0 done, 1 proof rejected, 2 bad usage or
/// input, 3 unsupported model, 4 no openings left.
public enum CommandRunner {
  /// Parses arguments, runs the command and ends the process. A result that can't be written to
  /// standard output is an error, and so is an option that is given twice and has one value.
  ///
  /// With `--json` among the arguments an error is printed to standard output too, as an object
  /// that has `error` and `exit`.
  /// - Parameters:
  ///   - arguments: without the program's name.
  ///   - about: what objects of errors begin with.
  public static func main<Root: ParsableCommand>(
    _ root: Root.Type, arguments: [String] = Array(CommandLine.arguments.dropFirst()),
    about: [JSONValue.Member] = []
  ) -> Never {
    Console.prepare()
    TemporaryFiles.removeOnSignals()
    do {
      var command = try root.parseAsRoot(arguments)
      if let option = RepeatedOptions(type(of: command)).first(in: arguments) {
        throw CommandError.input("\(option) is given twice, and has one value")
      }
      try command.run()
      try Console.close()
      Foundation.exit(0)
    } catch let error as ReportedError {
      fail(error.error)
    } catch let error as CommandError {
      if arguments.contains("--json") { report("\(error)", error.status, about) }
      fail(error)
    } catch {
      finish(root, error, arguments, about)
    }
  }

  private static func fail(_ error: CommandError) -> Never {
    Console.printError("error: \(error)")
    Foundation.exit(error.status)
  }

  private static func report(_ text: String, _ status: Int32, _ about: [JSONValue.Member]) {
    let members = about + [.init("error", .string(text)), .init("exit", .integer(Int(status)))]
    // The error goes to standard error as well, whatever becomes of this.
    try? Console.write(JSONValue.object(members).text)
  }

  /// Help is an error to the parser, but none to whoever asked for it.
  private static func finish<Root: ParsableCommand>(
    _ root: Root.Type, _ error: any Error, _ arguments: [String], _ about: [JSONValue.Member]
  ) -> Never {
    let text = root.fullMessage(for: error)
    guard root.exitCode(for: error).isSuccess else {
      if arguments.contains("--json") { report(root.message(for: error), 2, about) }
      Console.printError(text)
      Foundation.exit(2)
    }
    do throws(CommandError) {
      try Console.write(text)
      try Console.close()
      Foundation.exit(0)
    } catch {
      fail(error)
    }
  }
}

/// An error of which a command has printed all that is to be printed on standard output.
public struct ReportedError: Error {
  let error: CommandError

  public init(_ error: CommandError) { self.error = error }
}
