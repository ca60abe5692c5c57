import TensorFiles
import Testing

@Suite("JSON inputs")
struct JSONTensorsTests {
  private func decode(_ text: String) throws(TensorFileError) -> [TensorValue] {
    try JSONTensors.decode(Array(text.utf8))
  }

  @Test func shapes() throws {
    let flat = try decode(#"{"input_data": [[1, -2.5, 3e2]]}"#)
    #expect(flat == [try TensorValue(shape: [3], values: [1, -2.5, 300])])
    let nested = try decode(#"{"input_data": [[[1, 2], [3, 4], [5, 6]]]}"#)
    #expect(nested == [try TensorValue(shape: [3, 2], values: [1, 2, 3, 4, 5, 6])])
    let several = try decode(#"{"input_data": [[1], [[2, 3]]]}"#)
    #expect(several.map(\.shape) == [[1], [1, 2]])
    let bare = try decode(#"{"input_data": [1, 2]}"#)
    #expect(bare.map(\.shape) == [[2]])
    #expect(try decode(#"{"input_data": []}"#) == [])
  }

  @Test("other keys are passed over")
  func otherKeys() throws {
    let text = """
      {"a": {"b": [null, true, false, "x\\"y"]}, "input_data": [ [ 1 ] ],
       "output_data": [["7"]]}
      """
    #expect(try decode(text).map(\.values) == [[1]])
  }

  @Test("integers are exact or an error")
  func integers() throws {
    #expect(try decode(#"{"input_data": [[16777217]]}"#)[0].values == [16_777_217])
    #expect(try decode(#"{"input_data": [[9007199254740992]]}"#)[0].values == [0x1p53])
    #expect(throws: TensorFileError.self) { try decode(#"{"input_data": [[9007199254740993]]}"#) }
    #expect(throws: TensorFileError.self) {
      try decode(#"{"input_data": [[99999999999999999999]]}"#)
    }
  }

  @Test(arguments: [
    "", "{", "[]", "1", #"{"input_data"}"#, #"{"input_data": }"#, #"{"other": [[1]]}"#,
    #"{"input_data": 1}"#, #"{"input_data": {"x": [1]}}"#, #"{"input_data": ["1", 1]}"#,
    #"{"input_data": [[1, 2], [3]"#, #"{"input_data": [[[1, 2], [3]]]}"#,
    #"{"input_data": [[1, [2]]]}"#, #"{"input_data": [[[1], 2]]}"#, #"{"input_data": [[1,]]}"#,
    #"{"input_data": [[nan]]}"#, #"{"input_data": [[1e999]]}"#, #"{"input_data": [[+1]]}"#,
    #"{"input_data": [[--1]]}"#, #"{"input_data": [[true]]}"#, #"{"input_data": [[null]]}"#,
    #"{"input_data": [[1]]} x"#, #"{"input_data": [[1]], "input_data": [[2]]}"#,
    #"{"input_data": [[1 2]]}"#, #"{"input_data": [[0x10]]}"#, #"{"key": "open}"#,
    #"{"key": "open\"#,
  ])
  func malformed(text: String) {
    #expect(throws: TensorFileError.self) { try decode(text) }
  }

  @Test func nesting() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: TensorFileError.self) { try decode(#"{"input_data": "# + deep) }
  }

  @Test func faultsAreLocated() {
    do throws(TensorFileError) {
      _ = try decode(#"{"input_data": [[1, x]]}"#)
      Issue.record("accepted")
    } catch {
      #expect(error.reason.contains("at byte 20"), "\(error)")
    }
  }
}
