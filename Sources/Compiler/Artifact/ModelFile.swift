import ConstraintSystem
import Hashing
import Witness

/// The form of a compiled model in a file: `ASSAYMO` and a zero byte, the version, the length of
/// what follows but for the digest, the circuit, the derivation, the options, the report, the weights,
/// where there are any the words of inputs and outputs, and the BLAKE3 digest of everything before it. Integers are little endian.
extension CompiledModel {
  static let magic: [UInt8] = Array("ASSAYMO".utf8) + [0]
  public static let version: UInt32 = 5
  private static let headerBytes = 20

  /// A longer file is refused.
  public static let maximalLength = 1 << 34

  /// Whether a file that begins with these bytes says that it holds a compiled model.
  public static func claims(_ prefix: [UInt8]) -> Bool { prefix.starts(with: magic) }

  /// The contents of the file.
  public var fileBytes: [UInt8] {
    var body = ByteWriter()
    let circuit = self.circuit.canonicalBytes
    body.append(circuit.count)
    body.append(raw: circuit)
    body.append(derivation.count)
    body.append(raw: derivation)
    options.write(to: &body)
    body.append(layers.count)
    for layer in layers { layer.write(to: &body) }
    body.append(model.count)
    for tensor in model.keys.sorted() {
      guard let values = model[tensor] else { continue }
      body.append(tensor)
      body.append(UInt8(values.width.rawValue))
      body.append(values.count)
      values.withUnsafeBytes { body.append(raw: $0) }
    }
    if !words.isEmpty { words.write(to: &body) }
    var file = ByteWriter()
    file.append(raw: Self.magic)
    file.append(Self.version)
    file.append(body.bytes.count)
    file.append(raw: body.bytes)
    return file.bytes + Digest(hashing: file.bytes).bytes
  }

  /// Reads the contents of a file.
  ///
  /// - Throws: `CompileError.file` unless they are the whole of a consistent compiled model.
  public init(fileBytes: [UInt8]) throws(CompileError) {
    let end = fileBytes.count - Digest.byteCount
    guard end >= Self.headerBytes else {
      throw .file("not a compiled model: the file is too short")
    }
    var reader = ByteReader(fileBytes, 0..<end)
    guard try reader.take(8) == Self.magic[...] else { throw .file("not a compiled model") }
    let version = try reader.integer(UInt32.self)
    guard version == Self.version else {
      throw .file(
        "a compiled model of version \(version); this program reads \(Self.version): compile the "
          + "network again, or use the program that made it")
    }
    guard try reader.int() == reader.remaining else {
      throw .file("the compiled model is truncated, or bytes follow it")
    }
    guard Digest(hashing: Array(fileBytes[..<end])).bytes == Array(fileBytes[end...]) else {
      throw .file("the compiled model is damaged: its digest does not fit")
    }
    self = try Self.read(&reader)
    guard reader.remaining == 0 else { throw .file("bytes follow the compiled model") }
    try checkConsistency()
  }

  private static func read(_ reader: inout ByteReader) throws(CompileError) -> CompiledModel {
    let length = try reader.count(of: 1)
    guard let circuit = try? Circuit(canonicalBytes: Array(try reader.take(length))) else {
      throw .file("the compiled model is damaged: its circuit can't be read")
    }
    let derivation = Array(try reader.take(try reader.count(of: 1)))
    let options = try CompileOptions(&reader)
    var layers: [LayerReport] = []
    for _ in 0..<(try reader.count(of: LayerReport.leastBytes)) {
      layers.append(try LayerReport(&reader))
    }
    var model = CompiledModel(
      circuit: circuit, model: try readModel(&reader), layers: layers, options: options,
      derivation: derivation)
    if reader.remaining > 0 { model.words = try Vocabularies(&reader) }
    return model
  }

  private static func readModel(
    _ reader: inout ByteReader
  ) throws(CompileError) -> [Int: IntegerBuffer] {
    var model: [Int: IntegerBuffer] = [:]
    for _ in 0..<(try reader.count(of: 17)) {
      let tensor = try reader.int()
      guard let width = IntegerBuffer.Width(rawValue: Int(try reader.integer(UInt8.self))) else {
        throw .file("the compiled model is damaged: weights of an unknown width")
      }
      let count = try reader.count(of: width.rawValue)
      let bytes = try reader.take(count * width.rawValue)
      let buffer = IntegerBuffer(width: width, count: count) { $0.copyBytes(from: bytes) }
      guard model.updateValue(buffer, forKey: tensor) == nil else {
        throw .file("the compiled model is damaged: two sets of weights for one tensor")
      }
    }
    return model
  }
}

extension LayerReport {
  /// Fewer bytes can't be one.
  static let leastBytes = 8 * 8 + 2

  fileprivate func write(to writer: inout ByteWriter) {
    writer.append(name)
    writer.append(operation)
    writer.append(shape)
    writer.append(fractionalBits)
    writer.append(minimum)
    writer.append(maximum)
    writer.append(tensor)
    writer.append(maximalError)
    writer.append([weights, witnessCells, lookups])
  }

  fileprivate init(_ reader: inout ByteReader) throws(CompileError) {
    name = try reader.text()
    operation = try reader.text()
    shape = try reader.ints()
    fractionalBits = try reader.int()
    minimum = try reader.double()
    maximum = try reader.double()
    tensor = try reader.flag() ? try reader.int() : nil
    maximalError = try reader.flag() ? try reader.double() : nil
    let costs = try reader.ints()
    guard costs.count == 3 else { throw .file("the compiled model is damaged: a layer's costs") }
    weights = costs[0]
    witnessCells = costs[1]
    lookups = costs[2]
  }
}
