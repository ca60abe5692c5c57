import CircuitLanguage
import Foundation

extension CircuitLibrary {
  /// Adds every file of a directory whose name ends in `.circuit`.
  public mutating func add(directory: String) throws(CircuitLanguageError) {
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
    try add(files: files)
  }
}
