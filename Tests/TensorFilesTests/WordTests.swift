import Testing

@testable import TensorFiles

/// Files of words.
@Suite("Words in files") struct WordTests {
  private func json(_ text: String) throws -> [TensorValue] {
    try JSONTensors.decode(Array(text.utf8))
  }

  @Test func jsonWordsArePlacesInAList() throws {
    let tensors = try json(#"{"input_data": [[["red"], ["blue"], ["red"]], [1, 2]]}"#)
    #expect(tensors[0].shape == [3, 1])
    #expect(tensors[0].values == [0, 1, 0])
    #expect(tensors[0].words == ["red", "blue"])
    #expect(tensors[1].words == nil)
  }

  @Test func aFlatListOfWordsIsOneInput() throws {
    let tensors = try json(#"{"input_data": ["a", "b"]}"#)
    #expect(tensors.map(\.shape) == [[2]])
    #expect(tensors[0].words == ["a", "b"])
  }

  @Test func escapesAreResolved() throws {
    let text = #"{"input_data": ["\"\\\/\n\u00e9\ud83d\ude00"]}"#
    #expect(try json(text)[0].words == ["\"\\/\né😀"])
  }

  @Test(arguments: [
    #"{"input_data": ["a", 1]}"#, #"{"input_data": ["\x"]}"#, #"{"input_data": ["\ud83d"]}"#,
    #"{"input_data": ["\u12"]}"#, #"{"input_data": [["a"], ["b", "c"], [[1], ["d"]]]}"#,
  ]) func whatIsNoTensorOfWordsIsRefused(text: String) {
    #expect(throws: TensorFileError.self) { try json(text) }
  }

  private func numpy(_ type: String, _ count: Int, _ data: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(count),), }\n"
    return NumpyFormat.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + data
  }

  @Test func numpyWords() throws {
    func wide(_ text: String, _ size: Int) -> [UInt8] {
      var units = text.unicodeScalars.map(\.value)
      units += [UInt32](repeating: 0, count: size - units.count)
      return units.flatMap { unit in (0..<4).map { UInt8(unit >> (8 * $0) & 0xff) } }
    }
    let data = wide("é", 3) + wide("abc", 3) + wide("", 3) + wide("é", 3)
    let value = try NumpyFormat.decode(numpy("<U3", 4, data))
    #expect(value.words == ["é", "abc", ""])
    #expect(value.values == [0, 1, 2, 0])
    let bytes = try NumpyFormat.decode(numpy("|S2", 2, [0x61, 0, 0x62, 0x63]))
    #expect(bytes.words == ["a", "bc"])
  }

  @Test func numpyBytesThatAreNoWordsAreRefused() {
    #expect(throws: TensorFileError.self) {
      try NumpyFormat.decode(numpy("|S1", 1, [0xff]))
    }
    #expect(throws: TensorFileError.self) {
      try NumpyFormat.decode(numpy("<U1", 1, [0, 0xd8, 0, 0]))
    }
    #expect(throws: TensorFileError.self) {
      try NumpyFormat.decode(numpy("<U1", 1, [0x61, 0, 0]))
    }
  }
}
