import CircuitLanguage
import TestSupport

extension CircuitLibrary {
  /// Assay's circuits, and those of `exampleFiles`.
  public static func withExamples() throws -> CircuitLibrary { try examples.get() }

  /// Read once.
  private static let examples = Result {
    var library = try CircuitLibrary.standard()
    try library.add(files: try exampleFiles())
    return library
  }

  /// Layers with fixed-point arithmetic written into their circuits, as they are in
  /// `Fixtures/circuits`.
  public static func exampleFiles() throws -> [SourceFile] {
    try Fixture.names(in: "circuits", ending: ".circuit").map { name in
      let file = "circuits/\(name).circuit"
      let bytes = try Fixture.bytes(Fixture.path(file))
      return SourceFile(name: file, text: String(decoding: bytes, as: UTF8.self))
    }
  }
}
