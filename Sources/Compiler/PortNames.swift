/// What the outputs of a network are called in its constraint system. No two inputs or outputs of a
/// system share a name, but an output of a network may be called like an input, being the same
/// tensor. It is then marked as the output.
enum PortNames {
  private static let mark = " (output)"

  /// The name in the system of an output that the network calls `name`.
  static func ofOutput(_ name: String, inputs: Set<String>) -> String {
    isInput(name, inputs) ? name + mark : name
  }

  /// What the network calls an output that has the name `name` in the system: the inverse of
  /// `ofOutput`.
  static func networkName(ofOutput name: String, inputs: Set<String>) -> String {
    guard name.hasSuffix(mark) else { return name }
    let bare = String(name.dropLast(mark.count))
    return isInput(bare, inputs) ? bare : name
  }

  /// Whether the name is that of an input, marks left aside: these would be taken for ours.
  private static func isInput(_ name: String, _ inputs: Set<String>) -> Bool {
    var bare = name
    while !inputs.contains(bare) {
      guard bare.hasSuffix(mark) else { return false }
      bare = String(bare.dropLast(mark.count))
    }
    return true
  }
}
