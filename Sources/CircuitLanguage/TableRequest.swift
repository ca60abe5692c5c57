import ConstraintSystem

/// Which table `CircuitBuilder.apply` looks a value up in; it has one function besides its argument.
public struct TableRequest: Hashable, Sendable {
  enum Kind: Hashable {
    /// One of the library's, with a number for each of its parameters, in order.
    case named(String, parameters: [Int])
    case real(RealTableRequest)
  }

  let kind: Kind

  /// - Parameter name: as the circuit file calls it.
  public init(_ name: String, parameters: [Int] = []) {
    kind = .named(name, parameters: parameters)
  }

  /// A table of one real function.
  public init(_ table: RealTableRequest) { kind = .real(table) }

  /// The name of one of the library's tables.
  var libraryName: String? { if case .named(let name, _) = kind { name } else { nil } }

  /// What results of a real function are; those of the library's tables are what their columns are.
  var results: ClosedRange<Int>? { if case .real(let table) = kind { table.range } else { nil } }

  /// `clip(0, 6)`, or the formula of a real function.
  var text: String {
    switch kind {
    case .named(let name, let parameters):
      name + (parameters.isEmpty ? "" : "(\(parameters.map(String.init).joined(separator: ", ")))")
    case .real(let table): table.name
    }
  }
}

extension TableRequest: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    switch kind {
    case .named(let name, let parameters):
      writer.write(tag: 0)
      writer.write(name)
      writer.write(parameters)
    case .real(let table):
      writer.write(tag: 1)
      table.encode(into: &writer)
    }
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    switch try reader.byte() {
    case 0: self.init(try reader.name(), parameters: try reader.moderateIntegers())
    case 1: self.init(try RealTableRequest(from: &reader))
    default: throw ConstraintSystemError(.unknownTag)
    }
  }
}
