/// A value that a prover put in the place of an honest one.
public struct ForgedValue: Equatable, Sendable {
  public let tensor: String
  /// Indices along the tensor's axes.
  public let position: [Int]
  public let honest: Int
  /// The representative in (−p/2, p/2) of the element of the field.
  public let forged: Int
}

/// An assignment with the same inputs as the honest one, which all statements accept.
public struct WrongHint: Sendable {
  public enum Meaning: String, Sendable {
    /// An output differs: the statements do not pin it.
    case output
    /// Only hints differ, as where several elements are the greatest. The output is what it should
    /// be.
    case hint
    /// A private input lies outside of its declared range.
    case input
  }

  public let meaning: Meaning
  /// What led to it.
  public let attack: String
  public let values: [ForgedValue]

  init(_ system: UnrolledSystem, honest: [Int], forged: [Int], attack: String) {
    self.attack = attack
    let changed = honest.indices.filter { honest[$0] != forged[$0] }
    let owners = Set(changed.map { system.cells.owners[$0] })
    meaning = owners.contains(.privateInput) ? .input : owners.contains(.output) ? .output : .hint
    // Outputs first: they are what matters.
    let sorted = changed.sorted {
      (system.cells.owners[$0] != .output ? 1 : 0, $0)
        < (system.cells.owners[$1] != .output ? 1 : 0, $1)
    }
    values = sorted.map { cell in
      ForgedValue(
        tensor: system.cells.tensors[system.cells.tensor(of: cell)].name,
        position: system.cells.position(of: cell), honest: honest[cell], forged: forged[cell])
    }
  }
}

extension WrongHint: CustomStringConvertible {
  /// The values on one line, at most six of them.
  public var description: String {
    let shown = values.prefix(6).map { value in
      "\(value.tensor)\(value.position) = \(value.forged) instead of \(value.honest)"
    }
    return shown.joined(separator: ", ") + (values.count > 6 ? ", …" : "")
  }
}
