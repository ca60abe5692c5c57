extension CompiledModel.Vocabularies {
  func write(to writer: inout ByteWriter) {
    for lists in [inputs, outputs] {
      writer.append(lists.count)
      for (name, words) in lists.sorted(by: { $0.key < $1.key }) {
        writer.append(name)
        writer.append(words.count)
        for word in words { writer.append(word) }
      }
    }
  }

  /// - Throws: `CompileError.file` for lists that are damaged, and for none, which are not written.
  init(_ reader: inout ByteReader) throws(CompileError) {
    self.init()
    inputs = try Self.lists(&reader)
    outputs = try Self.lists(&reader)
    guard !isEmpty else { throw .file("the compiled model is damaged: no words") }
  }

  private static func lists(
    _ reader: inout ByteReader
  ) throws(CompileError) -> [String: [String]] {
    var lists: [String: [String]] = [:]
    for _ in 0..<(try reader.count(of: 16)) {
      let name = try reader.text()
      var words: [String] = []
      for _ in 0..<(try reader.count(of: 8)) { words.append(try reader.text()) }
      lists[name] = words
    }
    return lists
  }
}
