import ArgumentParser
import CommandSupport

/// What a proof is to be made for.
struct ContextOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What the proof is made for: a file if there is one of that name, and else a text (file:… and "
        + "text:… say which). It is bound to these bytes.",
      valueName: "text|file"))
  var context: String?

  /// Notes the file that it is, if it is one.
  func plan(_ plan: inout FilePlan) throws(CommandError) {
    guard let context, let path = ContextArgument.path(context) else { return }
    try plan.reads(path, as: "--context")
  }

  func read() throws(CommandError) -> ContextArgument? {
    guard let context else { return nil }
    return try ContextArgument(context)
  }
}
