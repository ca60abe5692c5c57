/// Who sees a part of a model or of an inference.
public enum Visibility: UInt8, Equatable, Sendable {
  /// Only whoever proves.
  case `private` = 0
  /// Everybody who verifies.
  case `public` = 1
}

/// Who sees the inputs, or the outputs, of a network.
public struct PortVisibility: Equatable, Sendable {
  /// Of those that are not named.
  public var others: Visibility
  public var named: [String: Visibility]

  public init(_ others: Visibility, named: [String: Visibility] = [:]) {
    self.others = others
    self.named = named
  }

  /// - Parameter name: as the network calls the input or the output.
  public subscript(name: String) -> Visibility { named[name] ?? others }
}

/// Who sees what.
public struct ModelVisibility: Equatable, Sendable {
  /// The weights. Setting a model up that is public commits to it without a secret, so that whoever
  /// has the network's file can check the key.
  public var model: Visibility
  public var inputs: PortVisibility
  public var outputs: PortVisibility

  public init(
    model: Visibility = .private, inputs: PortVisibility = .init(.private),
    outputs: PortVisibility = .init(.public)
  ) {
    self.model = model
    self.inputs = inputs
    self.outputs = outputs
  }
}
