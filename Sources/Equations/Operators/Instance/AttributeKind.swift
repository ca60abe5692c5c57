extension AttributeValue {
  /// As a message shows it.
  var text: String {
    switch self {
    case .int(let value): "\(value)"
    case .ints(let values): "\(values)"
    case .real(let value): "\(value)"
    case .reals(let values): "\(values)"
    case .text(let text): "\"\(text)\""
    }
  }
}

extension AttributeDeclaration.Kind {
  /// What a value of the kind is.
  var expectation: String {
    switch self {
    case .integer: "an integer"
    case .natural: "an integer, not negative"
    case .positive: "a positive integer"
    case .real: "a number"
    case .flag: "0 or 1"
    case .integers: "a list of integers"
    case .choice(let choices): "one of \(choices.joined(separator: ", "))"
    case .element: "ONNX's number of a type"
    case .axis: "an axis"
    case .axes: "a list of axes"
    case .padding, .transposedPadding: "a list of paddings"
    }
  }

  var isPadding: Bool {
    switch self {
    case .padding, .transposedPadding: true
    default: false
    }
  }

  var leastValue: Int {
    switch self {
    case .positive: 1
    case .natural: 0
    default: .min
    }
  }
}

extension ElementKind {
  /// The kind of ONNX's type of that number; nil for one that is not computed with.
  public init?(onnx code: Int) {
    switch code {
    case 1, 10, 11, 16: self = .real
    case 2, 3, 4, 5, 6, 7, 12, 13: self = .integer
    case 9: self = .boolean
    default: return nil
    }
  }
}
