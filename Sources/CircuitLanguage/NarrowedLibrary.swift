extension CircuitLibrary {
  /// The same circuits for values of fewer bits: `i16` and `u16` become `iN` and `uN`, and the powers
  /// `2^15` and `2^16` shrink with them. So few values are left that all of them can be gone through.
  ///
  /// A circuit that speaks of 16 bits in another way is another circuit then; whether its honest
  /// values still satisfy its statements tells. Lines keep their numbers.
  /// - Parameter bits: from 2 to 16.
  /// - Throws: when the texts do not fit each other any more.
  public func narrowed(toBits bits: Int) throws(CircuitLanguageError) -> CircuitLibrary {
    var seen = Set(foreignFiles.map(ObjectIdentifier.init))
    let files = circuits.values.map(\.location.file) + tables.values.map(\.location.file)
    let own = files.filter { seen.insert(ObjectIdentifier($0)).inserted }.sorted {
      $0.name < $1.name
    }
    var result = CircuitLibrary()
    // What is added later takes the place of what is there, as it has here.
    for group in [own, foreignFiles] {
      var narrowed: [SourceFile] = []
      for file in group { narrowed.append(try file.narrowed(toBits: bits)) }
      try result.add(files: narrowed)
    }
    return result
  }
}

extension SourceFile {
  /// The text without its comments, each word on its line.
  fileprivate func narrowed(toBits bits: Int) throws(CircuitLanguageError) -> SourceFile {
    let tokens = try Lexer.tokens(of: self)
    var text = ""
    var line = 1
    for (place, token) in tokens.dropLast().enumerated() {
      text += String(repeating: "\n", count: token.location.line - line) + " "
      line = token.location.line
      var word = token.text
      if word == "i16" || word == "u16" {
        word = "\(word.prefix(1))\(bits)"
      } else if place >= 2, tokens[place - 1].text == "^", tokens[place - 2].text == "2",
        let exponent = Int(word), exponent == 15 || exponent == 16
      {
        word = String(exponent - 16 + bits)
      }
      text += word
    }
    return SourceFile(name: name, text: text)
  }
}
