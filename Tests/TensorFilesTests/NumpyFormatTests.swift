import TensorFiles
import TestSupport
import Testing

@Suite("NumPy files")
struct NumpyFormatTests {
  /// A file with the given header and data.
  private func file(_ header: String, _ data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let length = header.utf8.count
    let lengthBytes = [UInt8(length & 255), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengthBytes + Array(header.utf8) + data
  }

  private func header(_ type: String, fortran: Bool = false, _ shape: String) -> String {
    "{'descr': '\(type)', 'fortran_order': \(fortran ? "True" : "False"), 'shape': \(shape), }\n"
  }

  private func values(_ type: String, _ data: [UInt8]) throws -> [Double] {
    let size = Int(type.dropFirst(2)) ?? 1
    return try NumpyFormat.decode(file(header(type, "(\(data.count / size),)"), data)).values
  }

  @Test func elementTypes() throws {
    #expect(try values("<f2", [0x00, 0x3c, 0x01, 0x00]) == [1, 0x1p-24])
    #expect(try values("<f4", [0, 0, 0x20, 0xc0]) == [-2.5])
    #expect(try values(">f4", [0xc0, 0x20, 0, 0]) == [-2.5])
    #expect(try values("<f8", [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]) == [1])
    #expect(try values("|i1", [0x80, 0x7f]) == [-128, 127])
    #expect(try values("|u1", [0x80, 0xff]) == [128, 255])
    #expect(try values("<i2", [0xfe, 0xff]) == [-2])
    #expect(try values(">i2", [0xff, 0xfe]) == [-2])
    #expect(try values("<u2", [0xfe, 0xff]) == [65534])
    #expect(try values("<i4", [0, 0, 0, 0x80]) == [-0x1p31])
    #expect(try values(">u4", [0x80, 0, 0, 1]) == [0x1p31 + 1])
    #expect(try values("<i8", [1, 0, 0, 0, 0, 0, 0, 0x80 & 0]) == [1])
    #expect(try values("<i8", [0, 0, 0, 0, 0, 0, 0, 0x80]) == [-0x1p63])
    #expect(try values("|b1", [0, 1]) == [0, 1])
  }

  @Test("integers that a double does not hold, and numbers that are none, are errors")
  func inexactElements() {
    let inexact: [UInt8] = [1, 0, 0, 0, 0, 0, 0x20, 0]
    for (type, data) in [
      ("<i8", inexact), ("<u8", [UInt8](repeating: 255, count: 8)), ("|b1", [2]),
      ("<f4", [0, 0, 0xc0, 0x7f]), ("<f4", [0, 0, 0x80, 0xff]),
    ] {
      #expect(throws: TensorFileError.self, "\(type)") { try values(type, data) }
    }
  }

  @Test func shapesAndOrder() throws {
    let data: [UInt8] = [0, 1, 2, 3, 4, 5]
    let row = try NumpyFormat.decode(file(header("|u1", "(2, 3)"), data))
    #expect(row.shape == [2, 3] && row.values == [0, 1, 2, 3, 4, 5])
    let column = try NumpyFormat.decode(file(header("|u1", fortran: true, "(2, 3)"), data))
    #expect(column.shape == [2, 3] && column.values == [0, 2, 4, 1, 3, 5])
    #expect(try NumpyFormat.decode(file(header("|u1", "()"), [7])).shape == [])
    #expect(try NumpyFormat.decode(file(header("|u1", "(0, 4)"), [])).values == [])
    for version: UInt8 in 1...3 {
      let bytes = file(header("|u1", "(6,)"), data, version: version)
      #expect(try NumpyFormat.decode(bytes).shape == [6])
    }
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (268435457,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1), 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 1}",
    "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'shape': (1,)}",
    "{'descr': '<c8', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<U0', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }", "{", "", "[]",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
  ])
  func badHeaders(text: String) {
    #expect(throws: TensorFileError.self) {
      try NumpyFormat.decode(file(text, [0, 0, 0, 0]))
    }
  }

  @Test func truncationsAndLeftovers() throws {
    let bytes = try NumpyFormat.encode(.init(shape: [3], values: [1, 2, 3]), as: .float32)
    for length in 0..<bytes.count {
      #expect(throws: TensorFileError.self) { try NumpyFormat.decode(Array(bytes[..<length])) }
    }
    #expect(throws: TensorFileError.self) { try NumpyFormat.decode(bytes + [0]) }
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= 0x55
      _ = try? NumpyFormat.decode(damaged)
    }
  }

  @Test func writing() throws {
    let value = try TensorValue(shape: [2, 1, 2], values: [1, -2, 3.5, 0])
    for type: NumpyFormat.OutputType in [.float32, .float64] {
      let bytes = try NumpyFormat.encode(value, as: type)
      #expect((bytes.count - (type == .float32 ? 16 : 32)) % 64 == 0)
      #expect(try NumpyFormat.decode(bytes) == value)
    }
    #expect(throws: TensorFileError.self) { try NumpyFormat.encode(value, as: .int64) }
    let integers = try TensorValue(shape: [], values: [-0x1p62])
    #expect(try NumpyFormat.decode(NumpyFormat.encode(integers, as: .int64)) == integers)
    let large = try TensorValue(shape: [1], values: [1e300])
    #expect(throws: TensorFileError.self) { try NumpyFormat.encode(large, as: .float32) }
  }

  @Test func filesByPath() throws {
    let folder = try TemporaryFolder()
    let value = try TensorValue(shape: [2], values: [0.5, -1])
    let path = folder.path + "/x.npy"
    try TensorFile.writeNumpy(value, path: path)
    #expect(try TensorFile.readNumpy(path: path) == value)
    #expect(throws: TensorFileError.self) { try TensorFile.readNumpy(path: folder.path) }
    #expect(throws: TensorFileError.self) { try TensorFile.readNumpy(path: path + "x") }
    #expect(throws: TensorFileError.self) { try TensorFile.readNumpy(path: "/dev/zero") }
    #expect(throws: TensorFileError.self) {
      try TensorFile.writeNumpy(value, path: folder.path + "/none/x.npy")
    }
    #expect(try value.reshaped(to: [1, 2]).shape == [1, 2])
    #expect(throws: TensorFileError.self) { try value.reshaped(to: [3]) }
  }
}
