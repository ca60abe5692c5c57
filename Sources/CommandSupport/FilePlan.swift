import FileAccess

/// All files that a command reads and writes, known before its work, so that nothing is written over
/// what the command reads, over another of its outputs, or over what can't be made again.
public struct FilePlan {
  /// A file that the command reads or writes.
  private struct Use {
    var place: FilePlace
    var option: String
    var isWritten: Bool
  }

  /// Files that the command knows when it sees one.
  private let kinds: [FileKind]
  /// Whether files that can't be made again may be lost.
  public let force: Bool
  /// What to do where one would be lost.
  private let remedy: String
  private var uses: [Use] = []
  /// Where commitments may be kept beside a proving key.
  private var reserved: [(prefix: String, option: String)] = []

  /// - Parameters:
  ///   - kinds: files that the command knows.
  ///   - force: whether files that can't be made again may be lost.
  ///   - remedy: what whoever would lose one is told.
  public init(
    _ kinds: [FileKind], force: Bool = false,
    remedy: String = "choose another name, or say --force"
  ) {
    self.kinds = kinds
    self.force = force
    self.remedy = remedy
  }

  /// Whether an output is standard output, so that reports go elsewhere.
  private var usesStandardOutput: Bool {
    uses.contains { $0.isWritten && $0.place.identity == .descriptor(1) }
  }

  /// Notes a file that is read. What is not there, or no file, is for its reader to refuse.
  /// - Parameter option: how the command line names it.
  /// - Throws: `CommandError.input` if it is written as well, or is standard input for the second time.
  public mutating func reads(_ path: String, as option: String) throws(CommandError) {
    guard let place = path == "-" ? .standard(0) : try? FilePlace(path), place.kind != .nothing,
      place.kind != .folder
    else { return }
    try add(Use(place: place, option: option, isWritten: false))
  }

  /// Notes the files of arguments of the form `[name=]file`.
  /// - Throws: `CommandError.input`, as for one file.
  public mutating func reads(named arguments: [String], as option: String) throws(CommandError) {
    for argument in arguments {
      var rest = argument[...]
      try reads(argument, as: option)
      // A name may hold the sign that ends it.
      while let mark = rest.firstIndex(of: "=") {
        rest = rest[rest.index(after: mark)...]
        try reads(String(rest), as: option)
      }
    }
  }

  /// Notes a file that is written, and makes sure that it can be.
  /// - Parameters:
  ///   - path: `-` is standard output.
  ///   - option: how the command line names it.
  /// - Throws: `CommandError.input` if it can't be written, is read or written already, or holds what
  ///   must not be lost.
  public mutating func writes(
    _ path: String, as option: String, _ kind: FileKind
  ) throws(CommandError) -> PlannedOutput {
    let place: FilePlace
    do {
      place = path == "-" ? .standard(1) : try FilePlace(path)
    } catch {
      throw .input("\(option) \(error)")
    }
    try add(Use(place: place, option: option, isWritten: true))
    switch place.kind {
    case .folder: throw .input("\(option) \(path): is a folder")
    case .stream:
      guard !kind.isCounted else {
        throw .input(
          "\(option) \(path): is no regular file; proofs are counted in \(kind.name), which has to "
            + "be one")
      }
    case .nothing, .file:
      try checkLoss(place, option, kind)
      do { try NewFile.probe(path) } catch { throw .input("\(option) \(error)") }
    }
    return PlannedOutput(place: place, kind: kind)
  }

  /// Notes that a command keeps files beside one, under its name with something behind.
  /// - Throws: `CommandError.input` if another output has such a name.
  public mutating func keeps(beside path: String, _ suffix: String, as option: String)
    throws(CommandError)
  {
    guard let place = try? FilePlace(path) else { return }
    reserved.append((place.target + suffix, option))
    for use in uses { try checkReserved(use) }
  }

  /// Prints a report where no output goes.
  /// - Throws: as `Console.write` does.
  public func report(_ text: String) throws(CommandError) {
    if usesStandardOutput { Console.printError(text) } else { try Console.write(text) }
  }

  private mutating func add(_ use: Use) throws(CommandError) {
    for other in uses where other.place.identity == use.place.identity {
      let isFile = use.place.kind == .file || use.place.kind == .nothing
      guard use.isWritten || other.isWritten || !isFile else { continue }
      // A device may serve several times, as /dev/null does.
      guard isFile || isOnce(use.place) else { continue }
      let (reader, writer) = use.isWritten ? (other, use) : (use, other)
      let doing = reader.isWritten ? "writes too" : writer.isWritten ? "reads" : "reads already"
      throw .input(
        "\(writer.option) \(writer.place.path): is the same file as \(reader.option) "
          + "\(reader.place.path), which the command \(doing)")
    }
    try checkReserved(use)
    uses.append(use)
  }

  private func isOnce(_ place: FilePlace) -> Bool {
    if case .descriptor = place.identity { return true }
    return false
  }

  private func checkReserved(_ use: Use) throws(CommandError) {
    guard use.isWritten else { return }
    for (prefix, option) in reserved where use.place.target.hasPrefix(prefix) {
      throw .input(
        "\(use.option) \(use.place.path): is a name that commitments beside \(option) have; choose "
          + "another one")
    }
  }

  /// What stands in the place has to be empty, or of the same kind and easy to make again.
  private func checkLoss(
    _ place: FilePlace, _ option: String, _ kind: FileKind
  ) throws(CommandError) {
    guard place.kind == .file else { return }
    let prefix: [UInt8]
    do { prefix = try FileBytes.prefix(place.target, count: 16) } catch {
      throw .input("\(option) \(error)")
    }
    guard !prefix.isEmpty else { return }
    let found = kinds.first { $0.claims(prefix) }
    if let found, found.name == kind.name, found.loss == nil { return }
    let what = found.map(\.name) ?? "a file that is not \(kind.name)"
    let loss = found?.loss.map { " " + $0(place.target) } ?? ""
    guard force else {
      throw .input(
        "\(option) \(place.path): there is \(what)\(loss). It would be lost: \(remedy)")
    }
    Console.printError(
      "warning: --force: replaces \(place.path), \(what)\(loss)")
  }
}

/// A file that a command is to write.
public struct PlannedOutput: Sendable {
  let place: FilePlace
  let kind: FileKind

  /// The path as it was given.
  public var path: String { place.path }

  /// Whether it is a file, on the same disk as another one.
  public func isBeside(_ path: String) -> Bool {
    guard let other = try? FilePlace(path), let device = place.device else { return false }
    return place.kind != .stream && other.device == device
  }

  /// Writes the file, whole or not at all.
  /// - Throws: `CommandError.input`.
  public func write(_ bytes: [UInt8], isSecret: Bool = false) throws(CommandError) {
    try staged(bytes, isSecret: isSecret).finish()
  }

  /// The file with its contents, on the disk already, which only has to take its place.
  /// - Parameter isSecret: whether only the owner may read it, as those of secret kinds.
  /// - Throws: `CommandError.input`.
  public func staged(
    _ bytes: [UInt8], isSecret: Bool = false
  ) throws(CommandError) -> StagedOutput {
    guard place.kind != .stream else { return StagedOutput(place: place, bytes: bytes, file: nil) }
    do throws(FileError) {
      let file = try NewFile(place.path, isSecret: isSecret || kind.isSecret)
      try file.write(bytes)
      try file.synchronize()
      return StagedOutput(place: place, bytes: [], file: file)
    } catch {
      throw .input("\(error)")
    }
  }
}

/// A file that is written and has not taken its place.
public struct StagedOutput {
  let place: FilePlace
  let bytes: [UInt8]
  /// nil for a device or a pipe, which is written into at the end.
  let file: NewFile?

  /// - Throws: `CommandError.input`.
  public func finish() throws(CommandError) {
    do {
      if let file { try file.finish() } else { try FileBytes.write(bytes, into: place) }
    } catch {
      throw .input("\(error)")
    }
  }
}
