import Foundation

/// A small model that uses one operator, with inputs and what ONNX Runtime makes of them.
public struct OperatorCase: Decodable, Sendable {
  /// A tensor, row by row.
  public struct Value: Decodable, Sendable {
    public let shape: [Int]
    public let values: [Double]

    /// - Parameter values: as many as the shape says.
    public init(shape: [Int], values: [Double]) {
      self.shape = shape
      self.values = values
    }

    /// The values as the model takes them.
    public var floats: [Float] { values.map(Float.init) }

    /// The greatest of the values without their signs; zero of no values.
    public var magnitude: Double { values.map(abs).max() ?? 0 }
  }

  /// By the model's names.
  public let inputs: [String: Value]
  public let outputs: [String: Value]

  /// All cases' names, sorted.
  public static let names = Fixture.names(in: "operators", ending: ".onnx")

  /// Where the model of a case lies.
  public static func network(_ name: String) -> String { Fixture.path("operators/\(name).onnx") }

  /// Reads a case.
  /// - Parameter folder: where in `Fixtures` it lies.
  public init(_ name: String, folder: String = "operators") throws {
    let bytes = try Fixture.bytes(Fixture.path("\(folder)/\(name).json"))
    self = try JSONDecoder().decode(OperatorCase.self, from: Data(bytes))
  }
}
