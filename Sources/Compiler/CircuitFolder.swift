import CircuitLanguage
import Foundation

extension SourceFile {
  /// Every file of a directory whose name ends in `.circuit`, in the order of their names.
  ///
  /// Throws where the directory or a file can't be read, or where there is none.
  public static func circuits(
    inDirectory directory: String
  ) throws(CircuitLanguageError) -> [SourceFile] {
    let manager = FileManager.default
    guard let names = try? manager.contentsOfDirectory(atPath: directory) else {
      throw CircuitLanguageError("can not read the directory '\(directory)'")
    }
    var files: [SourceFile] = []
    for name in names.sorted() where name.hasSuffix(".circuit") {
      let path = directory + "/" + name
      guard let data = manager.contents(atPath: path),
        let text = String(validating: data, as: UTF8.self)
      else { throw CircuitLanguageError("can not read '\(path)' as UTF-8 text") }
      files.append(SourceFile(name: path, text: text))
    }
    guard !files.isEmpty else {
      throw CircuitLanguageError("there is no .circuit file in '\(directory)'")
    }
    return files
  }
}

extension CircuitLibrary {
  /// Adds the circuits and tables of every file of a directory whose name ends in `.circuit`.
  ///
  /// Throws as `SourceFile.circuits(inDirectory:)`, and for whatever is wrong with them.
  public mutating func add(directory: String) throws(CircuitLanguageError) {
    try add(files: SourceFile.circuits(inDirectory: directory))
  }
}
