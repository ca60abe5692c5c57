extension TensorDeclaration.ElementType {
  /// Whether it stands for several kinds.
  var isOpen: Bool { self == .number || self == .any }

  func takes(_ kind: ElementKind) -> Bool {
    switch self {
    case .real: kind == .real
    case .integer: kind == .integer
    case .boolean: kind == .boolean
    case .number: kind != .boolean
    case .any, .attribute: true
    }
  }

  /// As an operator's text has it.
  var text: String {
    switch self {
    case .real: "real"
    case .integer: "int"
    case .boolean: "bool"
    case .number: "number"
    case .any: "any"
    case .attribute(let name): name
    }
  }
}
