import Foundation
import TensorGraph
import TestSupport
import Testing

@testable import ONNXImport

@Suite("Tensor encodings")
struct TensorDecodingTests {
  private func tensor(
    _ type: Onnx_TensorProto.DataType, _ count: Int, _ fill: (inout Onnx_TensorProto) -> Void
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = "t"
    tensor.dims = [Int64(count)]
    tensor.dataType = Int32(type.rawValue)
    fill(&tensor)
    return tensor
  }

  private func doubles(_ tensor: Onnx_TensorProto) throws -> [Double] {
    try TensorDecoder(externalData: nil).decode(tensor).exactDoubles()
  }

  private func raw(_ words: [some FixedWidthInteger]) -> Data {
    words.reduce(into: Data()) { data, word in
      withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) }
    }
  }

  @Test func rawData() throws {
    #expect(try doubles(tensor(.int8, 2) { $0.rawData = raw([Int8.min, 5]) }) == [-128, 5])
    #expect(try doubles(tensor(.uint8, 2) { $0.rawData = raw([UInt8.max, 5]) }) == [255, 5])
    #expect(try doubles(tensor(.int16, 2) { $0.rawData = raw([Int16.min, 5]) }) == [-32768, 5])
    #expect(try doubles(tensor(.uint16, 2) { $0.rawData = raw([UInt16.max, 5]) }) == [65535, 5])
    #expect(try doubles(tensor(.int32, 1) { $0.rawData = raw([Int32.min]) }) == [-0x1p31])
    #expect(try doubles(tensor(.uint32, 1) { $0.rawData = raw([UInt32.max]) }) == [0x1p32 - 1])
    #expect(try doubles(tensor(.int64, 1) { $0.rawData = raw([Int64.min]) }) == [-0x1p63])
    #expect(try doubles(tensor(.bool, 2) { $0.rawData = raw([UInt8(0), 1]) }) == [0, 1])
    let doubleBits = [0.1, -2.5].map(\.bitPattern)
    #expect(try doubles(tensor(.double, 2) { $0.rawData = raw(doubleBits) }) == [0.1, -2.5])
    let floatBits = [Float(0.1), -2.5].map(\.bitPattern)
    #expect(try doubles(tensor(.float, 2) { $0.rawData = raw(floatBits) })[1] == -2.5)
    let halves: [UInt16] = [0x3c00, 0xc000, 0x0001, 0x7bff, 0x8000, 0x3555]
    #expect(
      try doubles(tensor(.float16, 6) { $0.rawData = raw(halves) })
        == [1, -2, 0x1p-24, 65504, 0, 0.333251953125])
    let brains: [UInt16] = [0x3f80, 0xc020]
    #expect(try doubles(tensor(.bfloat16, 2) { $0.rawData = raw(brains) }) == [1, -2.5])
  }

  @Test func fields() throws {
    #expect(try doubles(tensor(.int32, 2) { $0.int32Data = [-7, 9] }) == [-7, 9])
    #expect(try doubles(tensor(.uint8, 1) { $0.int32Data = [200] }) == [200])
    #expect(try doubles(tensor(.bool, 2) { $0.int32Data = [0, 1] }) == [0, 1])
    #expect(try doubles(tensor(.uint64, 1) { $0.uint64Data = [12] }) == [12])
    #expect(try doubles(tensor(.double, 1) { $0.doubleData = [0.1] }) == [0.1])
    #expect(try doubles(tensor(.float16, 1) { $0.int32Data = [0x3c00] }) == [1])
    #expect(try doubles(tensor(.bfloat16, 1) { $0.int32Data = [0x3f80] }) == [1])
  }

  @Test("integers that a double does not hold are an error, never rounded")
  func inexactIntegers() throws {
    let exact: Int64 = 1 << 53
    #expect(try doubles(tensor(.int64, 1) { $0.int64Data = [exact] }) == [0x1p53])
    #expect(throws: GraphError.self) {
      try doubles(tensor(.int64, 1) { $0.int64Data = [exact + 1] })
    }
    #expect(throws: GraphError.self) {
      try doubles(tensor(.uint64, 1) { $0.uint64Data = [.max] })
    }
    #expect(throws: GraphError.self) {
      try doubles(tensor(.float16, 1) { $0.int32Data = [1 << 16] })
    }
  }

  @Test func otherTypes() {
    for type: Onnx_TensorProto.DataType in [.string, .complex64, .float8E4M3Fn, .undefined] {
      #expect(throws: GraphError.self) { try doubles(tensor(type, 1) { $0.int32Data = [0] }) }
    }
    var unknown = tensor(.float, 1) { $0.floatData = [1] }
    unknown.dataType = 4711
    #expect(throws: GraphError.self) { try doubles(unknown) }
  }

  @Test func tensorFiles() throws {
    let folder = try TemporaryFolder()
    let source = tensor(.float, 2) { $0.floatData = [0.5, 2] }
    let path = try folder.write(try source.serializedBytes(), "input_0.pb")
    let read = try ONNXFile.readTensor(path: path)
    #expect(read == .init(name: "t", shape: [2], values: [0.5, 2]))
    let damaged = try folder.write([0xff, 0xff, 0xff], "damaged.pb")
    #expect(throws: ImportError.self) { try ONNXFile.readTensor(path: damaged) }
    #expect(throws: ImportError.self) { try ONNXFile.readTensor(path: folder.path) }
    #expect(throws: ImportError.self) { try ONNXFile.readTensor(path: folder.path + "/none.pb") }
  }
}

@Suite("External data")
struct ExternalDataTests {
  private func importModel(_ fields: [String: String], in folder: TemporaryFolder) throws {
    var tensor = ModelMaker.floats("w", [4], [])
    tensor.dataLocation = .external
    tensor.externalData = fields.map { key, value in
      var entry = Onnx_StringStringEntryProto()
      (entry.key, entry.value) = (key, value)
      return entry
    }
    let model = ModelMaker.model(
      [ModelMaker.node("Add", ["x", "w"], ["y"])], initializers: [tensor])
    let path = try folder.write(model.bytes, "models/model.onnx")
    let graph = try ONNXFile.importModel(path: path)
    #expect(graph.constants.values.map(\.reals) == [[1, 2, 3, 4]])
  }

  private func makeFolder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    let weights: [Float] = [1, 2, 3, 4]
    let bytes = weights.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    _ = try folder.write(bytes, "models/w.bin")
    _ = try folder.write(bytes, "models/sub/w.bin")
    _ = try folder.write(bytes, "outside.bin")
    _ = try folder.write([9, 9, 9] + bytes + [9], "models/padded.bin")
    return folder
  }

  @Test func read() throws {
    let folder = try makeFolder()
    try importModel(["location": "w.bin"], in: folder)
    try importModel(["location": "sub/w.bin", "offset": "0", "length": "16"], in: folder)
    try importModel(["location": "padded.bin", "offset": "3", "length": "16"], in: folder)
  }

  @Test func rangesOutsideTheFile() throws {
    let folder = try makeFolder()
    for (offset, length) in [
      ("1", "16"), ("17", "0"), ("-1", "16"), ("0", "-16"), ("9223372036854775807", "16"),
      ("0", "9223372036854775807"), ("99999999999999999999", "1"), ("0", "15"), ("x", "16"),
    ] {
      #expect(throws: ImportError.self, "\(offset) \(length)") {
        try importModel(["location": "w.bin", "offset": offset, "length": length], in: folder)
      }
    }
  }

  @Test func locationsOutsideTheFolder() throws {
    let folder = try makeFolder()
    let files = FileManager.default
    let models = folder.path + "/models"
    try files.createSymbolicLink(
      atPath: models + "/link.bin", withDestinationPath: folder.path + "/outside.bin")
    try files.createSymbolicLink(atPath: models + "/up", withDestinationPath: folder.path)
    try files.createSymbolicLink(atPath: models + "/inner.bin", withDestinationPath: "w.bin")
    for location in [
      "../outside.bin", folder.path + "/outside.bin", models + "/w.bin", "sub/../../outside.bin",
      "link.bin", "up/outside.bin", "./w.bin", "", "sub", "/dev/zero", "none.bin", "sub//w.bin",
    ] {
      #expect(throws: ImportError.self, "\(location)") {
        try importModel(["location": location], in: folder)
      }
    }
    try importModel(["location": "inner.bin"], in: folder)
  }

  @Test("the files that a model's tensors lie in can be asked for")
  func files() throws {
    let files = try ONNXModel(path: Fixture.path("operators/external_data.onnx")).externalFiles
    #expect(files.map { URL(fileURLWithPath: $0).lastPathComponent } == ["external_data.bin"])
    #expect(try ONNXModel(path: Fixture.path("digits_cnn/model.onnx")).externalFiles.isEmpty)
  }

  @Test("a model given as bytes has no folder")
  func withoutFolder() throws {
    #expect(throws: ImportError.self) {
      try ONNXFile.importModel(bytes: Fixture.bytes(OperatorCase.network("external_data")))
    }
  }
}
