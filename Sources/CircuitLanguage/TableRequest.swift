import ConstraintSystem

/// Which table `CircuitBuilder.apply` looks a value up in: one of the library's, which has one function
/// besides its argument.
public struct TableRequest: Hashable, Sendable {
  /// As the circuit file calls it.
  public var name: String
  /// A number for each of the table's parameters, in order.
  public var parameters: [Int]

  public init(_ name: String, parameters: [Int] = []) {
    self.name = name
    self.parameters = parameters
  }

  /// `clip(0, 6)`
  var text: String {
    name + (parameters.isEmpty ? "" : "(\(parameters.map(String.init).joined(separator: ", ")))")
  }
}

extension TableRequest: CanonicalCodable {
  package func encode(into writer: inout CanonicalWriter) {
    writer.write(name)
    writer.write(parameters)
  }

  package init(from reader: inout CanonicalReader) throws(ConstraintSystemError) {
    self.init(try reader.name(), parameters: try reader.moderateIntegers())
  }
}
