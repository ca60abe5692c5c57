import ConstraintSystem
import Hashing

/// The form of a derivation in a key and in a compiled model, with the numbers, names and lists of
/// the system's own encoding: the version, the digest of Assay's own circuits, the sources, the
/// inputs, the layers, the outputs (`Paper/` section 11.6).
extension Derivation: CanonicalCodable {
  /// Another form gets another number.
  static let version: UInt64 = 2
  /// Numbers of shapes, positions and parameters are less than this in magnitude.
  static let greatestNumber = 1 << 40

  public var bytes: [UInt8] { encoded() }

  /// - Throws: `DerivationError.malformed`, `unsupportedVersion`.
  public init(bytes: [UInt8]) throws(DerivationError) {
    do throws(ConstraintSystemError) {
      var reader = CanonicalReader(bytes)
      guard try reader.unsigned() == Self.version else { throw .init(.unknownTag) }
      try self.init(decoding: bytes)
    } catch {
      throw bytes.first == UInt8(Self.version) ? .malformed : .unsupportedVersion
    }
  }

  package func encode(into writer: inout CanonicalWriter) {
    writer.write(unsigned: Self.version)
    for byte in ownCircuits.bytes { writer.write(tag: byte) }
    writer.write(sources)
    writer.write(inputs)
    writer.write(layers)
    writer.write(outputs)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    guard try reader.unsigned() == Self.version else { throw .init(.unknownTag) }
    var bytes: [UInt8] = []
    for _ in 0..<Digest.byteCount { bytes.append(try reader.byte()) }
    guard let digest = Digest(bytes: bytes[...]) else { throw .init(.truncated) }
    self.init(
      ownCircuits: digest, sources: try reader.list(), inputs: try reader.list(),
      layers: try reader.list(), outputs: try reader.list())
  }
}

extension Derivation.Source: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(text)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(name: try reader.name(), text: try reader.name())
  }
}

extension Derivation.Layer: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(operation)
    writer.write(steps)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      name: try reader.name(), operation: try reader.name(), steps: try reader.list())
  }
}

extension Derivation.Step: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    action.encode(into: &writer)
    writer.write(name)
    writer.write(operands)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(
      try Derivation.Action(from: &reader), name: try reader.name(),
      operands: try reader.integers())
  }
}

extension Derivation.Action: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    switch self {
    case .tensor(let declaration):
      writer.write(tag: 0)
      declaration.encode(into: &writer)
    case .instance(let instance):
      writer.write(tag: 1)
      instance.encode(into: &writer)
    case .broadcast(let shape): Self.encode(2, shape, into: &writer)
    case .reshape(let shape): Self.encode(3, shape, into: &writer)
    case .transpose(let order): Self.encode(4, order, into: &writer)
    case .slice(let axis, let start, let count, let step):
      Self.encode(5, [axis, start, count, step], into: &writer)
    case .pad(let before, let after): Self.encode(6, before + after, into: &writer)
    case .concat(let axis): Self.encode(7, [axis], into: &writer)
    case .copy: writer.write(tag: 8)
    case .output(let isPublic): writer.write(tag: isPublic ? 9 : 10)
    case .sum(let sum, let fractionalBits):
      writer.write(tag: 11)
      sum.encode(into: &writer)
      writer.write(fractionalBits)
    case .table(let request, let fractionalBits):
      writer.write(tag: 12)
      request.encode(into: &writer)
      writer.write(fractionalBits)
    }
  }

  private static func encode(_ tag: UInt8, _ values: [Int], into writer: inout CanonicalWriter) {
    writer.write(tag: tag)
    writer.write(values)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    switch try reader.byte() {
    case 0: self = .tensor(try TensorDeclaration(from: &reader))
    case 1: self = .instance(try Derivation.Instance(from: &reader))
    case 2: self = .broadcast(try reader.moderateIntegers())
    case 3: self = .reshape(try reader.moderateIntegers())
    case 4: self = .transpose(try reader.moderateIntegers())
    case 5:
      let values = try reader.moderateIntegers()
      guard values.count == 4 else { throw ConstraintSystemError(.truncated) }
      self = .slice(axis: values[0], start: values[1], count: values[2], step: values[3])
    case 6:
      let values = try reader.moderateIntegers()
      guard values.count % 2 == 0 else { throw ConstraintSystemError(.truncated) }
      let rank = values.count / 2
      self = .pad(before: Array(values[..<rank]), after: Array(values[rank...]))
    case 7:
      let values = try reader.moderateIntegers()
      guard values.count == 1 else { throw ConstraintSystemError(.truncated) }
      self = .concat(axis: values[0])
    case 8: self = .copy
    case 9: self = .output(isPublic: true)
    case 10: self = .output(isPublic: false)
    case 11:
      self = .sum(try ViewSum(from: &reader), fractionalBits: try reader.moderateInteger())
    case 12:
      self = .table(try TableRequest(from: &reader), fractionalBits: try reader.moderateInteger())
    default: throw ConstraintSystemError(.unknownTag)
    }
  }
}

extension RealTableRequest: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(unsigned: UInt64(functions.count))
    for function in functions { writer.write(function.text) }
    for number in [argumentBits, outputBits, range.lowerBound, range.upperBound, first, rows] {
      writer.write(number)
    }
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    var functions: [RealFormula] = []
    for _ in 0..<(try reader.count()) {
      let text = try reader.name()
      guard let function = try? RealFormula(text), function.text == text else {
        throw ConstraintSystemError(.unknownTag)
      }
      functions.append(function)
    }
    let bits = (try reader.moderateInteger(), try reader.moderateInteger())
    let (low, high) = (try reader.integer(), try reader.integer())
    guard low <= high else { throw ConstraintSystemError(.emptyRange) }
    self.init(
      functions, argumentBits: bits.0, outputBits: bits.1, range: low...high,
      first: try reader.integer(), rows: try reader.integer())
  }
}

extension Derivation.Instance: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(circuit)
    let sorted = parameters.sorted { $0.key < $1.key }
    writer.write(unsigned: UInt64(sorted.count))
    for (name, value) in sorted {
      writer.write(name)
      writer.write(value)
    }
    writer.write(fractionalBits)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    let circuit = try reader.name()
    var parameters: [String: Int] = [:]
    for _ in 0..<(try reader.count()) {
      let name = try reader.name()
      parameters[name] = try reader.moderateInteger()
    }
    self.init(
      circuit: circuit, parameters: parameters, fractionalBits: try reader.moderateInteger())
  }
}

extension CanonicalReader {
  fileprivate mutating func moderateInteger() throws(ConstraintSystemError) -> Int {
    let value = try integer()
    guard value.magnitude < Derivation.greatestNumber else {
      throw ConstraintSystemError(.tooLarge)
    }
    return value
  }

  mutating func moderateIntegers() throws(ConstraintSystemError) -> [Int] {
    let values = try integers()
    for value in values where value.magnitude >= Derivation.greatestNumber {
      throw ConstraintSystemError(.tooLarge)
    }
    return values
  }
}
