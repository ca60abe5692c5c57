/// The text of one circuit file.
public final class SourceFile: Sendable {
  public let name: String
  public let text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }

  /// The text of a line, counted from 1, or nothing when there is no such line.
  func line(_ number: Int) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(number - 1) ? String(lines[number - 1]) : ""
  }
}

/// A place in a circuit file.
public struct SourceLocation: Sendable {
  public let file: SourceFile
  /// From 1.
  public let line: Int
  /// In characters, from 1.
  public let column: Int
}

/// What is wrong with a circuit file, or with what a layer was asked to be.
public struct CircuitLanguageError: Error, CustomStringConvertible, Sendable {
  public let message: String
  /// Where in a circuit file, if there is such a place.
  public let location: SourceLocation?
  /// The layer that was being instantiated, if any.
  public let instance: String?

  public init(_ message: String, at location: SourceLocation? = nil, instance: String? = nil) {
    self.message = message
    self.location = location
    self.instance = instance
  }

  /// The layer, the place, the message, and the line with a mark under the place.
  public var description: String {
    let layer = instance.map { "layer '\($0)': " } ?? ""
    guard let location else { return layer + message }
    let place = "\(location.file.name):\(location.line):\(location.column)"
    let mark = String(repeating: " ", count: location.column - 1) + "^"
    return "\(place): \(layer)\(message)\n  \(location.file.line(location.line))\n  \(mark)"
  }

  func inInstance(_ name: String) -> CircuitLanguageError {
    instance == nil ? CircuitLanguageError(message, at: location, instance: name) : self
  }
}
