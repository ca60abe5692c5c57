import FileAccess

/// What a file holds, as far as it matters to whoever is about to replace it.
public struct FileKind: Sendable {
  /// With its article, for people.
  public var name: String
  /// Whether a file that begins with these bytes is one.
  public var claims: @Sendable ([UInt8]) -> Bool
  /// Whether only the owner may read it.
  public var isSecret: Bool
  /// Whether something is counted in it, so that it has to be a file of its own.
  public var isCounted: Bool
  /// What is lost with a file of this kind; nil for one that can be made again.
  public var loss: (@Sendable (_ path: String) -> String)?

  public init(
    _ name: String, isSecret: Bool = false, isCounted: Bool = false,
    claims: @escaping @Sendable ([UInt8]) -> Bool,
    loss: (@Sendable (_ path: String) -> String)? = nil
  ) {
    self.name = name
    self.claims = claims
    self.isSecret = isSecret
    self.isCounted = isCounted
    self.loss = loss
  }

  /// A NumPy array.
  public static let array = FileKind("a NumPy array") {
    $0.starts(with: [0x93] + Array("NUMPY".utf8))
  }
}
