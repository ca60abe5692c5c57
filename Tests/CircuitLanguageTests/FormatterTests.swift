import Foundation
import Testing

@testable import CircuitLanguage

@Suite("The canonical layout of circuit files")
struct FormatterTests {
  private func format(_ text: String) throws -> String {
    try SourceFormatter.format(SourceFile(name: "a.circuit", text: text))
  }

  @Test("space, indentation and empty lines")
  func layout() throws {
    let text = """


      #A ReLU
      circuit  f( x:i16[ ... ,n ] ;s :nat )->(y : i16[...,n])
        {
      require s<=2^( s-1 )and-s<3   #why
          let half=2 ^ s/2 # half of it
      acc[...,i]:=
      sum( j in 1 ..< n )x[..., i+j-1]
      *x[...,-i+2*j]
      for i in n



      hint y [...,i]:i16=select( x[...,i]<0,-1,( x[...,i]+1 )*2 )
      lookup( x[...,i],y[...,i] )in table relu( 3 )
      if s==0{
      a,b:=g( x,y;s,t=-s )
      }else{
      # nothing yet
      assert acc[...,i]==min( 1,2 )
      + 3
      }

      }


      """
    #expect(
      try format(text) == """
        # A ReLU
        circuit f(x: i16[..., n]; s: nat) -> (y: i16[..., n])
        {
          require s <= 2^(s - 1) and -s < 3  # why
          let half = 2^s / 2                 # half of it
          acc[..., i] :=
            sum(j in 1..<n) x[..., i + j - 1]
              * x[..., -i + 2 * j]
            for i in n

          hint y[..., i]: i16 = select(x[..., i] < 0, -1, (x[..., i] + 1) * 2)
          lookup (x[..., i], y[..., i]) in table relu(3)
          if s == 0 {
            a, b := g(x, y; s, t = -s)
          } else {
            # nothing yet
            assert acc[..., i] == min(1, 2)
              + 3
          }

        }

        """)
  }

  static let files: [String] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return ["Circuits", "Fixtures/circuits"].flatMap { folder in
      let path = root.appending(path: folder).path
      let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
      return names.filter { $0.hasSuffix(".circuit") }.sorted().map { path + "/" + $0 }
    }
  }()

  @Test("what is formatted is formatted, and says the same", arguments: files)
  func idempotent(path: String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let once = try format(text)
    #expect(try format(once) == once)
    let words = { (text: String) in
      text.split { $0.isWhitespace }.joined()
    }
    #expect(words(once) == words(text))
    // However it is indented, the layout is the same.
    let flat = text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.drop { $0 == " " } }.joined(separator: "\n")
    #expect(try format(flat) == once)
  }

  @Test("empty files, strange ends of lines, and errors with their place")
  func edges() throws {
    #expect(try format("") == "")
    #expect(try format("\n\n \n") == "")
    #expect(try format("# only") == "# only\n")
    #expect(try format("table t(x: i16) = x\r\n# a\r\n") == "table t(x: i16) = x\n# a\n")
    let error = #expect(throws: CircuitLanguageError.self) { try format("table\n  @") }
    #expect(error?.location?.line == 2 && error?.location?.column == 3)
    let deep = String(repeating: "(", count: 50_000)
    #expect(try format(deep).count == 50_001)
    _ = try format(String(repeating: "{\n", count: 5_000))
  }
}
