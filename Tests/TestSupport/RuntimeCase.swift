import Foundation

/// A node of one operator, what it is given, and what ONNX Runtime makes of it.
public struct RuntimeCase: Decodable, Sendable {
  public let operation: String
  public let domain: String
  public let opset: Int
  public let attributes: [String: Attribute]
  /// Nil where an optional operand is left out.
  public let inputs: [Value?]
  /// Nil for those that are not used.
  public let outputs: [Value?]

  /// A tensor, row by row.
  public struct Value: Decodable, Sendable {
    /// `real`, `integer` or `boolean`.
    public let kind: String
    public let shape: [Int]
    public let values: [Number]
    /// Whether it is a constant of the network; nil for no.
    public let constant: Bool?
    /// Of integers, how they are stored: `uint8`, `int8` or `int32`; nil for 64 bits.
    public let type: String?

    /// The values as numbers.
    public var numbers: [Double] { values.map(\.value) }
  }

  /// A number, or the name of one that JSON does not have.
  public struct Number: Decodable, Sendable {
    public let value: Double

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        value = Double(text) ?? .nan
      } else {
        value = try container.decode(Double.self)
      }
    }
  }

  /// JSON does not tell 1 from 1.0: what is a whole number is read as one.
  public enum Attribute: Decodable, Sendable {
    case int(Int)
    case real(Double)
    case ints([Int])
    case reals([Double])
    case text(String)
    case texts([String])

    public init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let integer = try? container.decode(Int.self) {
        self = .int(integer)
      } else if let real = try? container.decode(Double.self) {
        self = .real(real)
      } else if let list = try? container.decode([Int].self) {
        self = .ints(list)
      } else if let list = try? container.decode([Double].self) {
        self = .reals(list)
      } else if let list = try? container.decode([String].self) {
        self = .texts(list)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  /// The names of all files of cases, sorted.
  public static let names = Fixture.names(in: "equations", ending: ".json")

  /// The names of all files of nodes that ONNX Runtime's optimiser and its quantiser write, sorted.
  public static let fused = Fixture.names(in: "fused", ending: ".json")

  /// Reads a file of cases; a missing one is an error.
  public static func read(_ name: String, in folder: String = "equations") throws -> [RuntimeCase] {
    let bytes = try Fixture.bytes(Fixture.path("\(folder)/\(name).json"))
    return try JSONDecoder().decode([RuntimeCase].self, from: Data(bytes))
  }
}
