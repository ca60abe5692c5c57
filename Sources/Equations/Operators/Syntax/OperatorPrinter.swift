/// Writes expressions as a person would, for messages and the table of operators.
extension OperatorExpression {
  var text: String { text(within: 0) }

  private func text(within precedence: Int) -> String {
    switch kind {
    case .integer(let value): String(value)
    case .real(let value): String(value)
    case .name(let name): name
    case .member(let name, let member): "\(name).\(member)"
    case .read(let name, let positions): "\(name)[\(positions.text)]"
    case .negate(let operand): "-" + operand.text(within: 7)
    case .not(let operand): "not " + operand.text(within: 7)
    case .binary(let operation, let left, let right):
      Self.parenthesised(
        "\(left.text(within: operation.precedence)) \(operation.rawValue) "
          + right.text(within: operation.precedence + 1), operation.precedence < precedence)
    case .call(let name, let arguments): "\(name)(\(arguments.text))"
    case .reduction(let reduction, let binders, let body):
      "\(reduction.rawValue)(\(binders.map(\.text).joined(separator: ", "))) "
        + body.text(within: Operator.multiply.precedence)
    case .each(let reduction, let name, let list, let body):
      "\(reduction.rawValue)(\(name) of \(list)) "
        + body.text(within: Operator.multiply.precedence)
    }
  }

  private static func parenthesised(_ text: String, _ condition: Bool) -> String {
    condition ? "(\(text))" : text
  }
}

extension OperatorBinder {
  fileprivate var text: String {
    let name = isPack && self.name != "..." ? "\(self.name)..." : self.name
    return size.map { "\(name) in \($0.text)" } ?? name
  }
}

extension [OperatorPosition] {
  fileprivate var text: String {
    map { position in
      let text = position.expression.text
      return position.isPack && text != "..." ? "\(text)..." : text
    }.joined(separator: ", ")
  }
}

extension TensorDeclaration {
  /// The axes as they are declared.
  var shapeText: String {
    let axes = dimensions.map { dimension in
      switch dimension {
      case .size(let size): size.text
      case .pack(let size): size.text == "..." ? "..." : "\(size.text)..."
      case .single(let flag, _): "1 if \(flag)"
      }
    }
    return "[\(axes.joined(separator: ", "))]"
  }
}
